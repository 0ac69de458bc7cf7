import { durationMs } from "../../lib/quantities.ts";
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
  /** Since when it holds; absent where it does not. */
  readonly sinceMs?: number;
};

/**
 * Whether a condition of the spec holds. PromQL gives nothing where it does not, and nothing where nothing was measured: what was measured,
 * and how much of it, is looked at beside it.
 */
export function judgeCondition(
  asked: AskedCondition,
  read: ReadCondition,
  at: { readonly nowMs: number; readonly sinceMs: number | undefined; readonly speed: number },
): JudgedCondition {
  const { condition, says, unit, scale, least, passesWhen } = asked;
  const { holding, requests } = read;
  if (holding === undefined) {
    const { value } = read;
    if (value === undefined || Number.isNaN(value)) return { verdict: "inconclusive", because: `${says}: nothing was measured` };
    if (least !== undefined && (requests ?? 0) < least)
      return {
        verdict: "inconclusive",
        because: `${says} is told from ${least} requests on, and there were ${Math.round(requests ?? 0)}`,
      };
    return {
      verdict: passesWhen === "false" ? "pass" : "fail",
      because: `${says} is ${valueText(value * scale, unit)}, not ${thresholdWords(condition)}`,
    };
  }
  const sinceMs = at.sinceMs ?? at.nowMs;
  const because = `${says} is ${valueText(holding * scale, unit)}, ${thresholdWords(condition)}`;
  const forMs = condition.for === undefined ? 0 : durationMs(condition.for) / at.speed;
  if (at.nowMs - sinceMs < forMs)
    return {
      verdict: passesWhen === "false" ? "pass" : "inconclusive",
      because: `${because}, though not yet for ${condition.for}`,
      sinceMs,
    };
  return { verdict: passesWhen === "false" ? "fail" : "pass", because, sinceMs };
}
