import type { Labels } from "../series.ts";
import type { Place } from "./pages.ts";

export type Unpacked = {
  readonly times: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  readonly length: number;
};

/** What of a series is at hand without unpacking at least; more where somebody looks further back again and again. */
export const atHand = 128;

const none = new Float64Array(0);

/** One series: its newest samples as they are, and where its packed ones end. */
export class Series {
  readonly id: number;
  readonly labels: Labels;
  readonly key: string;
  times = none;
  values = none;
  length = 0;
  /** So many of those at hand are packed already. */
  packed = 0;
  lastMs = -1;
  newest: Place = { page: 0, offset: 0 };
  /** Nothing is kept of it any more, and the index does not know it. */
  gone = false;
  /** So far back somebody looks, beyond what is at hand anyway; and the round in which they last did. */
  wideMs = 0;
  wideAt = 0;

  constructor(id: number, labels: Labels, key: string) {
    this.id = id;
    this.labels = labels;
    this.key = key;
  }

  get bytes(): number {
    return this.times.length * 16;
  }

  clear(): void {
    this.times = this.values = none;
    this.length = this.packed = this.wideMs = 0;
    this.newest = { page: 0, offset: 0 };
  }

  /** The same samples from `from` on, in new arrays: whoever was given the old ones keeps them as they were. */
  move(from: number, capacity: number): void {
    const arrays = new Float64Array(2 * capacity);
    const [times, values] = [arrays.subarray(0, capacity), arrays.subarray(capacity)];
    times.set(this.times.subarray(from, this.length));
    values.set(this.values.subarray(from, this.length));
    this.times = times;
    this.values = values;
    this.length -= from;
    this.packed = Math.max(0, this.packed - from);
  }

  take(samples: Unpacked): void {
    this.times = samples.times;
    this.values = samples.values;
    this.length = samples.length;
  }
}

/** The first place among `times` whose time is not below `ms`. */
export function placeOf(times: Float64Array, length: number, ms: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
