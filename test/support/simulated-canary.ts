import { beginComparison, type ComparisonState, takeWindow } from "../../src/delivery/compare/comparison.ts";
import type { TrafficSeen } from "../../src/delivery/observed.ts";
import type { Comparison } from "../../src/delivery/plan.ts";
import { latencyShares } from "../../src/rehearse/world/latency.ts";
import { usualLife } from "../../src/rehearse/world/life.ts";
import { latencyBoundsMs } from "../../src/wire/traffic.ts";

/** One release, minute by minute, as the counters of two revisions would show it. */
export type Simulated = {
  readonly seed: number;
  readonly looks: number;
  readonly requestsPerSecond: number;
  /** The canary's share at each look. */
  readonly shareAt: (look: number) => number;
  readonly errorRateAt: (look: number) => number;
  /** How many times as often the canary fails. */
  readonly worse?: (look: number) => number;
  /** How much slower the canary is: 1.2 is a fifth. Nothing is measured of latency where this is absent. */
  readonly slower?: number;
  /** Of log-normal latencies: the width of their logarithm. */
  readonly width?: number;
  /** Errors come in bursts: in a window the rate of an arm is drawn anew, with this relative deviation. */
  readonly bursts?: number;
  readonly comparison?: Partial<Comparison>;
};

export const usual: Comparison = { tolerance: 1.25, harmful: 2, alpha: 0.05, beta: 0.05, warmUpMs: 0, windowMs: 60_000 };

/** Calls `look` with the state after each window, until it answers true. */
export function simulateCanary(given: Simulated, look: (state: ComparisonState, at: number) => boolean): void {
  const random = createRandom(given.seed);
  const latencies = given.slower === undefined ? undefined : sharesOf(given.width ?? 1);
  const measures = latencies ? (["errors", "latency"] as const) : (["errors"] as const);
  const empty: TrafficSeen = { requests: 0, errors: 0, latency: latencyBoundsMs.map(() => 0).concat(0) };
  let [baseline, canary] = [empty, { ...empty, requests: 1 }];
  if (latencies) baseline = answered(random, baseline, { requests: 20_000, errorRate: 0, latency: latencies(1) });
  let state = beginComparison({ ...usual, ...given.comparison, latencyBoundsMs, measures }, baseline);
  state = takeWindow(state, { atMs: 0, baseline, canary });
  state = takeWindow(state, { atMs: 0, baseline, canary });
  for (let at = 1; at <= given.looks; at++) {
    const requests = random.poisson(given.requestsPerSecond * 60);
    const toCanary = random.binomial(requests, given.shareAt(at));
    const base = given.errorRateAt(at);
    const rate = (times: number) => {
      const odds = (times * base) / (1 - base);
      return Math.min(1, (odds / (1 + odds)) * (given.bursts ? Math.max(0, 1 + given.bursts * random.normal()) : 1));
    };
    baseline = answered(random, baseline, { requests: requests - toCanary, errorRate: rate(1), latency: latencies?.(1) });
    canary = answered(random, canary, {
      requests: toCanary,
      errorRate: rate(given.worse?.(at) ?? 1),
      latency: latencies?.(given.slower ?? 1),
    });
    state = takeWindow(state, { atMs: at * 60_000, baseline, canary });
    if (look(state, at)) return;
  }
}

/** How often the comparison failed the release, and after how many looks, in order. */
export function failures(
  runs: number,
  given: Omit<Simulated, "seed">,
): { readonly share: number; readonly looks: readonly number[] } {
  const looks: number[] = [];
  for (let run = 1; run <= runs; run++) {
    simulateCanary({ ...given, seed: run }, (state, at) => {
      if (state.failed) looks.push(at);
      return state.failed !== undefined;
    });
  }
  return { share: looks.length / runs, looks: looks.toSorted((a, b) => a - b) };
}

function answered(
  random: Random,
  before: TrafficSeen,
  { requests, errorRate, latency }: { requests: number; errorRate: number; latency: readonly number[] | undefined },
): TrafficSeen {
  let [left, share] = [requests, 1];
  return {
    requests: before.requests + requests,
    errors: before.errors + random.binomial(requests, errorRate),
    latency: before.latency.map((count, bucket) => {
      const of = latency?.[bucket] ?? 0;
      const here = left === 0 || of === 0 ? 0 : random.binomial(left, Math.min(1, of / share));
      left -= here;
      share -= of;
      return count + here;
    }),
  };
}

/** Log-normal latencies around 80 ms, of which one in fifty takes five times as long. */
function sharesOf(width: number): (slower: number) => readonly number[] {
  return (slower) => latencyShares({ ...usualLife.latency, width }, latencyBoundsMs, slower);
}

type Random = ReturnType<typeof createRandom>;

export function createRandom(seed: number) {
  let state = (seed * 0x9e3779b9) >>> 0;
  /** Mulberry32. */
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const binomial = (n: number, p: number): number => {
    if (n <= 0 || p <= 0) return 0;
    if (p >= 1) return n;
    if (p > 0.5) return n - binomial(n, 1 - p);
    if (n * p > 400) return Math.min(n, Math.max(0, Math.round(n * p + Math.sqrt(n * p * (1 - p)) * normal())));
    // From one success to the next.
    let [successes, tried] = [0, 0];
    for (const fails = Math.log1p(-p); ; successes++) {
      tried += 1 + Math.floor(Math.log(1 - uniform()) / fails);
      if (tried > n) return successes;
    }
  };
  const poisson = (mean: number): number => {
    if (mean > 400) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    let [count, time] = [0, 0];
    for (;;) {
      time -= Math.log(1 - uniform());
      if (time > mean) return count;
      count++;
    }
  };
  return { uniform, normal, binomial, poisson };
}
