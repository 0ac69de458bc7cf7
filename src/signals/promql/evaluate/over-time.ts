import type { OverRange } from "./rates.ts";
import type { Row } from "./selections.ts";
import { type Sum, add, meanOf, quantileOf, total, varianceOf } from "./sums.ts";

function best({ values, from, to }: Row, sign: 1 | -1): number {
  let found = values[from] ?? 0;
  for (let at = from + 1; at < to; at++) {
    const value = values[at] ?? 0;
    if (sign * value > sign * found || Number.isNaN(found)) found = value;
  }
  return found;
}

function sumOf({ values, from, to }: Row): number {
  const sum: Sum = { sum: 0, lost: 0 };
  for (let at = from; at < to; at++) add(sum, values[at] ?? 0);
  return total(sum);
}

/** The straight line through the samples by least squares: its slope a second, and its height at a moment. */
function lineThrough({ times, values, from, to }: Row, atMs: number): { readonly slope: number; readonly height: number } {
  const sums = Array.from({ length: 4 }, (): Sum => ({ sum: 0, lost: 0 }));
  const [sumX, sumY, sumXY, sumXX] = sums as [Sum, Sum, Sum, Sum];
  const first = values[from] ?? 0;
  let constant = true;
  for (let at = from; at < to; at++) {
    const y = values[at] ?? 0;
    if (y !== first) constant = false;
    const x = ((times[at] ?? 0) - atMs) / 1_000;
    add(sumX, x);
    add(sumY, y);
    add(sumXY, x * y);
    add(sumXX, x * x);
  }
  if (constant) return Number.isFinite(first) ? { slope: 0, height: first } : { slope: Number.NaN, height: Number.NaN };
  const [x, y, xy, xx] = sums.map(({ sum, lost }) => sum + lost) as [number, number, number, number];
  const count = to - from;
  const slope = (xy - (x * y) / count) / (xx - (x * x) / count);
  return { slope, height: y / count - (slope * x) / count };
}

export const overTime: Readonly<Record<string, OverRange>> = {
  sum_over_time: sumOf,
  avg_over_time: ({ values, from, to }) => meanOf(values, from, to),
  min_over_time: (row) => best(row, -1),
  max_over_time: (row) => best(row, 1),
  count_over_time: ({ from, to }) => to - from,
  last_over_time: ({ values, to }) => values[to - 1],
  present_over_time: () => 1,
  stddev_over_time: ({ values, from, to }) => Math.sqrt(varianceOf(values, from, to)),
  stdvar_over_time: ({ values, from, to }) => varianceOf(values, from, to),
  quantile_over_time: ({ values, from, to }, _, quantile) => quantileOf(quantile, Array.from(values.subarray(from, to))),
  deriv: (row) => (row.to - row.from < 2 ? undefined : lineThrough(row, row.times[row.from] ?? 0).slope),
  predict_linear: (row, { atMs }, seconds) => {
    if (row.to - row.from < 2) return undefined;
    const { slope, height } = lineThrough(row, atMs);
    return slope * seconds + height;
  },
};
