import { onceFor } from "../../lib/once-for.ts";
import { compileRegexp } from "../promql/regexp/regexp.ts";
import type { Labels, Matcher } from "../series.ts";

export const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;
export type Weekday = (typeof weekdays)[number];

/** Tuesdays from 02:00 to 03:00 UTC: `{ days: ["tuesday"], fromMinute: 120, minutes: 60 }`. A stretch past midnight belongs to the day it began. */
export type Repeats = { readonly days: readonly Weekday[]; readonly fromMinute: number; readonly minutes: number };

/** Nobody is told of what it matches, from one moment up to another. It changes no alert, only who hears of it. */
export type Silence = {
  readonly id: string;
  /** All of them have to fit; `environment` and `product` are matched like labels. */
  readonly matchers: readonly Matcher[];
  readonly fromMs: number;
  readonly untilMs: number;
  /** Only at these times of the week, as long as it lasts. */
  readonly repeats?: Repeats;
  readonly author: string;
  readonly reason: string;
};

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** A stretch is no longer than a week, and there are no more matchers than anybody would write. */
const mostMinutes = 7 * 24 * 60;
const mostMatchers = 20;

/** What is wrong with a silence that somebody asks for. */
export function silenceProblems({ matchers, fromMs, untilMs, repeats, author, reason }: Omit<Silence, "id">): readonly string[] {
  const problems: string[] = [];
  if (matchers.length === 0) problems.push("a silence of everything is none: say what it is for");
  if (matchers.length > mostMatchers) problems.push(`a silence has at most ${mostMatchers} matchers`);
  // What matches the empty text would match alerts that have no such label, and so all of them.
  if (matchers.length > 0 && matchers.every((one) => matches(one, "") === true))
    problems.push("it would match every alert there is");
  for (const one of matchers) {
    const found = regexpOf(one);
    if (found !== undefined && !found.ok) problems.push(`${one.name}${one.op}"${one.value}": ${found.problem}`);
  }
  if (!(untilMs > fromMs)) problems.push("it ends before it begins");
  if (author.trim() === "") problems.push("it says nobody's name");
  if (reason.trim() === "") problems.push("it gives no reason");
  if (repeats !== undefined) {
    if (repeats.days.length === 0) problems.push("it repeats on no day");
    if (!(repeats.fromMinute >= 0 && repeats.fromMinute < 24 * 60)) problems.push("a day has 1440 minutes");
    if (!(repeats.minutes > 0 && repeats.minutes <= mostMinutes)) problems.push("a stretch lasts between a minute and a week");
  }
  return problems;
}

export function isSilenced(labels: Labels, silences: Iterable<Silence>, nowMs: number): Silence | undefined {
  for (const silence of silences)
    if (isActive(silence, nowMs) && silence.matchers.every((one) => matches(one, labels[one.name] ?? "") === true))
      return silence;
  return undefined;
}

export function isActive({ fromMs, untilMs, repeats }: Silence, nowMs: number): boolean {
  if (nowMs < fromMs || nowMs >= untilMs) return false;
  if (repeats === undefined) return true;
  const midnightMs = Math.floor(nowMs / dayMs) * dayMs;
  for (let back = 0; back <= 7; back++) {
    const dayMsAgo = midnightMs - back * dayMs;
    const beginMs = dayMsAgo + repeats.fromMinute * minuteMs;
    if (repeats.days.includes(weekdayOf(dayMsAgo)) && nowMs >= beginMs && nowMs < beginMs + repeats.minutes * minuteMs)
      return true;
  }
  return false;
}

/** The first of January 1970 was a Thursday. */
function weekdayOf(ms: number): Weekday {
  return weekdays[(((Math.floor(ms / dayMs) + 4) % 7) + 7) % 7] ?? "sunday";
}

const compiled = onceFor(({ value }: Matcher) => compileRegexp(value));

function regexpOf(matcher: Matcher): ReturnType<typeof compileRegexp> | undefined {
  return matcher.op === "=" || matcher.op === "!=" ? undefined : compiled(matcher);
}

/** Undefined for an expression that is none: it matches nothing, and so silences nothing. */
function matches(matcher: Matcher, value: string): boolean | undefined {
  if (matcher.op === "=") return value === matcher.value;
  if (matcher.op === "!=") return value !== matcher.value;
  const found = regexpOf(matcher);
  if (found === undefined || !found.ok) return undefined;
  return found.regexp.test(value) === (matcher.op === "=~");
}
