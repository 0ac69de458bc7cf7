import { type Samples, type Source, staleBits } from "../../series.ts";
import type { Matcher } from "../../series.ts";
import { type Expr, type SelectorExpr, partsOf } from "../syntax/expr.ts";
import type { LabelSet, LabelSets } from "./label-sets.ts";

/** A row of samples in rising order of time, from `from` up to, but not with, `to`. */
export type Row = { readonly times: Float64Array; readonly values: Float64Array; readonly from: number; readonly to: number };

export type Selected = Row & {
  readonly set: LabelSet;
  /** The same without the marks that a series ended; made when first asked for. */
  clean: Row | undefined;
};

export type Selections = {
  /** Says beforehand what will be looked at, so that one selector with several windows is selected once. */
  plan(expr: Expr, times: Times): void;
  /** The series that a selector fits, each with at least its samples of the window. */
  of(selector: SelectorExpr, fromMs: number, toMs: number): readonly Selected[];
};

/** The first and the last moment of evaluation. */
export type Times = { readonly startMs: number; readonly endMs: number };
type Window = { fromMs: number; toMs: number; selected?: readonly Selected[] };

export function createSelections(
  source: Source,
  sets: LabelSets,
  { startMs, endMs, lookbackMs }: Times & { readonly lookbackMs: number },
): Selections {
  const windows = new Map<string, Window[]>();
  const keys = new WeakMap<SelectorExpr, string>();

  const keyOf = (selector: SelectorExpr): string => {
    let key = keys.get(selector);
    if (key === undefined) {
      key = JSON.stringify(matchersOf(selector).map(({ name, op, value }) => [name, op, value]));
      keys.set(selector, key);
    }
    return key;
  };
  const planWindow = (selector: SelectorExpr, fromMs: number, toMs: number): Window => {
    const key = keyOf(selector);
    const window: Window = { fromMs, toMs };
    const others: Window[] = [];
    for (const one of windows.get(key) ?? []) {
      // Windows far from each other stay apart: between them may lie a month.
      if (one.selected !== undefined || one.toMs < window.fromMs || one.fromMs > window.toMs) others.push(one);
      else {
        window.fromMs = Math.min(window.fromMs, one.fromMs);
        window.toMs = Math.max(window.toMs, one.toMs);
      }
    }
    windows.set(key, [...others, window]);
    return window;
  };
  const select = (selector: SelectorExpr, { fromMs, toMs }: Window): readonly Selected[] =>
    source.select(matchersOf(selector), fromMs, toMs).map((samples) => selectedOf(samples, sets));

  return {
    plan(expr, times) {
      planParts(expr, times, 0);
    },
    of(selector, fromMs, toMs) {
      const covering = (windows.get(keyOf(selector)) ?? []).find((one) => one.fromMs <= fromMs && one.toMs >= toMs);
      const window = covering ?? planWindow(selector, fromMs, toMs);
      window.selected ??= select(selector, window);
      return window.selected;
    },
  };

  function planParts(expr: Expr, times: Times, rangeMs: number): void {
    if (expr.kind === "selector") {
      const { startMs: first, endMs: last } = momentsOf(expr, times, { startMs, endMs });
      planWindow(expr, first - Math.max(rangeMs, lookbackMs), last);
    } else if (expr.kind === "range") planParts(expr.of, times, expr.rangeMs);
    else if (expr.kind === "subquery") {
      const { startMs: first, endMs: last } = momentsOf(expr, times, { startMs, endMs });
      planParts(expr.of, { startMs: first - expr.rangeMs, endMs: last }, 0);
    } else for (const part of partsOf(expr)) planParts(part, times, 0);
  }
}

/** When a selector or subquery is looked at, for an expression that is evaluated at these times. */
export function momentsOf(expr: Extract<Expr, { kind: "selector" | "subquery" }>, times: Times, whole: Times): Times {
  const { at, offsetMs } = expr;
  const pinned = at && (at.kind === "time" ? at.atMs : at.kind === "start" ? whole.startMs : whole.endMs);
  return { startMs: (pinned ?? times.startMs) - offsetMs, endMs: (pinned ?? times.endMs) - offsetMs };
}

function matchersOf({ name, matchers }: SelectorExpr): readonly Matcher[] {
  return name === undefined ? matchers : [{ name: "__name__", op: "=", value: name }, ...matchers];
}

function selectedOf({ labels, times, values, from, to }: Samples, sets: LabelSets): Selected {
  return { set: sets.of(labels), times, values, from, to, clean: undefined };
}

/** The samples that are values. */
export function cleanRow(selected: Selected): Row {
  if (selected.clean) return selected.clean;
  const { times, values, from, to } = selected;
  let marks = 0;
  for (let at = from; at < to; at++) if (Number.isNaN(values[at]) && isStale(values, at)) marks++;
  let clean: Row = selected;
  if (marks > 0) {
    clean = {
      times: new Float64Array(to - from - marks),
      values: new Float64Array(to - from - marks),
      from: 0,
      to: to - from - marks,
    };
    let next = 0;
    for (let at = from; at < to; at++) {
      const value = values[at] ?? 0;
      if (Number.isNaN(value) && isStale(values, at)) continue;
      clean.times[next] = times[at] ?? 0;
      clean.values[next++] = value;
    }
  }
  selected.clean = clean;
  return clean;
}

/** Whether a value is the mark that its series ended. It is one of many NaNs, so its bits have to be looked at where they are. */
export function isStale(values: Float64Array, at: number): boolean {
  return new BigUint64Array(values.buffer, values.byteOffset + at * 8, 1)[0] === staleBits;
}

/** The first place whose time is after `ms`, or with `inclusive` not before it. */
export function firstAfter({ times, from, to }: Row, ms: number, inclusive: boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const time = times[middle] ?? 0;
    if (time > ms || (inclusive && time === ms)) high = middle;
    else low = middle + 1;
  }
  return low;
}
