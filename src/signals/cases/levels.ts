import { durationMs } from "../../lib/quantities.ts";
import { durationText, numberText } from "../measures/promql-text.ts";
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
    says:
      shape.scale === undefined
        ? wordsOf(when)
        : (shape.scale.says ?? ((level) => `${level > threshold ? "longer" : "shorter"} than ${when.value}`)),
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

export function holds({ is }: ConditionData, level: number, threshold: number): boolean {
  if (is === "atLeast") return level >= threshold;
  if (is === "atMost") return level <= threshold;
  return is === "below" ? level < threshold : level > threshold;
}

const hourMs = 3_600_000;

// What was usual is a little more than it was once what is not has begun.
const [beyondTimes, shortTimes] = [1.15, 0.92];

/** What is usual, then more and less than so many times of it. */
function spikeLevels(when: ConditionData, shape: Drawn): Levels | Unreachable {
  if (shape.scale !== undefined)
    return { reason: `of ${when.signal.measure} as it is asked for there is no so many times as usual that could be drawn` };
  const times = thresholdOf(when.value);
  if (times < 1.25) return { reason: `${times} times what is usual is usual` };
  const usualMs = when.usual === undefined ? 24 * hourMs : durationMs(when.usual);
  const lastsMs = 1.3 * shape.windowMs + (when.for === undefined ? 0 : durationMs(when.for));
  // What goes on now is kept out of what is usual for an hour or its window.
  const apartMs = Math.max(hourMs, shape.windowMs);
  if ((Math.max(0, lastsMs - apartMs) * times) / usualMs > 0.05) return { reason: "what lasts so long gets usual itself" };
  const usual = Math.max(shape.values === "share" ? 0.5 / times : 2.5, (1.25 * (when.atLeast ?? 0)) / times);
  const threshold = usual * times;
  if (shape.values === "share" && threshold * beyondTimes > 1) return { reason: `a share is never ${times} times that` };
  return {
    threshold,
    before: usual,
    beyond: threshold * beyondTimes,
    short: threshold * shortTimes,
    far: 0,
    worst: threshold * 2,
    usualMs: usualMs + apartMs,
    says: (level) => `${numberText(Number((level / usual).toPrecision(4)))} times what is usual`,
  };
}

function wordsOf({ value, signal: { measure } }: ConditionData): (level: number) => string {
  const few = (number: number) => numberText(Number.isInteger(number) ? number : Number(number.toPrecision(4)));
  if (isShare(value) || measure === "uptime") return (level) => `${few(level * 100)}%`;
  if (measure === "burnRate") return (level) => `${few(level)}×`;
  return typeof value === "number" ? few : (level) => durationText(Math.round(level * 1_000));
}
