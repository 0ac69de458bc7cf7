import { randomUUID } from "node:crypto";
import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { type Repeats, type Silence, type Weekday, isActive, silenceProblems, weekdays } from "../../signals/alerts/silence.ts";
import type { SilenceView } from "../../wire/signals.ts";
import type { EnvironmentWatch } from "./environment-watch.ts";

const foreverMs = 10 * 365 * 86_400_000;

/** What was asked for, as a silence; refused with what is wrong. */
export function silenceFrom(
  body: Readonly<Record<string, unknown>>,
  one: EnvironmentWatch,
  author: string,
  nowMs: number,
): Silence {
  const alert = String(body["alert"]);
  const rule = one.rules.alerts.find((each) => each.name === alert || each.id === alert);
  const names = one.rules.alerts.map((each) => each.name);
  if (rule === undefined)
    throw new UserError("unknown-alert", `${one.key} has no alert ${JSON.stringify(alert)}`, {
      hint: didYouMean(alert, names) ?? "gantry alerts --all shows those there are",
    });
  const where = typeof body["where"] === "object" && body["where"] !== null ? body["where"] : {};
  const untilMs =
    typeof body["untilMs"] === "number"
      ? body["untilMs"]
      : typeof body["forMs"] === "number"
        ? nowMs + body["forMs"]
        : nowMs + foreverMs;
  const repeats = typeof body["every"] === "string" ? repeatsOf(body["every"]) : undefined;
  const silence = {
    matchers: [
      { name: "alertname", op: "=" as const, value: rule.id },
      ...Object.entries(where).map(([name, value]) => ({ name, op: "=" as const, value: String(value) })),
    ],
    fromMs: nowMs,
    untilMs,
    ...(repeats === undefined ? {} : { repeats }),
    author,
    reason: typeof body["reason"] === "string" ? body["reason"] : "",
  };
  const [problem] = silenceProblems(silence);
  if (problem !== undefined) throw new UserError("usage", `this silence cannot be: ${problem}`);
  return { id: randomUUID(), ...silence };
}

/** "tue 02:00-03:00", "mon-fri 22:00-06:00", "daily 01:00-02:00"; in UTC, past midnight when it ends before it begins. */
function repeatsOf(text: string): Repeats {
  const [, days = "", fromHour = "", fromMinute = "", toHour = "", toMinute = ""] =
    /^([a-z,-]+) (\d{1,2}):(\d\d) ?- ?(\d{1,2}):(\d\d)$/i.exec(text.trim()) ?? [];
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  const named = daysOf(days.toLowerCase());
  if (days === "" || named === undefined || Number(fromMinute) > 59 || Number(toMinute) > 59 || from >= 1_440 || to > 1_440)
    throw new UserError("usage", `${JSON.stringify(text)} is no time of the week`, {
      hint: 'as "tue 02:00-03:00", "mon-fri 22:00-06:00", "daily 01:00-02:00" (UTC)',
    });
  return { days: named, fromMinute: from, minutes: to > from ? to - from : to + 1_440 - from };
}

function daysOf(text: string): readonly Weekday[] | undefined {
  if (text === "daily") return weekdays;
  const found = text.split(",").flatMap((part): (Weekday | undefined)[] => {
    const [first = "", last = first] = part.split("-");
    const [from, to] = [dayOf(first), dayOf(last)];
    if (from === undefined || to === undefined) return [undefined];
    return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, index) => weekdays[(from + index) % 7]);
  });
  return found.length === 0 || found.includes(undefined) ? undefined : found.filter((day) => day !== undefined);
}

function dayOf(text: string): number | undefined {
  const index = text.length < 3 ? -1 : weekdays.findIndex((day) => day.startsWith(text));
  return index < 0 ? undefined : index;
}

export function silenceView(silence: Silence, environment: string, nowMs: number): SilenceView {
  const { id, matchers, reason, author, repeats, untilMs } = silence;
  const until =
    untilMs - nowMs > foreverMs / 2 ? "" : `until ${new Date(untilMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const clock = (minute: number) =>
    `${String(Math.floor((minute % 1_440) / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  const weekly =
    repeats === undefined
      ? ""
      : `${repeats.days.length === 7 ? "daily" : repeats.days.map((day) => day.slice(0, 3)).join(",")} ${clock(repeats.fromMinute)} to ${clock(repeats.fromMinute + repeats.minutes)} UTC`;
  return {
    id,
    environment,
    matchers: matchers.map(({ name, op, value }) => `${name}${op}${JSON.stringify(value)}`),
    reason,
    author,
    when: [weekly, until].filter((part) => part !== "").join(" "),
    active: isActive(silence, nowMs),
  };
}
