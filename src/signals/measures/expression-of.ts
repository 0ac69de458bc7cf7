import { durationMs } from "../../lib/quantities.ts";
import { createRecent } from "../../lib/recent.ts";
import type { Environment } from "../../spec/environment.ts";
import { parsePromql } from "../promql/parse.ts";
import { printPromql } from "../promql/print.ts";
import type { Exactness } from "../rules/ruleset.ts";
import { type LookBack, conditionText } from "./condition-text.ts";
import type { Asked, CloudNames, DialectName } from "./expression.ts";
import { cloudWatchMeasure } from "./cloudwatch/promql.ts";
import { googleMeasure } from "./google/google.ts";
import { type Measured, type NotMeasured, usualWindowMs } from "./measured.ts";
import { nativeMeasure } from "./native/native.ts";
import { durationText } from "./promql-text.ts";
import { type Shape, type Window, shapeText } from "./shape.ts";
import type { ConditionData, SignalData } from "./spec-data.ts";
import { isShare } from "./threshold.ts";

export type ExpressionOptions = { readonly dialect?: DialectName; readonly names?: CloudNames };

/**
 * A signal or a condition of the spec as PromQL. The one place where the spec's words become an expression: alerts, gates,
 * dashboards and SLOs all come here.
 */
export function expressionOf(what: SignalData | ConditionData, environment: Environment, options: ExpressionOptions = {}): Asked {
  const condition = what.kind === "condition" ? what : undefined;
  const signal = what.kind === "condition" ? what.signal : what;
  const measured = measureOf(what, environment, options);
  if (measured.is === "refused") return { ...measured, says: signal.measure };
  const window = windowOf(signal, measured);
  const by = labelsOf(signal, measured);
  const { unit, scale = 1 } = measured;
  const over = usesWindow(measured.shape, window) ? `, over ${durationText(window.overMs)}` : "";
  const each = (signal.by ?? []).length > 0 ? `, by ${(signal.by ?? []).join(" and ")}` : "";
  const highest = signal.top === undefined ? "" : `, the highest ${signal.top}`;
  const says = `${measured.says}${over}${each}${highest}`;
  const exactness = measured.exactness ?? { is: "exact" };
  const written = (text: string, more: Exactness = exactness, said = ""): Asked => {
    const tidied = tidy(text);
    if ("reason" in tidied) return { is: "refused", reason: tidied.reason, says };
    return { is: "expression", expr: tidied.expr, unit, scale, says: `${says}${said}`, exactness: more };
  };
  if (condition === undefined) return written(valueText(signal, measured, window));
  const limit = lookBack[options.dialect ?? "prometheus"];
  if (limit !== undefined && window.overMs > limit.ms && usesWindow(measured.shape, window))
    return {
      is: "refused",
      reason: `${limit.who} looks back ${durationText(limit.ms)} at most, and not ${durationText(window.overMs)}`,
      says,
    };
  const parts = { by, window, valueText: (at: Window) => valueText(signal, measured, at), ...(limit && { limit }) };
  const asked = conditionText(condition, measured, parts);
  if (asked.is === "refused") return { ...asked, says };
  return written(asked.expr, both(exactness, asked.exactness), asked.says);
}

type Tidied = { readonly expr: string } | { readonly reason: string };

/** Environments ask the same of the same services, and each part of what is written for them asks again. */
const known = createRecent<Tidied>(10_000);

/** As one writes it, without what does not have to be there; or why it is no expression. */
function tidy(text: string): Tidied {
  const before = known.get(text);
  if (before !== undefined) return before;
  const parsed = parsePromql(text);
  const tidied = parsed.ok
    ? { expr: printPromql(parsed.expr) }
    : { reason: parsed.problems.map(({ message }) => message).join("; ") };
  known.set(text, tidied);
  return tidied;
}

function both(one: Exactness, other: Exactness | undefined): Exactness {
  if (other === undefined || other.is === "exact") return one;
  return one.is === "exact" ? other : { is: one.is, reason: `${one.reason}; ${other.reason}` };
}

/** How far back what rings an alarm may look. Within a day nobody disagrees. */
const lookBack: Readonly<Record<DialectName, LookBack | undefined>> = {
  prometheus: undefined,
  google: { who: "Cloud Monitoring", ms: 86_400_000 },
  cloudwatch: { who: "CloudWatch", ms: 86_400_000 },
};

/** What is measured, before it is text; for those who write no PromQL. */
export function measureOf(
  what: SignalData | ConditionData,
  environment: Environment,
  { dialect = "prometheus", names = {} }: ExpressionOptions = {},
): Measured | NotMeasured {
  const signal = what.kind === "condition" ? what.signal : what;
  const asking = { signal, environment, asShare: what.kind === "condition" && isShare(what.value) };
  switch (dialect) {
    case "prometheus":
      return nativeMeasure(asking);
    case "google":
      return googleMeasure(asking, names);
    case "cloudwatch":
      return cloudWatchMeasure(asking);
  }
}

export function windowOf(signal: SignalData, { usualMs = usualWindowMs }: Measured): Window {
  return { overMs: signal.over === undefined ? usualMs : durationMs(signal.over), said: signal.over !== undefined };
}

export function labelsOf(signal: SignalData, { own }: Measured): readonly string[] {
  return [...new Set([...own, ...(signal.by ?? [])])];
}

function valueText(signal: SignalData, measured: Measured, window: Window): string {
  const text = shapeText(measured.shape, labelsOf(signal, measured), window);
  return signal.top === undefined ? text : `topk(${signal.top}, ${text})`;
}

function usesWindow(shape: Shape, { said }: Window): boolean {
  switch (shape.is) {
    case "rate":
    case "increase":
    case "changes":
    case "share":
    case "quantile":
    case "mean":
    case "burn":
    case "of budget":
    case "busy":
      return true;
    case "gauge":
      return said || shape.always === true;
    case "filled":
    case "taken":
    case "not free":
    case "text":
      return said;
    case "until":
    case "since":
    case "failing":
    case "highest":
      return false;
  }
}
