// Random series and random expressions over them; what comes out depends on the seed alone.
import { staleBits } from "../../src/signals/series.ts";
import type { Samples, Source } from "../../src/signals/series.ts";
import { createSelector } from "../../src/signals/promql/regexp/matching.ts";

export type Random = {
  (): number;
  /** A whole number from 0 up to, but not with, `below`. */
  below(below: number): number;
  of<T>(choices: readonly T[]): T;
  chance(share: number): boolean;
};

/** mulberry32 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return Object.assign(next, {
    below,
    of<T>(choices: readonly T[]): T {
      const chosen = choices[below(choices.length)];
      if (chosen === undefined) throw new RangeError("nothing to choose from");
      return chosen;
    },
    chance: (share: number) => next() < share,
  });
}

export type RandomSeries = {
  readonly labels: Record<string, string>;
  readonly times: Float64Array;
  readonly values: Float64Array;
};

export const beginMs = Date.UTC(2026, 0, 5, 10);
export const spanMs = 2 * 3_600_000;
const everyMs = 15_000;

/** Counters with resets, gauges with NaN and infinities, buckets; scrapes that come late, gaps, series that end and begin again. */
export function randomSeries(random: Random): RandomSeries[] {
  const found: RandomSeries[] = [];
  const add = (labels: Record<string, string>, value: (index: number) => number) => {
    const offset = random.below(everyMs);
    const jitter = random.chance(0.5) ? 400 : 0;
    const dies = random.chance(0.25);
    const times: number[] = [];
    const values: number[] = [];
    const stale: number[] = [];
    let [gapUntil, dead] = [0, false];
    for (let index = 0, at = beginMs + offset; at < beginMs + spanMs; index++, at += everyMs) {
      if (random.chance(0.004)) gapUntil = at + random.below(900_000);
      const time = at + (jitter === 0 ? 0 : random.below(jitter));
      const current = value(index);
      if (dies && random.chance(0.01)) {
        if (!dead) stale.push(times.length);
        if (!dead) times.push(time);
        if (!dead) values.push(0);
        dead = !dead;
        continue;
      }
      if (dead || at < gapUntil) continue;
      times.push(time);
      values.push(current);
    }
    const bits = Float64Array.from(values);
    for (const place of stale) new BigUint64Array(bits.buffer)[place] = staleBits;
    found.push({ labels, times: Float64Array.from(times), values: bits });
  };
  const counter = (perScrape: number) => {
    let sum = random.chance(0.3) ? 0 : random.below(100_000);
    return () => {
      if (random.chance(0.006)) sum = random.below(3);
      sum += random.chance(0.2) ? 0 : random.below(Math.ceil(perScrape * 2));
      return sum;
    };
  };
  const gauge = (size: number) => {
    let level = (random() - 0.3) * size;
    const special = random.chance(0.3) ? [Number.NaN, Infinity, -Infinity, 0] : [];
    return () => {
      level += (random() - 0.5) * size * 0.1;
      if (special.length > 0 && random.chance(0.01)) return random.of(special);
      return random.chance(0.3) ? Math.round(level) : level;
    };
  };
  for (const service of ["api", "web", "worker"])
    for (const revision of ["r1", "r2"]) {
      for (const status of ["2xx", "4xx", "503"])
        add({ __name__: "http_requests_total", service, revision, status }, counter(status === "2xx" ? 200 : 4));
      const counts = [0.1, 0.5, 1, 2.5].map(() => counter(40));
      const last = ["+Inf", counter(60)] as const;
      // Cumulative, so that most of the time the buckets rise.
      const rows: number[][] = [];
      for (const [index, le] of ["0.1", "0.5", "1", "2.5", last[0]].entries())
        add({ __name__: "http_request_duration_seconds_bucket", service, revision, le }, (at) => {
          const row = (rows[at] ??= counts.map((one) => one()));
          return row.slice(0, index + 1).reduce((sum, one) => sum + one, 0) + (index === 4 ? at : 0);
        });
    }
  for (const queue of ["mail", "billing", "export"])
    for (const state of ["ready", "taken"]) add({ __name__: "queue_depth", queue, state }, gauge(1_000));
  for (const service of ["api", "web", "worker"]) {
    add({ __name__: "db_pool_in_use", service }, gauge(50));
    add({ __name__: "db_pool_max", service }, () => 50);
    add({ __name__: "up", service, instance: `${service}-1` }, () => (random.chance(0.95) ? 1 : 0));
  }
  add(
    { __name__: "backup_last_success_timestamp_seconds", resource: "db" },
    (index) => beginMs / 1_000 + Math.floor(index / 60) * 900,
  );
  for (const host of ["a.example", "b.example"])
    add({ __name__: "probe_ssl_earliest_cert_expiry", host }, () => beginMs / 1_000 + 86_400 * (host === "a.example" ? 9 : 60));
  return found;
}

export function sourceOf(series: readonly RandomSeries[]): Source {
  return {
    select(matchers, fromMs, toMs) {
      const fits = createSelector(matchers);
      return series.flatMap(({ labels, times, values }): Samples[] => {
        if (!fits(labels)) return [];
        const from = times.findIndex((time) => time >= fromMs);
        const to = times.findLastIndex((time) => time <= toMs) + 1;
        return from < 0 || from >= to ? [] : [{ labels, times, values, from, to }];
      });
    },
  };
}
