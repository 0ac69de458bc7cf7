import type { TrafficSeen } from "../observed.ts";
import { type ComparisonState, type Measure, neededForHarm, type Rules } from "./comparison.ts";
import { readTraffic, sum } from "./counting.ts";
import { type Changes, harmChanges, logSum, rareChanges, safetyChanges } from "./evidence.ts";
import { slowerThan } from "./latency-thresholds.ts";
import { type Counts, splitExponent } from "./split-likelihood.ts";

/** The traffic that a comparison will have, as far as one knows. */
export type Expected = {
  /** Of both arms. */
  readonly requestsPerSecond: number;
  /** The canary's, from 0 to 1. */
  readonly share: number;
  /** The baseline's: how many of its requests fail, and how many are slower than each threshold. */
  readonly errorRate: number;
  readonly slowerRates: readonly number[];
};

export type Forecast = {
  readonly requestsPerSecond: number;
  readonly share: number;
  /** The odds ratio that is to be told. */
  readonly times: number;
  /** Until each measure would fail a canary that is so much worse; absent where that takes more than a year. */
  readonly failsAfterMs: Readonly<Partial<Record<Measure, number>>>;
  /** Until a canary that is as good as the baseline has passed. */
  readonly passesAfterMs?: number;
};

/** How long it takes from the first request on, if all comes as expected; chance makes it now shorter, now longer. */
export function forecastOf(rules: Rules, expected: Expected, times: number = rules.harmful): Forecast {
  const { requestsPerSecond, share } = expected;
  const rates = { errors: [expected.errorRate], latency: expected.slowerRates };
  const least = ((rules.leastRequests / share) * 1_000) / requestsPerSecond;
  const afterMs = (windows: number) => {
    const ms = rules.warmUpMs + Math.max(windows * rules.windowMs, least);
    return ms <= aYearMs ? ms : undefined;
  };
  const windowsUntil = (bets: readonly (readonly number[])[], stake: number, needed: number) =>
    windowsToReach(
      needed,
      bets.flatMap((group) =>
        group.map((change) => ({
          stake: stake / bets.length / group.length,
          growth: Math.min((change / many) * requestsPerSecond * (rules.windowMs / 1_000), Math.log(rules.cap)),
        })),
      ),
    );

  const fails = rules.measures.flatMap((measure) => {
    const bets = rates[measure].map((rate) => harmChanges(typical(share, rate, times), rules.tolerance, exponentChanges));
    const ms = afterMs(windowsUntil(bets, 1 / 2, neededForHarm(rules)));
    return ms === undefined ? [] : [[measure, ms] as const];
  });
  const passes = rules.measures.flatMap((measure) => {
    if (rates[measure].length === 0) return [Infinity];
    return rates[measure].map((rate) => {
      const counts = typical(share, rate, 1);
      const bets = [safetyChanges(counts, rules.harmful, exponentChanges), rareChanges(counts, rules.negligible)];
      return windowsUntil(bets, 1, 1 / rules.beta);
    });
  });
  const passesAfterMs = afterMs(Math.max(...passes));
  return {
    requestsPerSecond,
    share,
    times,
    failsAfterMs: Object.fromEntries(fails),
    ...(passesAfterMs === undefined ? {} : { passesAfterMs }),
  };
}

/** The same before a release, from what the baseline has answered so far. */
export function forecastBefore(
  begun: ComparisonState,
  baseline: TrafficSeen,
  traffic: { readonly requestsPerSecond: number; readonly share: number; readonly times?: number },
): Forecast {
  const { requests, errors, latency } = readTraffic(baseline);
  const expected = {
    requestsPerSecond: traffic.requestsPerSecond,
    share: traffic.share,
    errorRate: errors / Math.max(1, requests),
    slowerRates: (begun.thresholds ?? []).map((threshold) => slowerThan(threshold, latency) / Math.max(1, sum(latency))),
  };
  return forecastOf(begun.rules, expected, traffic.times);
}

const exponentChanges: Changes = (window, claimed, logOdds) => {
  const before = splitExponent(window, claimed);
  return logOdds.map((odds) => splitExponent(window, odds) - before);
};

const aYearMs = 365 * 86_400_000;

/**
 * So many requests that chance has no part in it, with events as often as expected in each arm. More than a machine counts in whole numbers: the
 * old one comes first, so that engines that tell objects by the order of what they hold do not take those of all windows for such as well.
 */
const many = 2 ** 40;
function typical(share: number, rate: number, times: number): Counts {
  const odds = (times * rate) / Math.max(1 - rate, Number.EPSILON);
  const canary = Math.round(many * share);
  return {
    baseline: many - canary,
    baselineEvents: Math.round((many - canary) * rate),
    canary,
    canaryEvents: Math.round((canary * odds) / (1 + odds)),
  };
}

/** Windows until bets that grow by so much in each are worth so much together. */
function windowsToReach(needed: number, bets: readonly { readonly stake: number; readonly growth: number }[]): number {
  const fastest = Math.max(...bets.map(({ growth }) => growth));
  if (!(fastest > 0)) return Infinity;
  const wanted = Math.log(needed);
  const from = bets.map(({ stake, growth }) => ({ log: Math.log(stake), growth }));
  // The logarithm of the sum is convex, so that from above each tangent leads nearer and none too far.
  let windows = Math.max(0, (wanted - Math.min(...from.map(({ log }) => log))) / fastest);
  for (let step = 0; step < 60; step++) {
    const logs = from.map(({ log, growth }) => log + growth * windows);
    const total = logSum(logs);
    const slope = from.reduce((sum, { growth }, index) => sum + growth * Math.exp((logs[index] ?? 0) - total), 0);
    const next = windows - (total - wanted) / slope;
    if (!(next < windows * (1 - 1e-9)) || next <= 0) break;
    windows = next;
  }
  return Math.ceil(windows - 1e-6);
}
