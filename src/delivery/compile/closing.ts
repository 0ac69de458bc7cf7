import type { Step } from "../plan.ts";
import { type Compiling, stepOf } from "./compiling.ts";
import { gatesOf } from "./gate-of.ts";

/** All traffic, and services without any change over; then what must hold at the end is asked of the whole. */
export function closingOf(name: string, compiling: Compiling): readonly Step[] {
  const last = stepOf({ name, weightPercent: 100, runs: true, workers: true }, compiling.speed);
  return [last, ...verifyOf(compiling)];
}

export function verifyOf(compiling: Compiling): readonly Step[] {
  const gates = gatesOf("verify", compiling.strategy.after ?? [], compiling);
  if (gates.length === 0) return [];
  return [stepOf({ name: "verify", weightPercent: 100, runs: true, workers: true, gates }, compiling.speed)];
}

/** New revisions run, nobody is sent to them, and what is left to be asked before is asked. */
export function startOf(remaining: Parameters<typeof gatesOf>[1], compiling: Compiling): Step {
  return stepOf({ name: "start", runs: true, gates: gatesOf("start", remaining, compiling) }, compiling.speed);
}
