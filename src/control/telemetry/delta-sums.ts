import { labelsKey } from "../../signals/labels-key.ts";
import type { Labels } from "../../signals/series.ts";

/** Adds up what whoever sends it tells only as an increase. One who was not heard of the longest makes room for another. */
export function createDeltaSums(most = 10_000) {
  const sums = new Map<string, number>();
  return (labels: Labels, increase: number): number => {
    const key = labelsKey(labels);
    const sum = (sums.get(key) ?? 0) + increase;
    sums.delete(key);
    sums.set(key, sum);
    if (sums.size > most)
      for (const oldest of sums.keys())
        if (sums.size > most) sums.delete(oldest);
        else break;
    return sum;
  };
}
