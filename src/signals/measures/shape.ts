import { type Fold, type Selector, durationText, folded, numberText, quoted, selectorText } from "./promql-text.ts";

// What a measure is, apart from what its metrics are called. Each back end gives the same shapes other names, so that what is
// measured stays the same; only CloudWatch's classic alarms, which know no PromQL, read shapes instead of their text.

export type Shape =
  /** How often a second, or how often in the window. */
  | { readonly is: "rate" | "increase"; readonly of: Selector }
  /** How often a moment was set anew in the window. */
  | { readonly is: "changes"; readonly of: Selector }
  /** Some of all, counted over the window. */
  | { readonly is: "share"; readonly part: Selector; readonly whole: readonly Selector[] }
  | { readonly is: "quantile"; readonly quantile: number; readonly buckets: Selector }
  | { readonly is: "mean"; readonly sum: Selector; readonly count: Selector }
  /** What stands there; its mean over the window where the spec names one or it makes no sense without (`always`). */
  | { readonly is: "gauge"; readonly of: Selector; readonly fold: Fold; readonly always?: boolean; readonly times?: number }
  /** How much of a limit is used: each series against its own limit, the fullest counts. */
  | { readonly is: "filled"; readonly used: Selector; readonly limit: Selector; readonly spare?: number }
  /** How much of a limit is used by all together. */
  | { readonly is: "taken"; readonly used: Selector; readonly limit: Selector | number; readonly fold: Fold }
  /** Work a second, against how much there may be of it. */
  | { readonly is: "busy"; readonly of: Selector; readonly limit: number }
  /** What is not free. */
  | { readonly is: "not free"; readonly free: Selector; readonly size: Selector }
  | { readonly is: "until" | "since"; readonly moment: Selector }
  /** The last run failed, or there has been none for too long. */
  | { readonly is: "failing"; readonly code: Selector; readonly moment: Selector; readonly lateAfterSeconds: number }
  /** The highest of several. */
  | { readonly is: "highest"; readonly of: readonly { readonly name: string; readonly shape: Shape }[] }
  /** A ratio of two recordings of rates, as a multiple. */
  | { readonly is: "burn"; readonly bad: Selector; readonly total: Selector; readonly target: number; readonly left: boolean }
  /** A share that was counted, as a multiple of what may be bad; of a share of what was good, the rest. */
  | { readonly is: "of budget"; readonly share: Shape; readonly good: boolean; readonly allowed: number; readonly left: boolean }
  | { readonly is: "text"; readonly expr: string };

export type Window = {
  readonly overMs: number;
  /** The spec named it; otherwise it is the measure's own. */
  readonly said: boolean;
  readonly offsetMs?: number;
};

/** Windows up to this are read from a recording as it stands: it is a rate over five minutes already. */
export const recordedMs = 300_000;

/** The shape as PromQL: one series for each value of `by`. */
export function shapeText(shape: Shape, by: readonly string[], window: Window): string {
  const offset = window.offsetMs === undefined ? "" : ` offset ${durationText(window.offsetMs)}`;
  const range = `[${durationText(window.overMs)}]${offset}`;
  const rate = (of: Selector) => folded("sum", by, `rate(${selectorText(of)}${range})`);
  const level = (of: Selector, always = false) =>
    window.said || always ? `avg_over_time(${selectorText(of)}${range})` : `${selectorText(of)}${offset}`;
  switch (shape.is) {
    case "rate":
      return rate(shape.of);
    case "increase":
      return folded("sum", by, `increase(${selectorText(shape.of)}${range})`);
    case "changes":
      return folded("max", by, `changes(${selectorText(shape.of)}${range})`);
    case "share": {
      const whole = shape.whole.map(rate).join(" + ");
      const all = shape.whole.length > 1 ? `(${whole})` : whole;
      // Where nothing of the part has happened yet there is no series of it: that is none of all, and not unknown.
      return `(${rate(shape.part)} or 0 * ${all}) / ${all}`;
    }
    case "quantile":
      return `histogram_quantile(${numberText(shape.quantile)}, ${folded("sum", [...by, "le"], `rate(${selectorText(shape.buckets)}${range})`)})`;
    case "mean":
      return `${rate(shape.sum)} / ${rate(shape.count)}`;
    case "gauge": {
      const one = folded(shape.fold, by, level(shape.of, shape.always));
      return shape.times === undefined ? one : `${numberText(shape.times)} * ${one}`;
    }
    case "filled": {
      // What has no limit reports 0 as its limit, and is never full.
      const limit = `(${selectorText(shape.limit)}${offset} > 0)`;
      const known =
        shape.spare === undefined
          ? limit
          : `(${limit} or 0 * ${selectorText(shape.limit)}${offset} + ${numberText(shape.spare)})`;
      return folded("max", by, `${level(shape.used)} / ${known}`);
    }
    case "taken": {
      const limit =
        typeof shape.limit === "number" ? numberText(shape.limit) : folded("max", by, `${selectorText(shape.limit)}${offset}`);
      return `${folded(shape.fold, by, level(shape.used))} / ${limit}`;
    }
    case "busy":
      return `${folded("avg", by, `rate(${selectorText(shape.of)}${range})`)} / ${numberText(shape.limit)}`;
    case "not free":
      return folded("max", by, `1 - ${level(shape.free)} / ${selectorText(shape.size)}${offset}`);
    case "until":
      return `${folded("min", by, selectorText(shape.moment))} - time()`;
    case "since":
      return `time() - ${folded("max", by, selectorText(shape.moment))}`;
    case "failing": {
      const failed = named("why", "failed", `${selectorText(shape.code)} != bool 0`);
      const late = named("why", "late", `time() - ${selectorText(shape.moment)} > bool ${numberText(shape.lateAfterSeconds)}`);
      return folded("max", by, `${failed} or ${late}`);
    }
    case "highest":
      return folded(
        "max",
        by,
        shape.of.map((one) => named("of", one.name, shapeText(one.shape, by, { ...window, said: false }))).join(" or "),
      );
    case "burn": {
      const spent = spentText(shape, window);
      const allowed = numberText(1 - shape.target);
      return shape.left ? `1 - ${spent} / ${allowed}` : `${spent} / ${allowed}`;
    }
    case "of budget": {
      const share = shapeText(shape.share, by, window);
      const spent = `(${shape.good ? `1 - ${share}` : share}) / ${numberText(shape.allowed)}`;
      return shape.left ? `1 - ${spent}` : spent;
    }
    case "text":
      return window.said ? `avg_over_time((${shape.expr})[${durationText(window.overMs)}:]${offset})` : `(${shape.expr})`;
  }
}

/** The share of all that was bad. Sums of rates and not a mean of shares: an hour with few requests weighs little. */
function spentText({ bad, total }: { readonly bad: Selector; readonly total: Selector }, { overMs, offsetMs }: Window): string {
  const offset = offsetMs === undefined ? "" : ` offset ${durationText(offsetMs)}`;
  if (overMs <= recordedMs) return `${selectorText(bad)}${offset} / ${selectorText(total)}${offset}`;
  const range = `[${durationText(overMs)}]${offset}`;
  return `sum_over_time(${selectorText(bad)}${range}) / sum_over_time(${selectorText(total)}${range})`;
}

/** The same value with one more label, so that values of different origin stand beside each other. */
function named(label: string, value: string, expr: string): string {
  return `label_replace(${expr}, ${quoted(label)}, ${quoted(value)}, "__name__", ".*")`;
}
