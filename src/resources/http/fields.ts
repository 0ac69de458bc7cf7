import type { Fault } from "../fault.ts";
import { isRecord } from "../../lib/is-record.ts";

export type Fields = {
  readonly text: (name: string) => string;
  readonly optionalText: (name: string) => string | undefined;
  readonly optionalWhole: (name: string, from: number, to: number) => number | undefined;
  readonly records: (name: string) => Record<string, unknown>[];
  readonly optionalRecord: (name: string) => Record<string, unknown> | undefined;
  readonly texts: (name: string) => string[];
};

/** Reads the fields of untrusted input; what is wrong becomes the fault that `wrong` makes. */
export function fieldsOf(input: Record<string, unknown>, wrong: (what: string) => Fault): Fields {
  function optionalText(name: string): string | undefined {
    const value = input[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "string") throw wrong(`${name} must be text`);
    return value;
  }
  return {
    optionalText,
    text: (name) => {
      const value = optionalText(name);
      if (value === undefined) throw wrong(`${name} is missing`);
      return value;
    },
    optionalWhole: (name, from, to) => {
      const given = input[name];
      if (given === undefined || given === null) return undefined;
      if (typeof given !== "number" || !Number.isInteger(given) || given < from || given > to)
        throw wrong(`${name} must be a whole number from ${from} to ${to}`);
      return given;
    },
    records: (name) => {
      const value = input[name];
      if (!Array.isArray(value) || !value.every(isRecord)) throw wrong(`${name} must be a list of objects`);
      return value;
    },
    optionalRecord: (name) => {
      const value = input[name];
      if (value === undefined || value === null) return undefined;
      if (!isRecord(value)) throw wrong(`${name} must be an object`);
      return value;
    },
    texts: (name) => {
      const value = input[name];
      if (!Array.isArray(value) || !value.every((one) => typeof one === "string")) throw wrong(`${name} must be a list of texts`);
      return value;
    },
  };
}
