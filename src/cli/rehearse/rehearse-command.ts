import { UserError } from "../../lib/errors.ts";
import type { Advice } from "../../rehearse/campaign/advice.ts";
import type { Case } from "../../rehearse/campaign/case.ts";
import { commandOf, numberOf, saidOf } from "../../rehearse/campaign/circumstances.ts";
import { stageOf } from "../../rehearse/campaign/stage-of.ts";
import { scheduledBetween } from "../../rehearse/run/calendar.ts";
import type { Moment } from "../../rehearse/run/outcome.ts";
import { rehearseOnce } from "../../rehearse/run/rehearse-once.ts";
import { type Given, exit } from "../command.ts";
import { interruptible } from "../interruptible.ts";
import { readSoundSpec } from "../read-spec.ts";
import { createUnderWay } from "../under-way.ts";
import { readCircumstances } from "./circumstances.ts";
import { driveAdvice, driveCases } from "./drive.ts";
import { policiesOf } from "./policies.ts";
import { adviceText, comparedText, manyText, onceText, tableText } from "./texts.ts";
import { rehearsalsOf } from "./rehearsals.ts";
import { createRunners, threadsFor } from "./runners.ts";
import { writePage } from "./write-page.ts";

/** What somebody who only looks gets without waiting long. */
const usualRuns = { table: 200, others: 1_000 };

export async function rehearseCommand(given: Given): Promise<number> {
  const { args, options, out, err, colours, outColours } = given;
  const [name, ...services] = args;
  const isTable = options["table"] === true;
  const seed = numberOf(options["seed"], { name: "seed", suffix: "", least: 0, most: 2 ** 53 - 1 }) ?? 1;
  const asked = numberOf(options["runs"], { name: "runs", suffix: "", least: 1, most: 1_000_000 });
  const threads = numberOf(options["threads"], { name: "threads", suffix: "", least: 1, most: 256 });
  const circumstances = readCircumstances(given, services);
  if (name === undefined && !isTable)
    throw new UserError("usage", "gantry rehearse needs an environment", {
      hint: "gantry rehearse prod, or gantry rehearse --table for all",
    });
  const checked = await readSoundSpec(given);
  const policies = await policiesOf(given, { checked, name, circumstances });
  const isMany = asked !== undefined || isTable || ["advise", "html", "against"].some((one) => options[one] !== undefined);

  const [first] = policies;
  if (!isMany && first !== undefined) {
    const stage = stageOf({ environment: first.environment, ...circumstances });
    const moments: Moment[] = [];
    const outcome = rehearseOnce(stage, { seed, run: 0, onMoment: (moment) => moments.push(moment) });
    const { product, environment } = first.environment;
    const { startMs } = stage.setting;
    const scheduled = scheduledBetween(first.environment, startMs, startMs + outcome.endedAfterMs);
    const said = { product, environment, ...saidOf(circumstances), seed };
    if (options["json"] === true) out(document({ ...said, outcome, moments, scheduled, assumed: stage.script.assumed }));
    else out(onceText({ stage, head: said, moments, scheduled, outcome }, outColours));
    return exit.done;
  }

  const runs = asked ?? (isTable ? usualRuns.table : usualRuns.others);
  const rehearsals = rehearsalsOf(policies, circumstances, given);
  const advised = options["advise"] === true ? first?.environment : undefined;
  // For advice at least the policy itself is rehearsed twice more.
  const runners = createRunners(threadsFor(runs * (rehearsals.length + (advised === undefined ? 0 : 2)), threads));
  const underWay = createUnderWay(given, { lineEveryMs: 10_000 });
  const { cases, advice, isWhole } = await interruptible(async (signal) => {
    try {
      const driving = { runners, seed, runs, signal, tell: underWay.step };
      const found: readonly Case[] = await driveCases(rehearsals, driving);
      const better: readonly Advice[] =
        advised !== undefined && !signal.aborted ? await driveAdvice({ environment: advised, ...circumstances }, driving) : [];
      return { cases: found, advice: better, isWhole: !signal.aborted };
    } finally {
      underWay.end();
      await runners.close();
    }
  });
  const assumed = [...new Set(rehearsals.flatMap(({ stage }) => stage.script.assumed))];
  const product = String(checked.data["name"] ?? "");
  const report = { product, seed, runs, command: commandOf(args, options, { seed, runs }), cases, advice, assumed };
  if (typeof options["html"] === "string") writePage(options["html"], report);
  if (options["json"] === true) out(document({ ok: isWhole, ...report }));
  else {
    const [one] = rehearsals;
    const alone = cases.length === 1 ? cases[0] : undefined;
    if (alone !== undefined && one !== undefined) out(manyText({ stage: one.stage, of: alone, seed }, outColours));
    else if (isTable) out(tableText(report, outColours));
    else out(comparedText(report, outColours));
    out(adviceText(advice, { asked: options["advise"] === true }, outColours));
    if (typeof options["html"] === "string") err(`${colours.green("✓")} ${options["html"]}\n`);
  }
  return isWhole ? exit.done : 130;
}

/** Not every end of an interval is a number: what is not known is null. */
function document(value: unknown): string {
  return `${JSON.stringify(value, (_, one: unknown) => (typeof one === "number" && !Number.isFinite(one) ? null : one), 2)}\n`;
}
