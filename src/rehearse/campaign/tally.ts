import type { Cause, Outcome } from "../run/outcome.ts";
import { type Estimate, chance, quantile } from "../statistics/intervals.ts";

/** A quantity of the outcomes, as quantiles. */
export type Spread = { readonly of: number; readonly median: Estimate; readonly p95: Estimate };

/** What came of many runs; plain data. */
export type Summary = {
  readonly runs: number;
  readonly healthy: Estimate;
  readonly takenBack: Estimate;
  readonly notReleased: Estimate;
  /** Of those that were taken back, and by what. */
  readonly causes: readonly { readonly cause: Cause; readonly chance: Estimate; readonly times: number }[];
  readonly takenBackTimes: number;
  readonly detectedAfterMs?: Spread;
  readonly fullAfterMs?: Spread;
  readonly requests: Spread;
  readonly errors: Spread;
  readonly excess: Spread;
  readonly users: Spread;
  readonly budget?: Spread;
};

const columns = ["detectedAfterMs", "fullAfterMs", "requests", "errors", "excess", "users", "budget"] as const;
type Column = (typeof columns)[number];

/** Takes in outcomes and keeps seven numbers of each: a hundred thousand runs are six megabytes. */
export type Tally = {
  add(outcome: Outcome): void;
  readonly count: () => number;
  readonly takenBack: () => number;
  summary(): Summary;
  /** A quantity in rising order. */
  sorted(column: Column): Float64Array;
};

export function createTally(): Tally {
  const kept = new Map(columns.map((column) => [column, { values: new Float64Array(256), count: 0 }]));
  const ended = new Map<Outcome["ended"], number>();
  const causes = new Map<Cause, number>();
  let count = 0;

  function sorted(column: Column): Float64Array {
    const found = kept.get(column);
    return found === undefined ? new Float64Array(0) : found.values.subarray(0, found.count).toSorted();
  }

  function spread(column: Column): Spread | undefined {
    const values = sorted(column);
    const [median, p95] = [quantile(values, 0.5), quantile(values, 0.95)];
    return median === undefined || p95 === undefined ? undefined : { of: values.length, median, p95 };
  }

  const times = (one: Outcome["ended"]) => ended.get(one) ?? 0;
  const takenBack = () => times("taken back") + times("stuck");

  return {
    add(outcome) {
      count += 1;
      ended.set(outcome.ended, (ended.get(outcome.ended) ?? 0) + 1);
      if (outcome.cause !== undefined) causes.set(outcome.cause, (causes.get(outcome.cause) ?? 0) + 1);
      for (const [column, one] of kept) {
        const value = outcome[column];
        if (value === undefined) continue;
        if (one.count === one.values.length) {
          const larger = new Float64Array(one.values.length * 2);
          larger.set(one.values);
          one.values = larger;
        }
        one.values[one.count++] = value;
      }
    },
    count: () => count,
    takenBack,
    sorted,
    summary() {
      const none: Spread = { of: 0, median: nothing, p95: nothing };
      const [detectedAfterMs, fullAfterMs, budget] = [spread("detectedAfterMs"), spread("fullAfterMs"), spread("budget")];
      return {
        runs: count,
        healthy: chance(times("healthy"), count),
        takenBack: chance(takenBack(), count),
        takenBackTimes: takenBack(),
        notReleased: chance(times("not released") + times("open"), count),
        causes: [...causes]
          .toSorted(([left, many], [right, more]) => more - many || (left < right ? -1 : 1))
          .map(([cause, often]) => ({ cause, chance: chance(often, count), times: often })),
        ...(detectedAfterMs && { detectedAfterMs }),
        ...(fullAfterMs && { fullAfterMs }),
        requests: spread("requests") ?? none,
        errors: spread("errors") ?? none,
        excess: spread("excess") ?? none,
        users: spread("users") ?? none,
        ...(budget && { budget }),
      };
    },
  };
}

const nothing: Estimate = { value: 0, from: 0, to: 0 };
