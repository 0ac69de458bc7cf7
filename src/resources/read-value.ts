import { isRecord } from "../lib/is-record.ts";

/** Reads untrusted data and collects all that is wrong with it. What it says repeats no value: one may be a secret. */
export type Reader = {
  readonly problems: readonly string[];
  readonly wrong: (at: string, what: string) => void;
  readonly record: (value: unknown, at: string) => Record<string, unknown>;
  readonly text: (value: unknown, at: string, form: RegExp) => string;
  readonly texts: (value: unknown, at: string, form: RegExp) => string[];
  readonly flag: (value: unknown, at: string) => boolean;
  readonly amount: (value: unknown, at: string, least?: number) => number;
  readonly oneOf: <T extends string>(value: unknown, at: string, all: readonly T[]) => T;
  readonly each: <T>(value: unknown, at: string, parse: (one: unknown, at: string) => T) => T[];
  readonly list: <T>(value: unknown, at: string, parse: (one: Record<string, unknown>, at: string) => T) => T[];
};

export function createReader(): Reader {
  const problems: string[] = [];

  function wrong(at: string, what: string): void {
    problems.push(`${at} ${what}`);
  }
  function record(value: unknown, at: string): Record<string, unknown> {
    if (isRecord(value)) return value;
    wrong(at, "must be an object");
    return {};
  }
  function text(value: unknown, at: string, form: RegExp): string {
    if (typeof value === "string" && form.test(value)) return value;
    wrong(at, `must be text like ${form.source}`);
    return "";
  }
  function each<T>(value: unknown, at: string, parse: (one: unknown, at: string) => T): T[] {
    if (Array.isArray(value)) return value.map((one: unknown, index) => parse(one, `${at}[${index}]`));
    wrong(at, "must be a list");
    return [];
  }

  return {
    problems,
    wrong,
    record,
    text,
    each,
    texts: (value, at, form) => each(value, at, (one, place) => text(one, place, form)),
    list: (value, at, parse) => each(value, at, (one, place) => parse(record(one, place), place)),
    flag: (value, at) => {
      if (typeof value !== "boolean") wrong(at, "must be true or false");
      return value === true;
    },
    amount: (value, at, least = 0) => {
      if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
      wrong(at, `must be a whole number from ${least}`);
      return least;
    },
    oneOf: <T extends string>(value: unknown, at: string, all: readonly T[]): T => {
      const found = all.find((one) => one === value);
      if (found === undefined) wrong(at, `must be one of ${all.join(", ")}`);
      return found ?? (all[0] as T);
    },
  };
}
