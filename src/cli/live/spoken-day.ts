import { UserError } from "../../lib/errors.ts";
import { listed } from "../../lib/text.ts";
import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import { exerciseNamed } from "../exercises.ts";

/** An exercise of the spec, as a game day takes it, and what of it only people can do. */
export type SpokenDay = {
  readonly name: string;
  readonly faults: readonly string[];
  /** Whether it is about a release that goes back. */
  readonly releases: boolean;
  readonly service?: string;
  /** What the command line may say otherwise, in its words. */
  readonly options: Readonly<Record<string, string>>;
  readonly expects: readonly string[];
  readonly people: readonly string[];
};

const kinds = ["game day", "drill", "security test", "test incident", "load test"] as const;

/** What the spec says of an exercise. What nothing here could carry out is refused, with who does it and how. */
export function spokenDay(environment: Environment, name: string): SpokenDay {
  const one = exerciseNamed(environment, {
    name,
    kinds,
    what: "exercise",
    example: 'with: [gameDay("rollback", { does: "rollback", of: api, injects: ["errors=50%"] })]',
  });
  switch (one.kind) {
    case "load test":
      throw new UserError("usage", `${name} is a load test`, { hint: `gantry load ${environment.environment} ${name}` });
    case "security test":
      throw forPeople(name, "people attack it from outside", one.command ?? "what it is attacked with stands in no spec yet");
    case "test incident": {
      const channel = refName(one.expects, "channels") ?? "";
      const [alert] = Object.entries(environment.alerts).flatMap(([called, { to }]) =>
        (to ?? []).some((each) => refName(each, "channels") === channel) ? [called] : [],
      );
      const command = `gantry rehearse ${environment.environment} --live --fault errors=100% --expect "alert(${alert ?? "…"}) fires"`;
      throw forPeople(name, `people see that somebody is reached at ${channel}`, `an alert is made to fire with ${command}`);
    }
    case "drill": {
      const of = listed((one.of ?? []).map(({ ref }) => ref.slice(ref.indexOf(".") + 1)));
      const people = `a ${one.does}${of === "" ? "" : ` of ${of}`}${one.within === undefined ? "" : ` within ${one.within}`}, as its runbook says`;
      return { name, faults: [], releases: one.does === "rollback", options: {}, expects: [], people: [people] };
    }
    case "game day": {
      const service = refName(one.of, "services");
      const does = one.does === "rollback" ? "go back where the policy does not" : `a ${one.does}, as its runbook says`;
      return {
        name,
        faults: one.injects ?? [],
        releases: one.does === "rollback",
        ...(service !== undefined && { service }),
        options: {
          ...(one.requestsPerSecond !== undefined && { traffic: `${one.requestsPerSecond}rps` }),
          ...(one.for !== undefined && { for: one.for }),
        },
        expects: (one.alerts ?? []).map((each) => `alert(${refName(each, "alerts") ?? ""}) fires`),
        people: ["notice it by the alerts alone", does],
      };
    }
  }
}

/** Nothing that could be made to happen here. */
export function forPeople(name: string, whose: string, hint: string): UserError {
  return new UserError("for-people", `nothing of ${name} happens on this machine: ${whose}`, { hint });
}
