import { durationMs } from "../../lib/quantities.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Plan, Step } from "../plan.ts";
import type { Change } from "../release.ts";
import { compileBlueGreen } from "./blue-green.ts";
import { comparisonOf, compileCanary } from "./canary.ts";
import type { Compiling, Strategy } from "./compiling.ts";
import { compileRecreate } from "./recreate.ts";
import { compileRolling } from "./rolling.ts";
import { watchesOf } from "./watches.ts";

export type CompileOptions = {
  /** How many times faster than written the spans of policies pass. What conditions say of signals stays as it is written. */
  readonly speed: number;
  /** The buckets in which the target counts latencies; without them only errors are compared. */
  readonly latencyBoundsMs?: readonly number[];
};

const usualWindow = "1h";
/** Argo's and Kubernetes' progress deadline: what has not started by then is not going to. */
const readyDeadlineMs = 600_000;
const lookEveryMs = 5_000;
const leastLookEveryMs = 250;
const mostRestarts = 3;

/** What an environment says of releases, as steps. */
export function compilePlan(
  environment: Environment,
  changes: readonly Change[],
  { speed, latencyBoundsMs }: CompileOptions,
): Plan {
  const strategy: Strategy = environment.release ?? { strategy: "rolling" };
  const compiling: Compiling = { environment, strategy, changes, speed, latencyBoundsMs };
  const paced = (span: string | undefined) => (span === undefined ? 0 : durationMs(span) / speed);
  return {
    strategy: strategy.strategy,
    steps: stepsOf(compiling),
    watches: watchesOf(compiling),
    ...(strategy.strategy === "canary" ? { comparison: comparisonOf({ ...compiling, strategy }) } : {}),
    windowMs: paced(strategy.rollbackWindow ?? usualWindow),
    retireAfterMs: strategy.strategy === "blue-green" ? paced(strategy.retireAfter) : 0,
    readyDeadlineMs,
    lookEveryMs: Math.max(leastLookEveryMs, lookEveryMs / speed),
    mostRestarts,
  };
}

function stepsOf(compiling: Compiling): readonly Step[] {
  const { strategy } = compiling;
  switch (strategy.strategy) {
    case "canary":
      return compileCanary({ ...compiling, strategy });
    case "blue-green":
      return compileBlueGreen({ ...compiling, strategy });
    case "rolling":
      return compileRolling({ ...compiling, strategy });
    case "recreate":
      return compileRecreate(compiling);
  }
}
