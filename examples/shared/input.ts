// Reads what came from outside into a typed value, or says everything that is wrong with it.
import { HttpError } from "./http-error.ts";

/** Returns the value, or tells `problem` what is wrong and returns anything. */
export type Reader<T> = (value: unknown, problem: (says: string, at?: string) => void) => T;
export type Read<R> = R extends Reader<infer T> ? T : never;

/** Throws a 400 that names every problem. */
export function read<T>(reader: Reader<T>, value: unknown, what = "body"): T {
  const problems: string[] = [];
  const result = reader(value, (says, at = "") => problems.push(`${what}${at} ${says}`));
  if (problems.length > 0) throw new HttpError(400, "bad-input", problems.join("; "), { problems });
  return result;
}

export function text(options: { min?: number; max?: number; pattern?: RegExp; says?: string } = {}): Reader<string> {
  const { min = 1, max = 1_000, pattern, says = `must be text of ${min} to ${max} characters` } = options;
  return (value, problem) => {
    // Postgres keeps no zero byte in a text.
    const fits = typeof value === "string" && value.length >= min && value.length <= max && !value.includes("\u0000");
    if (!fits || (pattern && !pattern.test(value))) problem(says);
    return fits ? value : "";
  };
}

export function integer({ min = 0, max = 2 ** 31 - 1 } = {}): Reader<number> {
  return (value, problem) => {
    const fits = Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
    if (!fits) problem(`must be a whole number from ${min} to ${max}`);
    return fits ? Number(value) : 0;
  };
}

export function flag(): Reader<boolean> {
  return (value, problem) => {
    if (typeof value !== "boolean") problem("must be true or false");
    return value === true;
  };
}

export function oneOf<const T extends string>(...values: readonly T[]): Reader<T> {
  return (value, problem) => {
    const found = values.find((one) => one === value);
    if (found === undefined) problem(`must be one of ${values.join(", ")}`);
    return found ?? (value as T);
  };
}

export function list<T>(item: Reader<T>, { min = 0, max = 100 } = {}): Reader<T[]> {
  return (value, problem) => {
    if (!Array.isArray(value) || value.length < min || value.length > max) {
      problem(`must be a list of ${min} to ${max}`);
      return [];
    }
    return (value as unknown[]).map((one, index) => item(one, (says, at = "") => problem(says, `[${index}]${at}`)));
  };
}

/** May be missing. */
export function optional<T>(reader: Reader<T>): Reader<T | undefined> {
  return (value, problem) => (value === undefined || value === null ? undefined : reader(value, problem));
}

/** An object with these members and no others. */
export function object<Shape extends Readonly<Record<string, Reader<unknown>>>>(
  shape: Shape,
): Reader<{ [Key in keyof Shape]: Read<Shape[Key]> }> {
  return (value, problem) => {
    const given =
      typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
    if (!given) problem("must be an object");
    for (const key of Object.keys(given ?? {})) if (!Object.hasOwn(shape, key)) problem("is not known", `.${key}`);
    const out = Object.entries(shape).map(([key, reader]) => [
      key,
      given ? reader(given[key], (says, at = "") => problem(says, `.${key}${at}`)) : undefined,
    ]);
    return Object.fromEntries(out) as { [Key in keyof Shape]: Read<Shape[Key]> };
  };
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const uuid = (): Reader<string> => text({ pattern: uuidPattern, says: "must be an id" });
export const day = (): Reader<string> => (value, problem) => {
  const fits = typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) && isDay(value);
  if (!fits) problem("must be a day: 2026-01-31");
  return fits ? value : "";
};

function isDay(value: string): boolean {
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}
