import { type Context, type Vec, checkUnique } from "./context.ts";
import type { CallExpr } from "../syntax/expr.ts";
import { type LabelSet, dropLabels, labelOf } from "./label-sets.ts";
import { parseGoNumber } from "./numbers.ts";

export type Bucket = { readonly upTo: number; count: number };

/** The quantile of each histogram whose buckets are in the vector. */
export function histogramQuantile(context: Context, expr: CallExpr, quantile: number, vec: Vec): Vec {
  const buckets = new Map<LabelSet, { readonly set: LabelSet; readonly buckets: Bucket[] }>();
  for (const [index, set] of vec.sets.entries()) {
    const upTo = parseGoNumber(labelOf(set.labels, "le"));
    if (upTo === undefined) continue;
    // By name too: two histograms that differ only in it must not be mixed.
    const histogram = context.sets.derive(set, "histogram", (labels) => dropLabels(labels, ["le"]));
    let found = buckets.get(histogram);
    if (found === undefined) {
      const nameless = context.sets.derive(histogram, "nameless", (labels) => dropLabels(labels, ["__name__"]));
      buckets.set(histogram, (found = { set: nameless, buckets: [] }));
    }
    found.buckets.push({ upTo, count: vec.values[index] ?? 0 });
  }
  const all = [...buckets.values()];
  const out = {
    sets: all.map(({ set }) => set),
    values: all.map((one) => bucketQuantile(quantile, one.buckets, context.prometheus)),
  };
  return checkUnique(context, out, expr);
}

export function bucketQuantile(quantile: number, given: readonly Bucket[], prometheus: 2 | 3): number {
  if (Number.isNaN(quantile)) return Number.NaN;
  if (quantile < 0) return -Infinity;
  if (quantile > 1) return Infinity;
  const sorted = given.toSorted((a, b) => (a.upTo < b.upTo ? -1 : Number(a.upTo > b.upTo)));
  if (sorted.at(-1)?.upTo !== Infinity) return Number.NaN;
  const buckets = merged(sorted);
  straighten(buckets, prometheus);
  const last = buckets.at(-1);
  const beforeLast = buckets.at(-2);
  if (last === undefined || beforeLast === undefined || last.count === 0) return Number.NaN;
  const rank = quantile * last.count;
  const at = bucketOf(buckets, rank);
  const bucket = buckets[at];
  // Above the highest edge nothing is known but the edge.
  if (bucket === undefined || at === buckets.length - 1) return beforeLast.upTo;
  if (at === 0 && bucket.upTo <= 0) return bucket.upTo;
  const before = buckets[at - 1] ?? { upTo: 0, count: 0 };
  return before.upTo + (bucket.upTo - before.upTo) * ((rank - before.count) / (bucket.count - before.count));
}

/** The first bucket, but the last, that reaches the rank. By halves, as Prometheus does: with a NaN among them it matters. */
function bucketOf(buckets: readonly Bucket[], rank: number): number {
  let [low, high] = [0, buckets.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((buckets[middle]?.count ?? 0) >= rank) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Buckets with the same edge ("1" and "1.0") are one. */
function merged(sorted: readonly Bucket[]): Bucket[] {
  const found: Bucket[] = [];
  for (const { upTo, count } of sorted) {
    const last = found.at(-1);
    if (last?.upTo === upTo) last.count += count;
    else found.push({ upTo, count });
  }
  return found;
}

/** Counts never fall from bucket to bucket; where they do, they were scraped or summed apart. */
function straighten(buckets: Bucket[], prometheus: 2 | 3): void {
  let most = buckets[0]?.count ?? 0;
  for (const bucket of buckets.slice(1)) {
    const { count } = bucket;
    // Prometheus 3 also takes away what rounding has put between two equal counts.
    const rounding = prometheus === 3 && Math.abs(count - most) / (Math.abs(count) + Math.abs(most)) < 1e-12;
    if (count < most || rounding) bucket.count = most;
    else if (count > most) most = count;
  }
}
