import { sum } from "./counting.ts";

/** "Slower than so much": a bound between two buckets of the histogram. */
export type LatencyThreshold = {
  /** Which quantile of the baseline it stands for. */
  readonly of: "p50" | "p95" | "p99";
  readonly ms: number;
  /** Requests in the buckets from here on were slower. */
  readonly from: number;
};

const quantiles = [
  { of: "p50", slower: 0.5 },
  { of: "p95", slower: 0.05 },
  { of: "p99", slower: 0.01 },
] as const;

/** With fewer requests the p99 would be one of a handful. */
const fewestRequests = 200;

/**
 * The bounds that are nearest to the baseline's quantiles, each once; none while too little is known. They have to be chosen before what is
 * counted against them: then the choice cannot favour an arm.
 */
export function freezeThresholds(
  latency: readonly number[],
  boundsMs: readonly number[],
): readonly LatencyThreshold[] | undefined {
  const requests = sum(latency);
  if (requests < fewestRequests || latency.length !== boundsMs.length + 1) return undefined;
  const logOdds = (slower: number) => Math.log((slower + 0.5) / (requests - slower + 0.5));
  // What is slower than the bound before the first bucket is everything; a bound that nearly everything is beyond tells nothing.
  let slower = requests;
  const bounds = boundsMs.map((ms, bucket) => {
    slower -= latency[bucket] ?? 0;
    return { ms, from: bucket + 1, slower };
  });
  const usable = bounds.filter((bound) => bound.slower < 0.9 * requests);
  const [first, ...others] = usable;
  if (first === undefined) return undefined;
  const chosen = quantiles.map(({ of, slower }) => {
    const wanted = Math.log(slower / (1 - slower));
    const far = (bound: { slower: number }) => Math.abs(logOdds(bound.slower) - wanted);
    const { ms, from } = others.reduce((best, bound) => (far(bound) < far(best) ? bound : best), first);
    return { of, ms, from };
  });
  return chosen.filter(({ from }, index) => chosen.findIndex((other) => other.from === from) === index);
}

export function slowerThan({ from }: LatencyThreshold, latency: readonly number[]): number {
  let slower = 0;
  for (let bucket = from; bucket < latency.length; bucket++) slower += latency[bucket] ?? 0;
  return slower;
}
