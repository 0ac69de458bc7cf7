// What an environment spends, as its services count it: each says what its own calls cost in a counter, `cost_usd_total`. What the
// counters grow by is added up by service, of the day and of the month, in UTC.
//
// 1. A counter begins at nothing with its process: its first value counts whole, and one that is lower than before has begun anew.
// 2. What was added up and where the counters stood lie together in one file, written whole: a server that begins again adds nothing twice
//    and leaves nothing out.
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fingerprintOf } from "../../signals/alerts/fingerprint.ts";
import type { Source } from "../../signals/series.ts";
import { writeWhole } from "../../system/whole-file.ts";
import type { Reading, Watcher } from "./watcher.ts";

const spendingCounter = "cost_usd_total";

const everyMs = 5_000;
/** Samples may come late: those of exporters have times of their own. */
const lateMs = 600_000;
/** How long the place of a counter that nobody tells any more is remembered. */
const rememberedMs = 2 * 86_400_000;
const mostCounters = 5_000;

type Spent = { day: number; month: number };
type Place = { value: number; atMs: number };
type State = { day: string; services: Map<string, Spent>; counters: Map<string, Place> };

export function createSpending({
  file,
  source,
  now,
}: {
  readonly file: string;
  readonly source: Source;
  readonly now: () => number;
}): Watcher {
  let problem: string | undefined;
  const state = restored();
  let written = textOf(state);

  function restored(): State {
    try {
      return stateOf(JSON.parse(readFileSync(file, "utf8")));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") problem = "what was spent so far could not be read: it begins anew";
      return { day: dayOf(now()), services: new Map(), counters: new Map() };
    }
  }

  function turnTo(day: string): void {
    for (const spent of state.services.values()) {
      spent.day = 0;
      if (monthOf(day) !== monthOf(state.day)) spent.month = 0;
    }
    state.day = day;
  }

  function add(service: string, usd: number, day: string): void {
    if (day > state.day) turnTo(day);
    const spent = state.services.get(service) ?? { day: 0, month: 0 };
    // What comes late is of the day that it was spent on.
    if (day === state.day) spent.day += usd;
    if (monthOf(day) === monthOf(state.day)) spent.month += usd;
    state.services.set(service, spent);
  }

  function take(nowMs: number): void {
    for (const { labels, times, values, from, to } of source.select(
      [{ name: "__name__", op: "=", value: spendingCounter }],
      nowMs - lateMs,
      nowMs,
    )) {
      const key = fingerprintOf(labels);
      const place = state.counters.get(key) ?? { value: 0, atMs: -Infinity };
      for (let at = from; at < to; at += 1) {
        const [atMs = 0, value = NaN] = [times[at], values[at]];
        if (atMs <= place.atMs || !(value >= 0 && value < Infinity)) continue;
        add(labels["service"] ?? "", value < place.value ? value : value - place.value, dayOf(atMs));
        Object.assign(place, { value, atMs });
      }
      if (place.atMs > -Infinity) state.counters.set(key, place);
    }
    for (const [key, { atMs }] of state.counters) if (atMs < nowMs - rememberedMs) state.counters.delete(key);
    if (state.counters.size > mostCounters) {
      const newest = [...state.counters].toSorted(([, a], [, b]) => b.atMs - a.atMs).slice(0, mostCounters);
      state.counters = new Map(newest);
    }
  }

  function keep(): void {
    const text = textOf(state);
    if (text === written || state.services.size === 0) return;
    try {
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
      writeWhole(file, text);
      written = text;
      problem = undefined;
    } catch (error) {
      problem = `what was spent could not be written down: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  return {
    name: "spending",
    everyMs,
    look() {
      const nowMs = now();
      take(nowMs);
      if (dayOf(nowMs) > state.day) turnTo(dayOf(nowMs));
      keep();
      return Promise.resolve([...state.services].flatMap(([service, spent]) => readingsOf(service, spent)));
    },
    problems: () => (problem === undefined ? [] : [problem]),
  };
}

function readingsOf(service: string, { day, month }: Spent): readonly Reading[] {
  const labels = service === "" ? {} : { service };
  return [
    { name: "cost_day_to_date_usd", labels, value: day },
    { name: "cost_month_to_date_usd", labels, value: month },
  ];
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function monthOf(day: string): string {
  return day.slice(0, 7);
}

function textOf({ day, services, counters }: State): string {
  return JSON.stringify({ schemaVersion: 1, day, services: [...services], counters: [...counters] });
}

/** Throws where it is not what was written. */
function stateOf(value: unknown): State {
  const { schemaVersion, day, services, counters } = value as Readonly<Record<string, unknown>>;
  if (schemaVersion !== 1 || typeof day !== "string" || !/^\d{4}-\d\d-\d\d$/.test(day)) throw new TypeError("no spending");
  return {
    day,
    services: new Map(entriesOf(services, (one) => ({ day: numberOf(one["day"]), month: numberOf(one["month"]) }))),
    counters: new Map(entriesOf(counters, (one) => ({ value: numberOf(one["value"]), atMs: numberOf(one["atMs"]) }))),
  };
}

function entriesOf<T>(value: unknown, read: (one: Readonly<Record<string, unknown>>) => T): [string, T][] {
  if (!Array.isArray(value)) throw new TypeError("no entries");
  return value.map((entry: unknown) => {
    const [key, one] = entry as [unknown, Readonly<Record<string, unknown>>];
    return [String(key), read(one)];
  });
}

function numberOf(value: unknown): number {
  if (typeof value !== "number" || !(value >= 0)) throw new TypeError("no number");
  return value;
}
