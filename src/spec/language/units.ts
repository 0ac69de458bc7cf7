/** "250ms", "90s", "30m", "1.5h", "7d", "2w", "7y". */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d" | "w" | "y"}`;

/** "2%", "99.9%". */
export type Percent = `${number}%`;

/** "512Mi", "4Gi", "1Ti". */
export type Bytes = `${number}${"Ki" | "Mi" | "Gi" | "Ti"}`;

/** Five fields, in UTC: minute, hour, day of month, month, day of week. */
export type Cron = `${string} ${string} ${string} ${string} ${string}`;

/** What becomes of times at which nobody was there. */
export type Missed = "skip" | "catch up";

export type LogLevel = "debug" | "info" | "warn" | "error";

export type Weekday = "sunday" | "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday";

/** Everything below it optional; lists are replaced whole; `undefined` leaves a value as it was. */
export type Changes<T> = T extends readonly unknown[]
  ? T
  : T extends (...args: never[]) => unknown
    ? T
    : T extends { readonly kind: string }
      ? T
      : T extends object
        ? { readonly [K in keyof T]?: Changes<T[K]> | undefined }
        : T;

type TimeOfDay = `${number}:${number}`;

/** Every day at that time, UTC. */
export function daily(at: TimeOfDay): Cron {
  const [hour, minute] = clock(at);
  return `${minute} ${hour} * * *`;
}

/** Every week on that day at that time, UTC. */
export function weekly(day: Weekday, at: TimeOfDay): Cron {
  const [hour, minute] = clock(at);
  const days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
  const index = days.indexOf(day);
  return `${minute} ${hour} * * ${index < 0 ? day : index}`;
}

/** Every month on that day of the month at that time, UTC. */
export function monthly(day: number, at: TimeOfDay): Cron {
  const [hour, minute] = clock(at);
  return `${minute} ${hour} ${day} * *`;
}

function clock(at: string): [string, string] {
  const [hour = "", minute = ""] = at.split(":");
  const plain = (text: string) => (/^\d+$/.test(text) ? String(Number(text)) : text || "?");
  return [plain(hour), plain(minute)];
}
