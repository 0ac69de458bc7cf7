import type { Arm } from "./arm.ts";
import type { Life } from "./life.ts";

/** As many as leave some room. */
export function replicasFor({ capacity }: Life, perSecond: number): number {
  return capacity === undefined ? 0 : Math.min(capacity.most, Math.ceil(perSecond / (0.7 * capacity.perReplica)));
}

/** The share of its requests that its replicas bear; where it is not all, more are started. */
export function borne(arm: Arm, perSecond: number, { ready, nowMs }: { readonly ready: number; readonly nowMs: number }): number {
  const { capacity, readyAfterMs } = arm.life;
  if (capacity === undefined) return 1;
  arm.replicas = Math.max(arm.replicas, ready);
  const wanted = replicasFor(arm.life, perSecond);
  if (wanted <= arm.replicas) arm.scalesAtMs = Infinity;
  else if (arm.scalesAtMs === Infinity) arm.scalesAtMs = nowMs + readyAfterMs;
  else if (nowMs >= arm.scalesAtMs) {
    arm.replicas = wanted;
    arm.scalesAtMs = Infinity;
  }
  return Math.min(1, (arm.replicas * capacity.perReplica) / Math.max(perSecond, 1e-9));
}
