import { listed } from "../../lib/text.ts";
import type { Environment } from "../../spec/environment.ts";
import { type Subject, inCloud } from "../subject.ts";
import { word } from "../text/shell.ts";
import { block, code, heading, page, text } from "../text/markdown.ts";
import type { RunbookPage } from "./failover.ts";
import { channelText, channelsText, nameOf } from "./words.ts";

type Exercise = Environment["exercises"][string];

/** What is rehearsed, where and when. */
export function drillsPage(subject: Subject): readonly RunbookPage[] {
  const rehearsed = inCloud(subject).flatMap((environment) =>
    Object.entries(environment.exercises).map(([name, exercise]) => ({ environment, name, exercise })),
  );
  if (rehearsed.length === 0) return [];
  const title = "Drills";
  const parts = rehearsed.flatMap(({ environment, name, exercise }) => [
    `## ${text(name)} in ${text(environment.environment)}`,
    exerciseText(environment, exercise),
    exercise.kind === "security test" && exercise.command !== undefined ? block("sh", [exercise.command]) : undefined,
    ...(subject.plain ? [] : hereParts(environment, name, exercise)),
  ]);
  return [
    {
      title,
      text: page([
        heading(1, title),
        "What was never tried does not work when it is needed. After each of these somebody writes down how long it took, and what was not as it stands in the runbook.",
        ...parts,
      ]),
    },
  ];
}

/** What carries it out on a laptop, as far as that can be. */
function hereParts({ environment }: Environment, name: string, exercise: Exercise): readonly string[] {
  const command =
    exercise.kind === "load test"
      ? `gantry load ${environment} ${word(name)}`
      : exercise.kind === "game day" && exercise.injects !== undefined
        ? `gantry rehearse ${environment} --live --exercise ${word(name)}`
        : undefined;
  if (command === undefined) return [];
  const done = exercise.kind === "load test" ? "with the same figures" : "and says what of it people have to do";
  return [`Beforehand, on one's own machine, this carries it out ${done}:`, block("sh", [`gantry up ${environment}`, command])];
}

function exerciseText(environment: Environment, exercise: Exercise): string {
  switch (exercise.kind) {
    case "drill": {
      const of = listed((exercise.of ?? []).map((one) => code(nameOf(one) ?? "")));
      const when = exercise.schedule === undefined ? "When somebody asks for it" : `At ${code(exercise.schedule)} (UTC)`;
      const within = exercise.within === undefined ? "" : `, within ${exercise.within}`;
      const to = exercise.to === undefined ? "" : ` How it went is told to ${channelsText(environment, exercise.to)}.`;
      return `${when}: a ${exercise.does}${of === "" ? "" : ` of ${of}`}${within}, as its runbook says, with people watching.${to}`;
    }
    case "game day": {
      const what = exercise.fault ?? (exercise.injects === undefined ? undefined : listed(exercise.injects));
      const of = exercise.of === undefined ? "" : ` in ${code(nameOf(exercise.of) ?? "")}`;
      const fault = `A fault is made on purpose${of}${what === undefined ? "" : `: ${text(what)}`}`;
      const alerts = listed((exercise.alerts ?? []).map((one) => text(nameOf(one) ?? "")));
      const before = exercise.before === undefined ? "" : ` It takes place before ${text(exercise.before)}.`;
      return `${fault}. Those on call notice it by the alerts alone${alerts === "" ? "" : ` (${alerts})`}, and answer with a ${exercise.does}.${before}`;
    }
    case "load test": {
      const of = exercise.of === undefined ? "" : ` to ${code(nameOf(exercise.of) ?? "")}`;
      const asserts =
        exercise.asserts === undefined ? "" : ` It passes when ${listed(exercise.asserts.map((one) => asserted[one]))}.`;
      return `${exercise.requestsPerSecond} requests a second${of} for ${exercise.for}.${asserts}`;
    }
    case "security test":
      return `The product is attacked from outside${exercise.of === undefined ? "" : `, at ${code(nameOf(exercise.of) ?? "")}`}.`;
    case "test incident":
      return `An alert is made to fire on purpose${exercise.schedule === undefined ? "" : `, at ${code(exercise.schedule)} (UTC)`}. It passes when somebody was reached: ${channelText(environment, exercise.expects)}.`;
  }
}

const asserted = {
  autoscaling: "instances were added and taken away again",
  cost: "it cost no more than was expected",
  alerts: "the alerts that should have fired did, and no other",
} as const;
