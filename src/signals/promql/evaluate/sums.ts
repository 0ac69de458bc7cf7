/** A sum that keeps what additions lose (Kahan's, as Neumaier improved it). */
export type Sum = { sum: number; lost: number };

export function add(to: Sum, value: number): void {
  const sum = to.sum + value;
  to.lost += Math.abs(to.sum) >= Math.abs(value) ? to.sum - sum + value : value - sum + to.sum;
  to.sum = sum;
}

export function total({ sum, lost }: Sum): number {
  return Number.isFinite(sum) ? sum + lost : sum;
}

/** The mean of values whose sum may be too large for a number. */
export function meanOf(values: ArrayLike<number>, from: number, to: number): number {
  const sum: Sum = { sum: 0, lost: 0 };
  for (let at = from; at < to; at++) add(sum, values[at] ?? 0);
  if (Number.isFinite(sum.sum)) return total(sum) / (to - from);
  let mean = 0;
  for (let at = from, count = 1; at < to; at++, count++) {
    const value = values[at] ?? 0;
    // An infinite mean stays what it is, unless what comes contradicts it.
    if (Math.abs(mean) === Infinity && (value === mean || Number.isFinite(value))) continue;
    mean += value / count - mean / count;
  }
  return mean;
}

/** The mean square of how far values are from their mean. */
export function varianceOf(values: ArrayLike<number>, from: number, to: number): number {
  const mean: Sum = { sum: 0, lost: 0 };
  const squares: Sum = { sum: 0, lost: 0 };
  for (let at = from, count = 1; at < to; at++, count++) {
    const value = values[at] ?? 0;
    const before = value - (mean.sum + mean.lost);
    add(mean, before / count);
    add(squares, before * (value - (mean.sum + mean.lost)));
  }
  return (squares.sum + squares.lost) / (to - from);
}

/** The value that this share of the values is at most, interpolated between neighbours. Sorts what it is given. */
export function quantileOf(quantile: number, values: number[]): number {
  if (values.length === 0 || Number.isNaN(quantile)) return Number.NaN;
  if (quantile < 0) return -Infinity;
  if (quantile > 1) return Infinity;
  const sorted = Float64Array.from(values).toSorted();
  // NaN counts as the least of all; the array's own order has it at the end.
  const numbers = sorted.findIndex(Number.isNaN);
  const at = (index: number): number => {
    const nans = numbers < 0 ? 0 : sorted.length - numbers;
    return index < nans ? Number.NaN : (sorted[index - nans] ?? Number.NaN);
  };
  const rank = quantile * (values.length - 1);
  const low = Math.max(0, Math.floor(rank));
  const high = Math.min(values.length - 1, low + 1);
  const weight = rank - Math.floor(rank);
  return at(low) * (1 - weight) + at(high) * weight;
}
