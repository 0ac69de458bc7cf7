import { bucketQuantile } from "../../signals/promql/evaluate/histogram.ts";
import { type Counter, type SampleTimes, increaseOf } from "../world/samples.ts";
import type { Arm } from "../world/arm.ts";
import type { Recordings } from "./recordings.ts";
import type { Series, SloSeries } from "./series-of.ts";

/** What can be asked of what a rehearsal has counted, as Prometheus would answer. */
export type Signals = {
  /** How much a counter went up in the time before, over all revisions that it is of; undefined where there are no two samples of any. */
  increase(of: Series, nowMs: number, overMs: number): number | undefined;
  quantile(of: Series, quantile: number, nowMs: number, overMs: number): number | undefined;
  /** Sums of what was recorded of an SLO: what was bad, and all there was. */
  burnt(slo: SloSeries, nowMs: number, overMs: number): { readonly bad: number; readonly all: number } | undefined;
};

export function createSignals(options: {
  readonly arms: (service: string) => readonly Arm[];
  readonly samples: SampleTimes;
  readonly recordings: Recordings;
  readonly boundsMs: readonly number[];
}): Signals {
  const { arms, samples, recordings, boundsMs } = options;
  const asked = ({ service, revision }: Series): readonly Arm[] => {
    const all = arms(service);
    return revision === undefined ? all : all.filter((one) => one.revision === revision);
  };
  return {
    increase(series, nowMs, overMs) {
      let sum: number | undefined;
      const add = (counter: Counter | undefined) => {
        const one = counter && increaseOf(counter, samples, nowMs - overMs, nowMs);
        if (one !== undefined) sum = (sum ?? 0) + one;
      };
      for (const { counted } of asked(series)) {
        if (counted === undefined) continue;
        if (series.of === "timed") add(counted.buckets.at(-1));
        else {
          // Each status is a series of its own, and each of them is brought to the ends of the window by itself.
          if (series.of !== "errors") add(counted.good);
          add(counted.errors);
        }
      }
      return sum;
    },
    quantile(series, quantile, nowMs, overMs) {
      const counts = [...boundsMs, Infinity].map(() => 0);
      let known = false;
      for (const arm of asked(series))
        for (const [bucket, counter] of arm.counted?.buckets.entries() ?? []) {
          const one = increaseOf(counter, samples, nowMs - overMs, nowMs);
          if (one === undefined) continue;
          known = true;
          counts[bucket] = (counts[bucket] ?? 0) + one;
        }
      if (!known) return undefined;
      return bucketQuantile(
        quantile,
        counts.map((count, bucket) => ({ upTo: (boundsMs[bucket] ?? Infinity) / 1_000, count })),
        3,
      );
    },
    burnt: (slo, nowMs, overMs) => recordings.burnt(slo, nowMs, overMs),
  };
}
