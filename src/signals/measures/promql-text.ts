import { printDuration, printString } from "../promql/syntax/literals.ts";
import { labelName, metricName, reservedWords } from "../promql/syntax/names.ts";
import type { Matcher } from "../series.ts";

// PromQL as text. Whatever comes from a spec gets into it through here, quoted.

/** A metric and what its labels have to be. */
export type Selector = { readonly metric: string; readonly matchers: readonly Matcher[] };

export function selectorText({ metric, matchers }: Selector): string {
  const plain = metricName.test(metric) && !reservedWords.has(metric.toLowerCase());
  const inside = [
    // A name in UTF-8 stands between the braces, as Prometheus 3 and CloudWatch have it.
    ...(plain ? [] : [quoted(metric)]),
    ...matchers.map(({ name, op, value }) => `${labelText(name)}${op}${quoted(value)}`),
  ].join(",");
  return `${plain ? metric : ""}${inside === "" ? "" : `{${inside}}`}`;
}

function labelText(name: string): string {
  return labelName.test(name) ? name : quoted(name);
}

export function quoted(text: string): string {
  return printString(text);
}

/** Text that a regular expression of PromQL (RE2) reads as itself. */
export function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** 5400000 is "1h30m". */
export function durationText(ms: number): string {
  return printDuration(Math.max(1, ms));
}

/** A number as PromQL reads it, without what floating point adds: 1 - 0.999 is 0.001. */
export function numberText(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(12))) : value > 0 ? "+Inf" : "-Inf";
}

export type Fold = "sum" | "max" | "min" | "avg";

export function folded(fold: Fold, by: readonly string[], inner: string): string {
  return by.length === 0 ? `${fold}(${inner})` : `${fold} by (${by.map(labelText).join(", ")}) (${inner})`;
}
