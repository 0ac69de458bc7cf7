import type { Answer } from "../gate.ts";
import { type ComparisonState, harmOf, neededForHarm, safetyOf, type Shown } from "./comparison.ts";
import { describeForecast } from "./describe-forecast.ts";
import { type Forecast, forecastOf } from "./forecast.ts";
import { asSpan, asNumber, asOdds, asShare } from "./words.ts";

export type ComparisonEvidence = {
  readonly windows: number;
  readonly countedMs: number;
  /** Each measure, and what it shows of harm and of safety; what is needed of each. */
  readonly harm: readonly Shown[];
  readonly neededForHarm: number;
  readonly safety: readonly Shown[];
  readonly neededForSafety: number;
  readonly forecast?: Forecast;
};

/** As a gate answers, but for when. */
export type ComparisonVerdict = Omit<Answer, "atMs" | "evidence"> & { readonly evidence: ComparisonEvidence };

/**
 * fail once the evidence of harm has been enough, pass while every measure's evidence of safety is, and inconclusive otherwise: too few requests,
 * or too few of the events that could tell.
 */
export function verdictOf(state: ComparisonState): ComparisonVerdict {
  const { rules } = state;
  const forecast = forecastFrom(state);
  const evidence: ComparisonEvidence = {
    windows: state.windows,
    countedMs: state.countedMs,
    harm: harmOf(state),
    neededForHarm: neededForHarm(rules),
    safety: safetyOf(state),
    neededForSafety: 1 / rules.beta,
    ...(forecast ? { forecast } : {}),
  };
  if (state.failed) {
    const { failed } = state;
    return {
      verdict: "fail",
      because: `${seen(failed)}; that its odds are more than ${asNumber(rules.tolerance)} times as high has ${asOdds(failed.evidence)} for it, and ${asOdds(neededForHarm(rules))} decides (${asShare(rules.alpha)} false alarms${rules.measures.length > 1 ? ` over ${rules.measures.length} measures` : ""})`,
      evidence,
    };
  }
  const requests = state.errors.counts.canary;
  const weakest = evidence.safety.reduce((least, one) => (one.evidence < least.evidence ? one : least));
  if (requests >= rules.leastRequests && weakest.evidence >= 1 / rules.beta)
    return {
      verdict: "pass",
      because: `${seen(weakest)}; that its odds are not ${asNumber(rules.harmful)} times as high has ${asOdds(weakest.evidence)} for it, every other measure more, and ${asOdds(1 / rules.beta)} decides (${asShare(rules.beta)} misses)`,
      evidence,
    };
  return { verdict: "inconclusive", because: undecided(state, weakest, forecast), evidence };
}

function undecided(state: ComparisonState, weakest: Shown, forecast: Forecast | undefined): string {
  const { rules } = state;
  if (state.trafficSinceMs === undefined) return "the new revision has had no requests yet";
  if (state.windows === 0) return `the new revision has requests, and is counted after a warm-up of ${asSpan(rules.warmUpMs)}`;
  const requests = state.errors.counts.canary;
  if (requests < rules.leastRequests)
    return `the new revision has had ${asNumber(requests)} requests, and nothing is said below ${asNumber(rules.leastRequests)}${needs(forecast)}`;
  if (state.errors.counts.baseline === 0) return "the old revision has had no requests to compare with";
  if (rules.measures.includes("latency") && state.thresholds === undefined)
    return "the old revision has had too few requests to say how slow is slow";
  const worst = harmOf(state).reduce((most, one) => (one.evidence > most.evidence ? one : most));
  return (
    `not decided: ${seen(weakest)}; the most that speaks for harm is ${asOdds(worst.evidence)}, and ${asOdds(neededForHarm(rules))} decides; ` +
    `the least that speaks for safety is ${asOdds(weakest.evidence)}, and ${asOdds(1 / rules.beta)} decides${needs(forecast)}`
  );
}

/** "errors: 12 of 620 requests (1.9 %) of the new revision, 31 of 5,580 (0.56 %) of the old one". */
function seen({ measure, threshold, counts }: Shown): string {
  const what = threshold ? `slower than ${asNumber(threshold.ms)} ms (the old one's ${threshold.of})` : measure;
  const of = (events: number, requests: number) =>
    `${asNumber(events)} of ${asNumber(requests)}${requests > 0 ? ` (${asShare(events / requests)})` : ""}`;
  return `${what}: ${of(counts.canaryEvents, counts.canary)} of the new revision's requests, ${of(counts.baselineEvents, counts.baseline)} of the old one's`;
}

function needs(forecast: Forecast | undefined): string {
  return forecast === undefined ? "" : `; ${describeForecast(forecast)}`;
}

/** If the rest is as what has been counted. */
function forecastFrom(state: ComparisonState): Forecast | undefined {
  const { canary, baseline, baselineEvents } = state.errors.counts;
  if (state.countedMs <= 0 || canary === 0 || baseline === 0) return undefined;
  return forecastOf(state.rules, {
    requestsPerSecond: ((canary + baseline) * 1_000) / state.countedMs,
    share: canary / (canary + baseline),
    errorRate: baselineEvents / baseline,
    slowerRates: state.latency.map(({ counts }) => counts.baselineEvents / Math.max(1, counts.baseline)),
  });
}
