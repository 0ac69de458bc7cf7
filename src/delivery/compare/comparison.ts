import type { Mutable } from "../../lib/mutable.ts";
import type { TrafficSeen } from "../observed.ts";
import type { Comparison } from "../plan.ts";
import { between, readTraffic, sum } from "./counting.ts";
import { type Evidence, harmEvidence, mayBeHarm, noEvidence, type Question, safetyEvidence, withWindow } from "./evidence.ts";
import { freezeThresholds, type LatencyThreshold, slowerThan } from "./latency-thresholds.ts";
import type { Counts } from "./split-likelihood.ts";

export type Measure = "errors" | "latency";

export type ComparisonOptions = Comparison & {
  /** Upper bounds of the buckets in which latencies are counted, the last one open; absent where nobody counts them. */
  readonly latencyBoundsMs?: readonly number[];
  /** What is compared; where nothing is said errors, and latency if it is counted. What is compared and not seen never passes. */
  readonly measures?: readonly Measure[];
  /** Requests that the canary must have answered before there is a verdict. */
  readonly leastRequests?: number;
  /** Where surely fewer than this share of the canary's requests fail (or are that slow), that is no harm. */
  readonly negligible?: number;
  /** No window makes the evidence more than so many times as strong. */
  readonly cap?: number;
};

/** Plain data, a few kilobytes. What was counted of each measure, and what it makes of the question. */
export type ComparisonState = {
  readonly version: 1;
  readonly rules: Rules;
  /** Absent until the baseline has had enough requests. */
  readonly thresholds?: readonly LatencyThreshold[];
  readonly errors: Evidence;
  /** By the thresholds. */
  readonly latency: readonly Evidence[];
  readonly windows: number;
  readonly countedMs: number;
  /** When the canary had its first request; counting begins a warm-up later. */
  readonly trafficSinceMs?: number;
  readonly windowSinceMs?: number;
  readonly windowEndsMs?: number;
  readonly last?: Arms;
  /** The first time that the evidence of harm was enough; it stands. */
  readonly failed?: Finding;
};

export type Rules = Question & {
  readonly alpha: number;
  readonly beta: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  readonly measures: readonly Measure[];
  readonly leastRequests: number;
  readonly latencyBoundsMs: readonly number[];
};

export type Arms = { readonly baseline: TrafficSeen; readonly canary: TrafficSeen };

/** What one measure shows, and how strong the evidence is: one bet on it has become so many. */
export type Shown = {
  readonly measure: Measure;
  readonly threshold?: LatencyThreshold;
  readonly counts: Counts;
  readonly evidence: number;
};
export type Finding = Shown & { readonly atMs: number };

/** `baseline` is what the old revision has answered so far: from it come the thresholds of latency, before the new one is seen. */
export function beginComparison(options: ComparisonOptions, baseline?: TrafficSeen): ComparisonState {
  const { tolerance, warmUpMs, windowMs, latencyBoundsMs = [] } = options;
  // No mistake at all is more than any number of requests can promise.
  const [alpha, beta] = [Math.max(options.alpha, 1e-6), Math.max(options.beta, 1e-6)];
  const rules: Rules = {
    tolerance,
    // Between what is tolerated and what is harm there has to be room, or the same release could pass and fail.
    harmful: Math.max(options.harmful, 1.2 * tolerance),
    negligible: options.negligible ?? 0.005,
    cap: options.cap ?? 5,
    most: 20 / beta,
    alpha,
    beta,
    warmUpMs,
    windowMs,
    measures: options.measures ?? (latencyBoundsMs.length > 0 ? ["errors", "latency"] : ["errors"]),
    leastRequests: options.leastRequests ?? 20,
    latencyBoundsMs,
  };
  const state: ComparisonState = { version: 1, rules, errors: noEvidence, latency: [], windows: 0, countedMs: 0 };
  return baseline === undefined ? state : frozen(state, readTraffic(baseline));
}

/** Takes in what the counters show now. Looks may come at any time: a window is over when it has lasted long enough. */
export function takeWindow(
  state: ComparisonState,
  seen: { readonly atMs: number; readonly baseline?: TrafficSeen | undefined; readonly canary?: TrafficSeen | undefined },
): ComparisonState {
  if (seen.baseline === undefined || seen.canary === undefined || !Number.isFinite(seen.atMs)) return state;
  const { atMs } = seen;
  const { warmUpMs, windowMs } = state.rules;
  const { last, trafficSinceMs, windowSinceMs, windowEndsMs } = state;
  const hasBegun = last !== undefined && windowEndsMs !== undefined && windowSinceMs !== undefined;
  // Most looks come in the middle of a window: nothing is read for those.
  if (trafficSinceMs !== undefined && atMs < (hasBegun ? windowEndsMs : trafficSinceMs + warmUpMs)) return state;
  const now: Arms = { baseline: readTraffic(seen.baseline), canary: readTraffic(seen.canary) };

  if (trafficSinceMs === undefined) {
    const arrived = last === undefined ? now.canary.requests : between(last.canary, now.canary).requests;
    const first = copyOf(state);
    first.last = now;
    if (arrived > 0) first.trafficSinceMs = atMs;
    return first;
  }
  const next = copyOf(state);
  next.last = now;
  next.windowSinceMs = atMs;
  if (!hasBegun) next.windowEndsMs = atMs + windowMs;
  else {
    const window = { baseline: between(last.baseline, now.baseline), canary: between(last.canary, now.canary) };
    const { errors, latency } = counting(state, window);
    next.errors = errors;
    next.latency = latency;
    next.windows += 1;
    next.countedMs += atMs - windowSinceMs;
    // Looks that come a little late do not put off all that follow.
    next.windowEndsMs = Math.max(windowEndsMs + windowMs, atMs + windowMs / 2);
    const failed = next.failed ?? findHarm(next, atMs);
    if (failed !== undefined) next.failed = failed;
  }
  return frozen(next, now.baseline);
}

function counting(state: ComparisonState, { baseline, canary }: Arms): Pick<ComparisonState, "errors" | "latency"> {
  const { thresholds = [], rules } = state;
  const errors = withWindow(
    state.errors,
    {
      canary: canary.requests,
      canaryEvents: canary.errors,
      baseline: baseline.requests,
      baselineEvents: baseline.errors,
    },
    rules,
  );
  const buckets = rules.latencyBoundsMs.length + 1;
  const comparable = canary.latency.length === buckets && baseline.latency.length === buckets;
  if (!comparable || thresholds.length === 0) return { errors, latency: state.latency };
  const [ofCanary, ofBaseline] = [sum(canary.latency), sum(baseline.latency)];
  const latency = thresholds.map((threshold, index) => {
    const counts: Counts = {
      canary: ofCanary,
      canaryEvents: slowerThan(threshold, canary.latency),
      baseline: ofBaseline,
      baselineEvents: slowerThan(threshold, baseline.latency),
    };
    return withWindow(state.latency[index] ?? noEvidence, counts, rules);
  });
  return { errors, latency };
}

/** Freezes the thresholds once the baseline has shown enough; what is counted against them comes later. */
function frozen(state: ComparisonState, baseline: TrafficSeen): ComparisonState {
  if (state.thresholds !== undefined || !state.rules.measures.includes("latency")) return state;
  const thresholds = freezeThresholds(baseline.latency, state.rules.latencyBoundsMs);
  if (thresholds === undefined) return state;
  const knowing = copyOf(state);
  knowing.thresholds = thresholds;
  return knowing;
}

/** Not by spreading, for the same reason as a run's (`advance/copy.ts`): there is one of these for each window. */
function copyOf(state: ComparisonState): Mutable<ComparisonState> {
  const { version, rules, thresholds, errors, latency, windows, countedMs } = state;
  const { trafficSinceMs, windowSinceMs, windowEndsMs, last, failed } = state;
  const copy: Mutable<ComparisonState> = { version, rules, errors, latency, windows, countedMs };
  if (thresholds !== undefined) copy.thresholds = thresholds;
  if (trafficSinceMs !== undefined) copy.trafficSinceMs = trafficSinceMs;
  if (last !== undefined) copy.last = last;
  if (windowSinceMs !== undefined) copy.windowSinceMs = windowSinceMs;
  if (windowEndsMs !== undefined) copy.windowEndsMs = windowEndsMs;
  if (failed !== undefined) copy.failed = failed;
  return copy;
}

/** The evidence of harm that decides: what is allowed of false alarms is split over the measures. */
export function neededForHarm({ measures, alpha }: Rules): number {
  return measures.length / alpha;
}

/** Each measure may be the one that is harmed. Latency is one: its thresholds' evidence is averaged, which holds however they depend. */
export function harmOf(state: ComparisonState): readonly Shown[] {
  return state.rules.measures.map((measure) => {
    const each = shownOf(state, measure, harmEvidence);
    const strongest = each.reduce((most, one) => (one.evidence > most.evidence ? one : most));
    return { ...strongest, evidence: sum(each.map(({ evidence }) => evidence)) / each.length };
  });
}

/** What has to be shown to be no harm, each of it: errors, and every threshold. */
export function safetyOf(state: ComparisonState): readonly Shown[] {
  return state.rules.measures.flatMap((measure) => shownOf(state, measure, safetyEvidence));
}

/** Of what nothing is known there is no evidence yet: one of as much for as against. */
function shownOf(state: ComparisonState, measure: Measure, read: (evidence: Evidence) => number): readonly [Shown, ...Shown[]] {
  const shown = (of: Evidence): Shown => ({ measure, counts: of.counts, evidence: read(of) });
  if (measure === "errors") return [shown(state.errors)];
  const [first, ...others] = (state.thresholds ?? []).map((threshold, index) => ({
    ...shown(state.latency[index] ?? noEvidence),
    threshold,
  }));
  return first ? [first, ...others] : [shown(noEvidence)];
}

function findHarm(state: ComparisonState, atMs: number): Finding | undefined {
  if (state.errors.counts.canary < state.rules.leastRequests) return undefined;
  const needed = neededForHarm(state.rules);
  // A mean is never more than the most of what it is of.
  if (!mayBeHarm(state.errors, needed) && !state.latency.some((one) => mayBeHarm(one, needed))) return undefined;
  const found = harmOf(state).find(({ evidence }) => evidence >= needed);
  return found && { ...found, atMs };
}
