import { compileRegexp } from "../promql/regexp/regexp.ts";
import type { Labels, Matcher, Samples, Source } from "../series.ts";

export type SampleSource = Source & { append(labels: Labels, timeMs: number, value: number): void };

/** A few series in memory, for trying rules out: no limits, no retention. Samples come in the order of time. */
export function createSampleSource(): SampleSource {
  const all = new Map<string, { readonly labels: Labels; times: Float64Array; values: Float64Array; length: number }>();
  return {
    append(labels, timeMs, value) {
      const key = JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
      const series = all.get(key) ?? { labels, times: new Float64Array(16), values: new Float64Array(16), length: 0 };
      if (series.length === series.times.length) {
        series.times = grown(series.times);
        series.values = grown(series.values);
      }
      series.times[series.length] = timeMs;
      series.values[series.length] = value;
      series.length++;
      all.set(key, series);
    },
    select(matchers, fromMs, toMs) {
      const fits = matchers.map(fit);
      const found: Samples[] = [];
      for (const { labels, times, values, length } of all.values()) {
        if (!fits.every((one) => one(labels))) continue;
        const from = firstAtLeast(times, length, fromMs);
        const to = firstAtLeast(times, length, toMs + 1);
        if (from < to) found.push({ labels, times, values, from, to });
      }
      return found;
    },
  };
}

function fit({ name, op, value }: Matcher): (labels: Labels) => boolean {
  const of = (labels: Labels) => labels[name] ?? "";
  if (op === "=") return (labels) => of(labels) === value;
  if (op === "!=") return (labels) => of(labels) !== value;
  const compiled = compileRegexp(value);
  if (!compiled.ok) return () => false;
  return (labels) => compiled.regexp.test(of(labels)) === (op === "=~");
}

function firstAtLeast(times: Float64Array, length: number, ms: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

function grown(array: Float64Array): Float64Array {
  const next = new Float64Array(array.length * 2);
  next.set(array);
  return next;
}
