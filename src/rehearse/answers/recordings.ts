import { recordedMs } from "../../signals/measures/shape.ts";
import { firstAfter } from "../world/samples.ts";
import type { Series, SloSeries } from "./series-of.ts";

/** As often as rules are looked at. */
export const recordEveryMs = 30_000;

/** What an SLO records, from so long before the rehearsal begins on: the same for every run, as nothing had happened yet. */
export type Recorded = {
  readonly slo: SloSeries;
  readonly times: Float64Array;
  readonly bad: Float64Array;
  readonly all: Float64Array;
};

type Increase = (of: Series, nowMs: number, overMs: number) => number | undefined;

/** Running sums of rates over five minutes, as the rules of an SLO record them. */
export type Recordings = {
  record(increase: Increase, nowMs: number): void;
  burnt(slo: SloSeries, nowMs: number, overMs: number): { readonly bad: number; readonly all: number } | undefined;
};

type Column = { readonly slo: SloSeries; readonly times: number[]; readonly bad: number[]; readonly all: number[] };

export function createRecordings(before: readonly Recorded[]): Recordings {
  const columns = new Map(
    before.map(({ slo, times, bad, all }): [string, Column] => [
      slo.name,
      { slo, times: [...times], bad: [...bad], all: [...all] },
    ]),
  );
  return {
    record(increase, nowMs) {
      for (const { slo, times, bad, all } of columns.values()) {
        const total = increase(slo.all, nowMs, recordedMs);
        if (total === undefined) continue;
        const seconds = recordedMs / 1_000;
        times.push(nowMs);
        bad.push((bad.at(-1) ?? 0) + (increase(slo.bad, nowMs, recordedMs) ?? 0) / seconds);
        all.push((all.at(-1) ?? 0) + total / seconds);
      }
    },
    burnt({ name }, nowMs, overMs) {
      const column = columns.get(name);
      if (column === undefined) return undefined;
      const { times, bad, all } = column;
      const to = firstAfter(times, nowMs) - 1;
      // Up to the window of the recording itself it is read as it stands.
      const from = overMs <= recordedMs ? to - 1 : firstAfter(times, nowMs - overMs) - 1;
      if (to < 0 || from >= to) return undefined;
      return { bad: (bad[to] ?? 0) - (bad[from] ?? 0), all: (all[to] ?? 0) - (all[from] ?? 0) };
    },
  };
}
