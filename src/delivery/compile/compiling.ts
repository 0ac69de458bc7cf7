import type { Environment } from "../../spec/environment.ts";
import type { Gate } from "../gate.ts";
import type { Change } from "../release.ts";
import type { Step } from "../plan.ts";

export type Strategy = NonNullable<Environment["release"]>;
export type Requirement = NonNullable<Strategy["requires"]>[number];

/** What every strategy is compiled from. */
export type Compiling<S extends Strategy = Strategy> = {
  readonly environment: Environment;
  readonly strategy: S;
  readonly changes: readonly Change[];
  readonly speed: number;
  readonly latencyBoundsMs?: readonly number[] | undefined;
  /** How many replicas may be started beside those that run; absent where nothing limits it. */
  readonly free?: number | undefined;
};

type Given = Partial<Step> & Pick<Step, "name"> & { readonly deadlineAtLeastMs?: number };

/** Whatever does not answer in this long is not going to. */
const usualDeadlineMs = 600_000;
const leastDeadlineMs = 10_000;

/** A step that does nothing but what is said of it; its deadline leaves room for what it asks. */
export function stepOf({ deadlineAtLeastMs = 0, gates = [], ...given }: Given, speed: number): Step {
  const spans = gates.map(spanMs);
  return {
    weightPercent: 0,
    runs: false,
    workers: false,
    does: [],
    bakeMs: 0,
    compares: false,
    gates,
    deadlineMs: Math.max(leastDeadlineMs, usualDeadlineMs / speed, deadlineAtLeastMs, ...spans),
    ...given,
  };
}

/** How long a gate may take by what is said of it, with room to look once more. */
function spanMs(gate: Gate): number {
  if (gate.gate === "health") return gate.everyMs * (gate.tries + 2) + leastDeadlineMs;
  if (gate.gate === "smoke") return gate.timeoutMs + leastDeadlineMs * 3;
  return 0;
}

/** Services that take requests and have a revision to be held against. */
export function isShared(changes: readonly Change[]): boolean {
  return changes.some(({ serves, from }) => serves && from !== undefined);
}
