import { parseDurationMs, parseShare } from "../../lib/quantities.ts";
import type { Measured } from "./measured.ts";
import { numberText } from "./promql-text.ts";
import type { ConditionData } from "./spec-data.ts";

export const signs = { above: ">", atLeast: ">=", below: "<", atMost: "<=" } as const;
const words = { above: "above", atLeast: "at least", below: "below", atMost: "at most" } as const;

/** The threshold in the unit that the measure has in the spec: shares as 0 to 1, times in seconds. */
export function thresholdOf(value: ConditionData["value"]): number {
  if (typeof value === "number") return value;
  const ms = parseDurationMs(value);
  const found = parseShare(value) ?? (ms === undefined ? undefined : ms / 1_000);
  if (found === undefined) throw new TypeError(`not a threshold: ${JSON.stringify(value)}`);
  return Number(found.toPrecision(12));
}

/** The threshold as values of the expression are: Google counts some times in milliseconds. */
export function thresholdText(value: ConditionData["value"], { scale = 1 }: Pick<Measured, "scale">): string {
  return numberText(thresholdOf(value) / scale);
}

export function isShare(value: ConditionData["value"]): boolean {
  return typeof value === "string" && parseShare(value) !== undefined;
}

export function rises({ is }: ConditionData): boolean {
  return is === "above" || is === "atLeast" || is === "timesNormal";
}

/** "above 5%" */
export function thresholdWords({ is, value }: ConditionData): string {
  return is === "timesNormal" ? `more than ${value} times what is usual` : `${words[is]} ${value}`;
}
