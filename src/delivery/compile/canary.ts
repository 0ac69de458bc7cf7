import { durationMs, shareOf } from "../../lib/quantities.ts";
import type { Comparison, Step } from "../plan.ts";
import { closingOf, startOf } from "./closing.ts";
import { type Compiling, type Strategy, isShared, stepOf } from "./compiling.ts";
import { freezesOf } from "./freezes.ts";
import { gatesOf } from "./gate-of.ts";
import { preludeOf } from "./preparing.ts";

type Canary = Extract<Strategy, { readonly strategy: "canary" }>;

/** A growing share of the traffic, each step proved before the next. The last, to 100 %, is implied. */
export function compileCanary(compiling: Compiling<Canary>): readonly Step[] {
  const { strategy, changes, speed } = compiling;
  const { steps, remaining } = preludeOf(compiling);
  const weights = isShared(changes) ? strategy.steps : [];
  return [
    ...steps,
    startOf(remaining, compiling),
    ...weights.map(({ to, bake, requires = [] }) => {
      const weightPercent = Math.round(shareOf(to) * 1e6) / 1e4;
      const name = `${weightPercent}%`;
      const gates = [
        ...gatesOf(name, [...(strategy.after ?? []), ...requires], compiling),
        ...(strategy.compare === undefined
          ? []
          : [{ gate: "compare" as const, id: `${name}: compare`, says: "the new revision does no worse than the old one" }]),
        ...freezesOf(name, ["promote"], compiling),
      ];
      return stepOf({ name, weightPercent, runs: true, bakeMs: durationMs(bake) / speed, gates, compares: true }, speed);
    }),
    ...closingOf("100%", compiling),
  ];
}

const tolerated = 1.25;
const leastWindowMs = 1_000;
const windowMs = 60_000;
const warmUpMs = 60_000;
/** At whatever speed spans pass, a new process is slow until what it often runs has been compiled. */
const leastWarmUpMs = 5_000;

/** How the new revision is held against the old one; a canary always is, and waits for the answer where the spec asks for it. */
export function comparisonOf({ strategy, speed, latencyBoundsMs }: Compiling<Canary>): Comparison {
  const { tolerance = tolerated, falseAlarms, misses, warmUp } = strategy.compare ?? {};
  return {
    tolerance,
    harmful: Math.max(2, tolerance * 1.6),
    alpha: falseAlarms === undefined ? 0.05 : shareOf(falseAlarms),
    beta: misses === undefined ? 0.1 : shareOf(misses),
    warmUpMs: warmUp === undefined ? Math.max(leastWarmUpMs, warmUpMs / speed) : durationMs(warmUp) / speed,
    windowMs: Math.max(leastWindowMs, windowMs / speed),
    ...(latencyBoundsMs === undefined ? {} : { latencyBoundsMs }),
  };
}
