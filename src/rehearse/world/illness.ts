import type { Fault } from "../faults/fault.ts";
import type { Arm } from "./arm.ts";

/** Fuller than this, memory makes everything slow. */
const tight = 0.7;

/** What share of the requests to a revision fails at a moment, given how long it has been ready. */
export function failingShare(arm: Arm, ageMs: number, sinceStartMs: number): number {
  let fine = 1 - Math.min(1, arm.life.errorRate * arm.burst);
  for (const fault of arm.faults) {
    if (fault.fault === "errors" && isOn(fault, ageMs)) fine *= 1 - fault.share;
    if (fault.fault === "dependency" && isOn(fault, sinceStartMs)) fine *= 1 - fault.share;
  }
  return 1 - fine;
}

/** How many times as long as usual its answers take. In steps, so that few distributions are needed. */
export function slowness(arm: Arm, ageMs: number): number {
  const { warmUp } = arm.life;
  let times = arm.isNew && ageMs < warmUp.forMs ? warmUp.times : 1;
  for (const fault of arm.faults) {
    if (fault.fault === "latency" && isOn(fault, ageMs)) times *= fault.times;
    if (fault.fault === "leak") times *= 1 + Math.max(0, Math.min(1, ageMs / fault.fullAfterMs) - tight) / (1 - tight);
  }
  return Math.round(times * 50) / 50;
}

/** Until when both stay as they are at a moment, going by the middle of what passes; at once where they never do. */
export function steadyUntilMs(
  { faults, isNew, life }: Arm,
  nowMs: number,
  since: { readonly readyMs: number; readonly startMs: number },
): number {
  let least = Infinity;
  const turns = (atMs: number) => {
    if (atMs > nowMs && atMs < least) least = atMs;
  };
  if (isNew) turns(since.readyMs + life.warmUp.forMs);
  for (const { fault, fromMs, forMs = Infinity } of faults) {
    if (fault === "leak") return nowMs;
    const began = (fault === "dependency" ? since.startMs : since.readyMs) + fromMs;
    turns(began);
    turns(began + forMs);
  }
  return least;
}

function isOn({ fromMs, forMs = Infinity }: Fault, sinceMs: number): boolean {
  return sinceMs >= fromMs && sinceMs < fromMs + forMs;
}
