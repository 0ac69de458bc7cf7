import { durationMs } from "../../lib/quantities.ts";
import { numberText } from "../measures/promql-text.ts";
import type { ConditionData } from "../measures/spec-data.ts";
import { isShare, rises, thresholdOf, thresholdWords } from "../measures/threshold.ts";
import type { Drawn } from "./drawn.ts";

export type Levels = {
  readonly threshold: number;
  readonly before: number;
  readonly beyond: number;
  readonly short: number;
  /** As far from ringing as can be, and as far beyond. */
  readonly far: number;
  readonly worst: number;
  /** Before that something has to be usual. */
  readonly usualMs: number;
  readonly says: (level: number) => string;
};

type Unreachable = { readonly reason: string };

/** Two percent around a threshold; of what is whole one more or less, and the threshold itself on its side. */
export function levelsOf(when: ConditionData, shape: Drawn): Levels | Unreachable {
  if (when.is === "timesNormal") return spikeLevels(when, shape);
  const threshold = shape.scale?.threshold ?? thresholdOf(when.value);
  const up = rises(when);
  const { beyond, short } = around(when, threshold, shape);
  const [least, most] = endsOf(shape, threshold);
  const clamped = (level: number) => Math.min(most, Math.max(least, level));
  const levels: Levels = {
    threshold,
    before: clamped(short),
    beyond: clamped(beyond),
    short: clamped(short),
    far: up ? least : most,
    worst: up ? most : least,
    usualMs: 0,
    says: shape.scale === undefined ? wordsOf(when) : (level) => `${level > threshold ? "longer" : "shorter"} than ${when.value}`,
  };
  if (!holds(when, levels.beyond, threshold)) return { reason: `it is never ${thresholdWords(when)}` };
  return holds(when, levels.short, threshold) ? { reason: `it is always ${thresholdWords(when)}` } : levels;
}

function around(
  when: ConditionData,
  threshold: number,
  { values, windowMs, scale }: Drawn,
): { readonly beyond: number; readonly short: number } {
  const sign = rises(when) ? 1 : -1;
  if (scale !== undefined) return { beyond: threshold + sign * scale.apart, short: threshold - sign * scale.apart };
  const itself = when.is === "atLeast" || when.is === "atMost";
  if (values === "whole" && windowMs === 0) {
    const nearest = sign > 0 ? Math.floor(threshold) : Math.ceil(threshold);
    const whole = nearest === threshold;
    return { beyond: whole && itself ? threshold : nearest + sign, short: whole && itself ? threshold - sign : nearest };
  }
  if (threshold === 0) {
    const one = values === "share" ? 0.02 : 1;
    return sign > 0 ? { beyond: one, short: 0 } : { beyond: 0, short: one };
  }
  const apart = Math.abs(threshold) * 0.02;
  return { beyond: threshold + sign * apart, short: threshold - sign * apart };
}

function endsOf({ values, scale }: Drawn, threshold: number): readonly [least: number, most: number] {
  if (scale !== undefined) return [scale.least, scale.most];
  if (values === "share") return [0, 1];
  return [Math.min(0, threshold * 2), Math.max(2, threshold * 2)];
}

function holds({ is }: ConditionData, level: number, threshold: number): boolean {
  if (is === "atLeast") return level >= threshold;
  if (is === "atMost") return level <= threshold;
  return is === "below" ? level < threshold : level > threshold;
}

const hourMs = 3_600_000;

/** What is usual, then a quarter more or less than so many times of it. */
function spikeLevels(when: ConditionData, shape: Drawn): Levels | Unreachable {
  if (shape.scale !== undefined) return { reason: "of a quantile there is no so many times as usual that could be drawn" };
  const times = thresholdOf(when.value);
  if (times <= 1.25) return { reason: `${times} times what is usual is usual` };
  if (when.for !== undefined && durationMs(when.for) > hourMs / 2) return { reason: "what lasts so long gets usual itself" };
  const usual = Math.max(shape.values === "share" ? 0.5 / times : 2.5, (1.25 * (when.atLeast ?? 0)) / times);
  const threshold = usual * times;
  if (shape.values === "share" && threshold * 1.25 > 1) return { reason: `a share is never ${times} times that` };
  return {
    threshold,
    before: usual,
    beyond: threshold * 1.25,
    short: threshold * 0.8,
    far: 0,
    worst: threshold * 2,
    usualMs: (when.usual === undefined ? 24 * hourMs : durationMs(when.usual)) + Math.max(hourMs, shape.windowMs),
    says: (level) => `${numberText(level / usual)} times what is usual`,
  };
}

function wordsOf(when: ConditionData): (level: number) => string {
  if (isShare(when.value)) return (level) => `${numberText(Number((level * 100).toPrecision(4)))}%`;
  return typeof when.value === "number"
    ? (level) => numberText(Number(level.toPrecision(6)))
    : (level) => `${numberText(Number(level.toPrecision(6)))} s`;
}
