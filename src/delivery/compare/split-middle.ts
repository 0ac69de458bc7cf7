import type { Counts } from "./split-likelihood.ts";

/** How many of the events the canary has where its odds are so many times as high; roughly, it only has to be near. */
export function middleOf({ canary, canaryEvents, baseline, baselineEvents }: Counts, ratio: number): number {
  const events = canaryEvents + baselineEvents;
  const square = ratio * (canary + baseline - events);
  const linear = canary * ratio + baseline - events * (1 + ratio);
  const root = Math.sqrt(linear * linear + 4 * square * events);
  const odds = linear > 0 ? (2 * events) / (linear + root) : (root - linear) / (2 * square);
  const mean = Math.round((canary * ratio * odds) / (1 + ratio * odds));
  return Math.min(events, canary, Math.max(0, events - baseline, mean));
}

/** So far on this side of the middle terms count: as far as those of a normal distribution do, and somewhat more. */
export function edgeOf({ canary, canaryEvents, baseline, baselineEvents }: Counts, centre: number, side: 1 | -1): number {
  const events = canaryEvents + baselineEvents;
  const others = baseline - events;
  const inverse = 1 / (centre + 1) + 1 / (canary - centre + 1) + 1 / (events - centre + 1) + 1 / (others + centre + 1);
  const edge = centre + side * (Math.ceil(9.5 / Math.sqrt(inverse)) + 12);
  return Math.min(events, canary, Math.max(0, -others, edge));
}
