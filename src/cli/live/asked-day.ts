import { UserError } from "../../lib/errors.ts";
import { listOf, numberOf } from "../../rehearse/campaign/circumstances.ts";
import type { Fault } from "../../rehearse/faults/fault.ts";
import { isStruck, parseLiveFault } from "../../rehearse/faults/live-fault.ts";
import type { Given } from "../command.ts";
import type { Rate } from "../load/arrivals.ts";
import { type Expectation, parseExpectation } from "../load/expectation.ts";
import type { Target } from "../load/generator.ts";
import { askedLoad, spanOf } from "../load/read-options.ts";
import { type SpokenDay, forPeople } from "./spoken-day.ts";

/** What is to happen on a game day: as the exercise of the spec says, and as the command line says otherwise. */
export type AskedDay = {
  readonly faults: readonly string[];
  /** Those of them that a rehearsal knows. */
  readonly rehearsed: readonly Fault[];
  readonly releases: boolean;
  readonly target: Omit<Target, "port">;
  readonly rate: Rate;
  readonly rateText: string;
  readonly forMs: number;
  readonly runs: number;
  readonly expectations: readonly Expectation[];
};

const usual = { traffic: "50rps", forMs: 20_000, runs: 300 } as const;
const longestMs = 3_600_000;

export function askedDay({ options: given }: Pick<Given, "options">, spoken?: SpokenDay): AskedDay {
  const options = { ...spoken?.options, ...given };
  const said = listOf(options["fault"]);
  const faults = said.length > 0 ? said : (spoken?.faults ?? []);
  if (faults.length === 0 && spoken !== undefined)
    throw forPeople(
      spoken.name,
      spoken.people.join(", "),
      `--fault db:down+5s says what goes wrong meanwhile, or injects: ["…"] in the spec`,
    );
  const traffic = listOf(options["traffic"]);
  if (traffic.length > 1) throw new UserError("usage", "--traffic is of the one service here", { hint: "--traffic 50rps" });
  return {
    faults,
    rehearsed: faults.flatMap((text) => {
      const fault = parseLiveFault(text);
      return fault === undefined || isStruck(fault) ? [] : [fault];
    }),
    releases: options["release"] === true || spoken?.releases === true,
    ...loadOf(askedLoad({ options: { rps: traffic[0] ?? usual.traffic, path: options["path"] } })),
    forMs: spanOf(options["for"], "for", longestMs) ?? usual.forMs,
    runs: numberOf(options["runs"], { name: "runs", suffix: "", least: 20, most: 100_000 }) ?? usual.runs,
    expectations: [...(spoken?.expects ?? []), ...listOf(options["expect"])].map(parseExpectation),
  };
}

function loadOf({ target, rate, rateText }: Pick<AskedDay, "target" | "rate" | "rateText">) {
  return { target, rate, rateText };
}
