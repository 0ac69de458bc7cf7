import { durationMs } from "../../lib/quantities.ts";
import type { Exactness } from "../rules/ruleset.ts";
import { bucketAt, edgesAround, isEdge } from "./edges.ts";
import { type Measured, type NotMeasured, minutesMs, refused } from "./measured.ts";
import { type Selector, durationText, folded, numberText, selectorText } from "./promql-text.ts";
import { recordedMs, type Window } from "./shape.ts";
import type { ConditionData } from "./spec-data.ts";
import { signs, rises, thresholdOf, thresholdText, thresholdWords } from "./threshold.ts";

export type LookBack = { readonly who: string; readonly ms: number };

export type ConditionParts = {
  readonly by: readonly string[];
  readonly window: Window;
  /** The value over another window, or as it was. */
  readonly valueText: (window: Window) => string;
  /** How far the back end looks back. */
  readonly limit?: LookBack;
};

type ConditionText = { readonly is: "text"; readonly expr: string; readonly says: string; readonly exactness?: Exactness };

/** A value held against a threshold: a series where it holds, none where it does not. */
export function conditionText(condition: ConditionData, measured: Measured, parts: ConditionParts): ConditionText | NotMeasured {
  const floor = floorOf(condition, measured);
  if (floor.is === "refused") return floor;
  const held = heldText(condition, measured, parts);
  if (held.is === "refused") return held;
  const says = `, ${thresholdWords(condition)}${held.says}`;
  const { exactness } = held;
  const more = exactness === undefined ? {} : { exactness };
  if (floor.is === "none") return { is: "text", expr: held.expr, says, ...more };
  const { by, window } = parts;
  const enough = `${folded("sum", by, `increase(${selectorText(floor.traffic)}[${durationText(window.overMs)}])`)} >= ${floor.least}`;
  return { is: "text", expr: `${held.expr} and ${enough}`, says: `${says}, where there are at least ${floor.least}`, ...more };
}

/** What is counted of its traffic, and how much of that there has to be before a condition says anything; undefined where nothing is asked. */
export function floorText(
  condition: ConditionData,
  measured: Measured,
  { overMs }: Window,
): { readonly counted: string; readonly least: number } | undefined {
  const floor = floorOf(condition, measured);
  if (floor.is !== "floor") return undefined;
  return { counted: `sum(increase(${selectorText(floor.traffic)}[${durationText(overMs)}]))`, least: floor.least };
}

type Floor = { readonly is: "none" } | { readonly is: "floor"; readonly traffic: Selector; readonly least: number } | NotMeasured;

function floorOf({ minimumRequests, signal }: ConditionData, { traffic, usualFloor, shape }: Measured): Floor {
  const counted = traffic ?? (shape.is === "rate" || shape.is === "increase" ? shape.of : undefined);
  if (minimumRequests !== undefined && counted === undefined)
    return { ...refused(`${signal.measure} is no share of requests: withAtLeast counts nothing here`), at: "minimumRequests" };
  const least = minimumRequests ?? usualFloor;
  return least === undefined || counted === undefined ? { is: "none" } : { is: "floor", traffic: counted, least };
}

function heldText(condition: ConditionData, measured: Measured, parts: ConditionParts): ConditionText | NotMeasured {
  if (condition.is === "timesNormal") return spikeText(condition, measured, parts);
  const { window, valueText } = parts;
  const { shape } = measured;
  const against = `${signs[condition.is]} ${thresholdText(condition.value, measured)}`;
  const plain: ConditionText = { is: "text", expr: `${valueText(window)} ${against}`, says: "" };
  // A burn that is over is no longer told of: the short window is clean long before the long one.
  if ((shape.is === "burn" || shape.is === "of budget") && !shape.left && rises(condition) && window.overMs > recordedMs) {
    const short = { ...window, overMs: shortOf(window.overMs) };
    const expr = `${valueText(window)} ${against} and ${valueText(short)} ${against}`;
    return { is: "text", expr, says: `, and as much over ${durationText(short.overMs)}` };
  }
  return shape.is === "quantile" && condition.signal.measure !== "metric"
    ? quantileText(condition, measured, parts, plain)
    : plain;
}

/** A twelfth of the long window, and not less than what the recordings are taken over. */
export function shortOf(longMs: number): number {
  return Math.max(recordedMs, Math.round(longMs / 12 / 60_000) * 60_000);
}

/**
 * p99 > 2.5 s says the same as: less than 99 % took at most 2.5 s. At an edge of the buckets the second is counted, where the first
 * is read between two edges; the value told stays that of the first.
 */
function quantileText(
  condition: ConditionData,
  { shape, scale = 1, traffic }: Measured,
  { by, window }: ConditionParts,
  plain: ConditionText,
): ConditionText {
  const seconds = thresholdOf(condition.value);
  if (shape.is !== "quantile" || scale !== 1 || traffic === undefined) return plain;
  if (!isEdge(seconds)) {
    const around = edgesAround(seconds).map((edge) => `${edge} s`);
    const where = around.length === 1 ? `beyond ${around.join("")}` : `between ${around.join(" and ")}`;
    return {
      ...plain,
      exactness: { is: "approximate", reason: `${seconds} s is no edge of the usual buckets: it is read ${where}` },
    };
  }
  const range = `[${durationText(window.overMs)}]`;
  const within = folded("sum", by, `rate(${selectorText(bucketAt(shape.buckets, seconds))}${range})`);
  const all = folded("sum", by, `rate(${selectorText(traffic)}${range})`);
  const sign = rises(condition) ? "<" : ">=";
  const counted = `${within} / ${all} ${sign} ${numberText(shape.quantile)}`;
  const value = folded("sum", [...by, "le"], `rate(${selectorText(shape.buckets)}${range})`);
  return { is: "text", expr: `histogram_quantile(${numberText(shape.quantile)}, ${value}) and ${counted}`, says: "" };
}

const usualMs = minutesMs(24 * 60);
/** What is going on now is no part of what is usual. */
const apartMs = minutesMs(60);

function spikeText(condition: ConditionData, measured: Measured, parts: ConditionParts): ConditionText | NotMeasured {
  const { window, valueText, limit } = parts;
  const { shape, scale = 1 } = measured;
  if (["until", "since", "failing", "highest", "burn", "of budget"].includes(shape.is))
    return { ...refused(`there is no usual value of ${condition.signal.measure}`), at: "value" };
  const times = thresholdOf(condition.value);
  const offsetMs = Math.max(apartMs, window.overMs);
  const wantedMs = condition.usual === undefined ? usualMs : durationMs(condition.usual);
  // An hour is kept free at the far end as well.
  const overMs = limit === undefined || wantedMs + offsetMs <= limit.ms ? wantedMs : limit.ms - offsetMs - apartMs;
  const shorter: { exactness?: Exactness } =
    limit === undefined || overMs === wantedMs
      ? {}
      : {
          exactness: {
            is: "approximate",
            reason: `${limit.who} looks back ${durationText(limit.ms)} at most: what is usual is that of ${durationText(overMs)} and not of ${durationText(wantedMs)}`,
          },
        };
  const now = valueText(window);
  const then = valueText({ overMs, offsetMs, said: true });
  const grows = shape.is === "increase";
  // Twice is nothing much, whatever it is ten times of: ten times of less than two counts as twenty.
  const least = condition.atLeast ?? (grows ? 2 * times : undefined);
  const part = grows ? ` / ${numberText(overMs / window.overMs)}` : "";
  const apart = `, in the ${durationText(overMs)} that ended ${durationText(offsetMs)} ago`;
  if (least === undefined)
    return { is: "text", expr: `${now} > ${numberText(times)} * (${then})${part}`, says: apart, ...shorter };
  // What has no past yet is held against the least alone.
  const expr = `${now} > clamp_min(${numberText(times)} * (${then} or 0 * ${now})${part}, ${numberText(least / scale)})`;
  return { is: "text", expr, says: `${apart}, and more than ${numberText(least)}`, ...shorter };
}
