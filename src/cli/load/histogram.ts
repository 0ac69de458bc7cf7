/**
 * Spans of time, counted in buckets that grow with them: each is known to a five hundredth of itself, from a microsecond to an hour, in
 * memory that does not grow (as HdrHistogram has it).
 */
export type Histogram = {
  add(ms: number): void;
  readonly count: () => number;
  /** In milliseconds; undefined where nothing was counted. */
  readonly quantile: (part: number) => number | undefined;
  readonly max: () => number;
  readonly mean: () => number;
  clear(): void;
};

const stepsBits = 10;
const steps = 1 << stepsBits;
const half = steps / 2;
const mostUs = 3_600_000_000;

export function createHistogram(): Histogram {
  const counts = new Float64Array(indexOf(mostUs) + 1);
  let [count, max, sum] = [0, 0, 0];
  return {
    add(ms) {
      const us = Math.min(mostUs, Math.max(0, Math.round(ms * 1_000)));
      const index = indexOf(us);
      counts[index] = (counts[index] ?? 0) + 1;
      count += 1;
      sum += ms;
      if (ms > max) max = ms;
    },
    count: () => count,
    max: () => max,
    mean: () => (count === 0 ? 0 : sum / count),
    quantile(part) {
      if (count === 0) return undefined;
      const wanted = Math.max(1, Math.ceil(count * part));
      let seen = 0;
      for (const [index, here] of counts.entries()) {
        seen += here;
        if (seen >= wanted) return Math.min(max, highestIn(index) / 1_000);
      }
      return max;
    },
    clear() {
      counts.fill(0);
      [count, max, sum] = [0, 0, 0];
    },
  };
}

/** Up to a thousand each microsecond has its own; from there on each doubling has five hundred. */
function indexOf(us: number): number {
  if (us < steps) return us;
  const doublings = Math.floor(Math.log2(us)) - (stepsBits - 1);
  return steps + (doublings - 1) * half + (Math.floor(us / 2 ** doublings) - half);
}

function highestIn(index: number): number {
  if (index < steps) return index;
  const doublings = Math.floor((index - steps) / half) + 1;
  return (half + ((index - steps) % half) + 1) * 2 ** doublings - 1;
}
