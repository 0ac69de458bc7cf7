import type { Ranges } from "./ranges.ts";
import type { Row } from "./selections.ts";

/** One number of the samples of one series in a window; undefined where these samples give none. */
export type OverRange = (row: Row, window: OverWindow, parameter: number) => number | undefined;
export type OverWindow = Omit<Ranges, "series"> & { readonly atMs: number; readonly prometheus: 2 | 3 };

type Extrapolation = { readonly counter: boolean; readonly perSecond: boolean };

/** How much values went up in the window, as if they had been sampled at its very ends. */
function extrapolated(row: Row, window: OverWindow, how: Extrapolation): number | undefined {
  const { values, from, to } = row;
  if (to - from < 2) return undefined;
  const first = values[from] ?? 0;
  let result = (values[to - 1] ?? 0) - first;
  if (how.counter) {
    let before = first;
    for (let at = from + 1; at < to; at++) {
      const value = values[at] ?? 0;
      if (value < before) result += before;
      before = value;
    }
  }
  return toTheEnds(result, row, window, how);
}

/** The increase of a counter of which one knows that it never began anew: its first and its last sample tell. */
export function risen(row: Row, window: OverWindow): number | undefined {
  const { values, from, to } = row;
  if (to - from < 2) return undefined;
  return toTheEnds((values[to - 1] ?? 0) - (values[from] ?? 0), row, window, { counter: true, perSecond: false });
}

function toTheEnds(
  rise: number,
  { times, values, from, to }: Row,
  { startMs, endMs, rangeMs, prometheus }: OverWindow,
  { counter, perSecond }: Extrapolation,
): number {
  const first = values[from] ?? 0;
  const firstMs = times[from] ?? 0;
  const lastMs = times[to - 1] ?? 0;
  const sampled = (lastMs - firstMs) / 1_000;
  const apart = sampled / (to - from - 1);
  // A sample further than this from the window's end means that the series began or ended inside.
  const threshold = apart * 1.1;
  let toStart = (firstMs - startMs) / 1_000;
  let toEnd = (endMs - lastMs) / 1_000;
  // Prometheus 2 looks at the zero point before the threshold, 3 after it.
  if (prometheus === 3 && toStart >= threshold) toStart = apart / 2;
  if (counter && rise > 0 && first >= 0) toStart = Math.min(toStart, sampled * (first / rise));
  if (prometheus === 2 && toStart >= threshold) toStart = apart / 2;
  if (toEnd >= threshold) toEnd = apart / 2;
  const factor = (sampled + toStart + toEnd) / sampled;
  return rise * (perSecond ? factor / (rangeMs / 1_000) : factor);
}

/** What the last two samples say. */
function instant({ times, values, from, to }: Row, perSecond: boolean): number | undefined {
  if (to - from < 2) return undefined;
  const [last, before] = [values[to - 1] ?? 0, values[to - 2] ?? 0];
  const ms = (times[to - 1] ?? 0) - (times[to - 2] ?? 0);
  if (ms === 0) return undefined;
  const result = perSecond && last < before ? last : last - before;
  return perSecond ? result / (ms / 1_000) : result;
}

function counted(row: Row, is: (value: number, before: number) => boolean): number {
  let count = 0;
  for (let at = row.from + 1; at < row.to; at++) if (is(row.values[at] ?? 0, row.values[at - 1] ?? 0)) count++;
  return count;
}

export const rates: Readonly<Record<string, OverRange>> = {
  rate: (row, window) => extrapolated(row, window, { counter: true, perSecond: true }),
  increase: (row, window) => extrapolated(row, window, { counter: true, perSecond: false }),
  delta: (row, window) => extrapolated(row, window, { counter: false, perSecond: false }),
  irate: (row) => instant(row, true),
  idelta: (row) => instant(row, false),
  resets: (row) => counted(row, (value, before) => value < before),
  changes: (row) => counted(row, (value, before) => value !== before && !(Number.isNaN(value) && Number.isNaN(before))),
};
