import type { Drawn } from "./drawn.ts";

export type Paces = {
  /** Samples come this often, and rules are looked at this often. */
  readonly stepMs: number;
  readonly roundMs: number;
  /** Anything may be this late. */
  readonly slackMs: number;
  /** How many of what is counted come with each sample: a quarter more than the least that says something. */
  readonly each: number;
};

const secondMs = 1_000;
const nice = [1, 2, 5, 10, 15, 30, 60, 120, 240, 300, 600, 1_800, 3_600].map((seconds) => seconds * secondMs);
/** What just stands there is looked for five minutes back. */
const mostStepMs = 240 * secondMs;

/** A fortieth of whatever there is to tell apart. */
export function pacesOf({ windowMs, back, stepMs = mostStepMs, floor }: Drawn, forMs: number): Paces {
  const spans = [windowMs, back?.windowMs ?? 0, forMs].filter((span) => span > 0);
  const finest = Math.min(...spans.map((span) => span / 40), Infinity);
  const usual = spans.length === 0 ? 30 * secondMs : Infinity;
  const step = niceBelow(Math.min(finest, stepMs, usual));
  const round = niceBelow(Math.min(finest, usual));
  return {
    stepMs: step,
    roundMs: Math.max(step, Math.min(round, 300 * secondMs)),
    slackMs: windowMs === 0 ? Math.max(step, round) : 2 * (step + Math.min(round, 300 * secondMs)),
    each: floor === undefined || windowMs === 0 ? step / secondMs : (1.25 * floor * step) / windowMs,
  };
}

function niceBelow(ms: number): number {
  return nice.findLast((one) => one <= ms) ?? secondMs;
}
