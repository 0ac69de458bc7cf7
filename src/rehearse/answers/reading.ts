import { durationMs } from "../../lib/quantities.ts";
import type { Environment } from "../../spec/environment.ts";
import { floorText, shortOf } from "../../signals/measures/condition-text.ts";
import { expressionOf, measureOf, windowOf } from "../../signals/measures/expression-of.ts";
import type { AskedCondition, ReadCondition } from "../../signals/measures/judge-condition.ts";
import type { Measured } from "../../signals/measures/measured.ts";
import { ofRevision } from "../../signals/measures/of-revision.ts";
import { recordedMs, type Shape } from "../../signals/measures/shape.ts";
import type { ConditionData } from "../../signals/measures/spec-data.ts";
import { thresholdOf } from "../../signals/measures/threshold.ts";
import type { Signals } from "./signals.ts";
import { type Series, type SloSeries, seriesOf } from "./series-of.ts";

// Conditions of the spec, read from what a rehearsal counts. What they mean is decided where it always is (`measureOf`); only that the
// numbers lie in arrays here, and not behind text in PromQL, is another. test/rehearse holds the two against each other.

export type Condition = {
  readonly asked: AskedCondition;
  /** How far back it looks. */
  readonly looksBackMs: number;
  readonly needsLatency: boolean;
  readonly read: (signals: Signals, nowMs: number) => ReadCondition;
};

type Value = (signals: Signals, nowMs: number, overMs: number) => number | undefined;

/** Undefined where it is about something that a rehearsal has not got: a queue, a disk, a certificate. */
export function conditionOf(
  given: ConditionData,
  environment: Environment,
  { revisions, passesWhen }: { readonly revisions: Readonly<Record<string, string>>; readonly passesWhen: "true" | "false" },
): Condition | undefined {
  const condition = ofRevision(given, revisions);
  const measured = measureOf(condition, environment);
  const said = expressionOf(condition.signal, environment);
  if (measured.is === "refused" || said.is === "refused" || condition.is === "timesNormal") return undefined;
  if ((condition.signal.by ?? []).length > 0 || condition.signal.top !== undefined) return undefined;
  const value = valueOf(measured.shape, environment);
  if (value === undefined) return undefined;
  const window = windowOf(condition.signal, measured);
  const floor = floorText(condition, measured, window);
  const traffic = floor === undefined ? undefined : trafficOf(measured);
  if (floor !== undefined && traffic === undefined) return undefined;
  const { is, value: threshold } = condition;
  const limit = Number((thresholdOf(threshold) / (measured.scale ?? 1)).toPrecision(12));
  const isBurn = measured.shape.is === "burn" || measured.shape.is === "of budget";
  const shortMs =
    isBurn && window.overMs > recordedMs && (is === "above" || is === "atLeast") ? shortOf(window.overMs) : undefined;
  const holds = (one: number | undefined) => one !== undefined && compared[is](one, limit);
  return {
    asked: {
      condition,
      says: said.says,
      unit: said.unit,
      scale: said.scale,
      passesWhen,
      ...(floor === undefined ? {} : { least: floor.least }),
    },
    looksBackMs: window.overMs,
    needsLatency: measured.shape.is === "quantile" || traffic?.of === "timed",
    read(signals, nowMs) {
      const now = value(signals, nowMs, window.overMs);
      const requests = traffic === undefined ? undefined : signals.increase(traffic, nowMs, window.overMs);
      const isEnough = floor === undefined || (requests ?? 0) >= floor.least;
      const isHeld = holds(now) && isEnough && (shortMs === undefined || holds(value(signals, nowMs, shortMs)));
      return { holding: isHeld ? now : undefined, value: now, requests };
    },
  };
}

const compared = {
  above: (value: number, limit: number) => value > limit,
  atLeast: (value: number, limit: number) => value >= limit,
  below: (value: number, limit: number) => value < limit,
  atMost: (value: number, limit: number) => value <= limit,
} as const;

function trafficOf({ traffic, shape }: Measured): Series | undefined {
  const counted = traffic ?? (shape.is === "rate" || shape.is === "increase" ? shape.of : undefined);
  return counted && seriesOf(counted);
}

function valueOf(shape: Shape, environment: Environment): Value | undefined {
  switch (shape.is) {
    case "rate": {
      const of = seriesOf(shape.of);
      return of && ((signals, nowMs, overMs) => perSecond(signals.increase(of, nowMs, overMs), overMs));
    }
    case "increase": {
      const of = seriesOf(shape.of);
      return of && ((signals, nowMs, overMs) => signals.increase(of, nowMs, overMs));
    }
    case "share": {
      const [part, whole] = [seriesOf(shape.part), shape.whole.length === 1 ? seriesOf(shape.whole[0]) : undefined];
      if (part === undefined || whole === undefined) return undefined;
      return (signals, nowMs, overMs) => {
        const all = signals.increase(whole, nowMs, overMs);
        return all === undefined ? undefined : (signals.increase(part, nowMs, overMs) ?? 0) / all;
      };
    }
    case "quantile": {
      const of = seriesOf(shape.buckets);
      return of && ((signals, nowMs, overMs) => signals.quantile(of, shape.quantile, nowMs, overMs));
    }
    case "burn": {
      const name = shape.bad.matchers.find((one) => one.name === "slo")?.value;
      const slo = name === undefined ? undefined : sloOf(name, environment);
      if (name === undefined || slo === undefined) return undefined;
      return (signals, nowMs, overMs) => {
        const burnt = signals.burnt(slo, nowMs, overMs);
        if (burnt === undefined) return undefined;
        const times = burnt.bad / burnt.all / (1 - shape.target);
        return shape.left ? 1 - times : times;
      };
    }
    default:
      return undefined;
  }
}

function perSecond(increase: number | undefined, overMs: number): number | undefined {
  return increase === undefined ? undefined : increase / (overMs / 1_000);
}

/** An SLO whose parts a rehearsal counts: those on the share of requests that fail. */
export function sloOf(name: string, environment: Environment): SloSeries | undefined {
  const slo = Object.hasOwn(environment.slos, name) ? environment.slos[name] : undefined;
  if (slo === undefined) return undefined;
  const measured = measureOf({ kind: "condition", signal: slo.of, is: "above", value: "1%" }, environment);
  if (measured.is === "refused" || measured.shape.is !== "share") return undefined;
  const { part, whole } = measured.shape;
  const [bad, all] = [seriesOf(part), whole.length === 1 ? seriesOf(whole[0]) : undefined];
  if (bad === undefined || all === undefined) return undefined;
  return { name, target: Number(slo.target.slice(0, -1)) / 100, windowMs: durationMs(slo.over), bad, all };
}
