import { parsePromql } from "../promql/parse.ts";
import { type Expr, partsOf } from "../promql/syntax/expr.ts";
import type { Ruleset } from "./ruleset.ts";

/** An instant is answered with what was seen this long before it. */
export const lookbackMs = 300_000;

export type Retention = {
  /** The longest that anything is looked back on. */
  readonly longestMs: number;
  /** For each metric how long its samples are looked at; what has no name of its own is under "". */
  readonly ofMetric: Readonly<Record<string, number>>;
};

/** How long samples have to be kept so that every rule, and every further expression, finds what it looks for. */
export function retentionOf({ recordings, alerts, slos }: Ruleset, more: readonly string[] = []): Retention {
  const found = new Map<string, number>();
  const note = (metric: string, ms: number) => found.set(metric, Math.max(found.get(metric) ?? 0, ms));
  for (const text of [...recordings, ...alerts].map(({ expr }) => expr).concat(more)) {
    const parsed = parsePromql(text);
    if (parsed.ok) reach(parsed.expr, 0, note);
  }
  for (const { bad, total, windowMs } of slos)
    for (const text of [bad, total]) {
      const parsed = parsePromql(text);
      if (parsed.ok && parsed.expr.kind === "selector") note(parsed.expr.name ?? "", windowMs);
    }
  return {
    longestMs: Math.max(lookbackMs, ...found.values()),
    ofMetric: Object.fromEntries([...found].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function reach(expr: Expr, behindMs: number, note: (metric: string, ms: number) => void): void {
  switch (expr.kind) {
    case "selector":
      return note(expr.name ?? "", behindMs + expr.offsetMs + lookbackMs);
    case "range":
      return note(expr.of.name ?? "", behindMs + expr.of.offsetMs + expr.rangeMs);
    case "subquery":
      return reach(expr.of, behindMs + expr.offsetMs + expr.rangeMs, note);
    default:
      for (const part of partsOf(expr)) reach(part, behindMs, note);
  }
}
