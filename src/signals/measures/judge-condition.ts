import type { Unit } from "./expression.ts";
import type { ConditionData } from "./spec-data.ts";
import { thresholdWords } from "./threshold.ts";
import { valueText } from "./value-words.ts";

/** A condition that a gate asks, with what is measured in words. */
export type AskedCondition = {
  readonly condition: ConditionData;
  readonly says: string;
  readonly unit: Unit;
  readonly scale: number;
  /** Below so many requests it says nothing. */
  readonly least?: number;
  /** Within what these are counted, as words behind the number. */
  readonly within?: string;
  /** It passes while the condition is false, or true. */
  readonly passesWhen: "true" | "false";
};

/** What was measured just now: the value where the condition holds, the value anyhow, and the requests that it was told from. */
export type ReadCondition = {
  readonly holding: number | undefined;
  readonly value: number | undefined;
  readonly requests: number | undefined;
};

export type JudgedCondition = {
  readonly verdict: "pass" | "fail" | "inconclusive";
  readonly because: string;
};

/** Whether it has held for as long as it has to. */
export type Held = { readonly is: "yes" } | { readonly is: "no" } | { readonly is: "unknown"; readonly because: string };

/**
 * Whether a condition of the spec holds. PromQL gives nothing where it does not, and nothing where nothing was measured: what was measured,
 * and how much of it, is looked at beside it.
 */
export function judgeCondition(asked: AskedCondition, read: ReadCondition, held: Held): JudgedCondition {
  const { condition, says, unit, scale, least, within = "", passesWhen } = asked;
  const { holding, requests } = read;
  if (holding === undefined) {
    const { value } = read;
    if (least !== undefined && (requests ?? 0) < least)
      return {
        verdict: "inconclusive",
        because: `${says} is told from ${least} requests on, and there were ${Math.round(requests ?? 0) || "none"}${within}`,
      };
    if (value === undefined || Number.isNaN(value)) return { verdict: "inconclusive", because: `${says}: nothing was measured` };
    return {
      verdict: passesWhen === "false" ? "pass" : "fail",
      because: `${says} is ${valueText(value * scale, unit)}, not ${thresholdWords(condition)}`,
    };
  }
  const because = `${says} is ${valueText(holding * scale, unit)}, ${thresholdWords(condition)}`;
  if (held.is === "unknown") return { verdict: "inconclusive", because: `${says} cannot be told: ${held.because}` };
  if (held.is === "no")
    return {
      verdict: passesWhen === "false" ? "pass" : "inconclusive",
      because: `${because}, though not yet for ${condition.for ?? "0s"}`,
    };
  return { verdict: passesWhen === "false" ? "fail" : "pass", because };
}
