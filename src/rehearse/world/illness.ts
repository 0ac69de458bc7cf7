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

function isOn({ fromMs, forMs = Infinity }: Fault, sinceMs: number): boolean {
  return sinceMs >= fromMs && sinceMs < fromMs + forMs;
}
