/** Requests a second over time; plain data. */
export type TrafficShape = {
  /** As it was written. */
  readonly text: string;
} & (
  | { readonly shape: "constant"; readonly perSecond: number }
  /** Lowest at `quietHour` UTC and highest twelve hours later, as a sine. */
  | { readonly shape: "diurnal"; readonly least: number; readonly most: number; readonly quietHour: number }
  /** So many times as much for a while, again and again. */
  | {
      readonly shape: "spikes";
      readonly perSecond: number;
      readonly times: number;
      readonly everyMs: number;
      readonly forMs: number;
    }
  /** What was measured, from one moment to the next in a straight line; repeated when it is over. */
  | { readonly shape: "recorded"; readonly atMs: readonly number[]; readonly perSecond: readonly number[] }
);

const dayMs = 86_400_000;

/** How much there is at a moment: `nowMs` since 1970, `sinceMs` since the rehearsal began. */
export function rateAt(traffic: TrafficShape, nowMs: number, sinceMs: number): number {
  switch (traffic.shape) {
    case "constant":
      return traffic.perSecond;
    case "diurnal": {
      const { least, most, quietHour } = traffic;
      const part = (nowMs / dayMs - quietHour / 24) * 2 * Math.PI;
      return least + ((most - least) * (1 - Math.cos(part))) / 2;
    }
    case "spikes": {
      const { perSecond, times, everyMs, forMs } = traffic;
      const at = ((sinceMs % everyMs) + everyMs) % everyMs;
      return at >= everyMs - forMs ? perSecond * times : perSecond;
    }
    case "recorded":
      return between(traffic.atMs, traffic.perSecond, sinceMs);
  }
}

function between(atMs: readonly number[], perSecond: readonly number[], sinceMs: number): number {
  const last = atMs.at(-1) ?? 0;
  const at = last > 0 ? ((sinceMs % last) + last) % last : 0;
  let [low, high] = [0, atMs.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((atMs[middle] ?? 0) <= at) low = middle;
    else high = middle;
  }
  const [from, to] = [atMs[low] ?? 0, atMs[high] ?? 0];
  const [before, after] = [perSecond[low] ?? 0, perSecond[high] ?? 0];
  return to > from ? before + (after - before) * Math.min(1, Math.max(0, (at - from) / (to - from))) : before;
}

/** What is usual over a day: for words and forecasts. */
export function meanRate(traffic: TrafficShape): number {
  const steps = 288;
  const spanMs = traffic.shape === "recorded" ? (traffic.atMs.at(-1) ?? 0) : traffic.shape === "spikes" ? traffic.everyMs : dayMs;
  let sum = 0;
  for (let step = 0; step < steps; step++) {
    const at = ((step + 0.5) / steps) * spanMs;
    sum += rateAt(traffic, at, at);
  }
  return sum / steps;
}
