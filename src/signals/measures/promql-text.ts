import type { Matcher } from "../series.ts";

// PromQL as text. Whatever comes from a spec gets into it through here, quoted.

/** A metric and what its labels have to be. */
export type Selector = { readonly metric: string; readonly matchers: readonly Matcher[] };

const plainName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const plainLabel = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

export function selectorText({ metric, matchers }: Selector): string {
  const plain = plainName.test(metric);
  const inside = [
    // A name in UTF-8 stands between the braces, as Prometheus 3 and CloudWatch have it.
    ...(plain ? [] : [quoted(metric)]),
    ...matchers.map(({ name, op, value }) => `${labelText(name)}${op}${quoted(value)}`),
  ].join(",");
  return `${plain ? metric : ""}${inside === "" ? "" : `{${inside}}`}`;
}

export function labelText(name: string): string {
  return plainLabel.test(name) ? name : quoted(name);
}

/** PromQL's strings are Go's: nothing in it ends the string, begins a line or becomes something else. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&").replace(/[\u0000-\u001f\u007f]/g, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`)}"`;
}

/** Text that a regular expression of PromQL (RE2) reads as itself. */
export function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

/** 5400000 is "1h30m". */
export function durationText(ms: number): string {
  let left = Math.max(1, Math.round(ms));
  let text = "";
  for (const [unit, size] of units) {
    const many = Math.floor(left / size);
    if (many > 0) text += `${many}${unit}`;
    left -= many * size;
  }
  return text;
}

/** A number as PromQL reads it, without what floating point adds: 1 - 0.999 is 0.001. */
export function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return String(Number(value.toPrecision(12)));
}

export type Fold = "sum" | "max" | "min" | "avg";

export function folded(fold: Fold, by: readonly string[], inner: string): string {
  return by.length === 0 ? `${fold}(${inner})` : `${fold} by (${by.map(labelText).join(", ")}) (${inner})`;
}
