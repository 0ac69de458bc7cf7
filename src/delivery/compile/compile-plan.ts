import { durationMs } from "../../lib/quantities.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Plan, Step } from "../plan.ts";
import type { Change } from "../release.ts";
import { compileBlueGreen } from "./blue-green.ts";
import { comparisonOf, compileCanary } from "./canary.ts";
import type { Compiling, Strategy } from "./compiling.ts";
import { compileRecreate } from "./recreate.ts";
import { batchOf, compileRolling, replicasOf } from "./rolling.ts";
import { type Room, neededBeside } from "./room.ts";
import { watchesOf } from "./watches.ts";

export type CompileOptions = {
  /** How many times faster than written the spans of policies pass. What conditions say of signals stays as it is written. */
  readonly speed: number;
  /** The buckets in which the target counts latencies; without them only errors are compared. */
  readonly latencyBoundsMs?: readonly number[];
  /** Absent where nothing limits how many replicas there may be. */
  readonly room?: Room;
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
  { speed, latencyBoundsMs, room }: CompileOptions,
): Plan {
  const strategy: Strategy = environment.release ?? { strategy: "rolling" };
  const crowded = room === undefined ? undefined : crowdedBy(room, strategy, changes);
  const free = room === undefined ? undefined : room.free + (crowded?.restsFirst === true ? room.spare : 0);
  const compiling: Compiling = { environment, strategy, changes, speed, latencyBoundsMs, free };
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
    ...(crowded === undefined ? {} : { crowded }),
  };
}

/** Set where it does not find all the room that it would like to have: then what stands by for the release before rests first. */
function crowdedBy({ most, free, spare }: Room, strategy: Strategy, changes: readonly Change[]): Plan["crowded"] {
  const { wanted } = neededOf(strategy, changes);
  return wanted <= free ? undefined : { most, restsFirst: spare > 0, isShort: wanted > free + spare };
}

/** How many replicas it lacks to go at all, whatever rests and is taken from others before; 0 where it finds room. */
export function lacksRoom(environment: Environment, changes: readonly Change[], { free, spare, takeable }: Room): number {
  const strategy: Strategy = environment.release ?? { strategy: "rolling" };
  const available = free + spare + (strategy.strategy === "rolling" ? 0 : takeable);
  return Math.max(0, neededOf(strategy, changes).least - Math.max(0, available));
}

function neededOf(strategy: Strategy, changes: readonly Change[]) {
  const of = replicasOf(changes);
  const batch = strategy.strategy === "rolling" ? batchOf(strategy, of) : { surge: 0, unavailable: 0 };
  return neededBeside(strategy.strategy, changes, { batch, of });
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
