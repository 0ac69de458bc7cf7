import { expect, test } from "vitest";
import { evaluateAt } from "../../src/signals/promql/evaluator.ts";
import { EvaluationError } from "../../src/signals/promql/evaluate/evaluation-error.ts";
import type { Expr } from "../../src/signals/promql/syntax/expr.ts";
import { printPromql } from "../../src/signals/promql/print.ts";
import type { Source } from "../../src/signals/series.ts";
import { createMetricStore, type MetricStore } from "../../src/signals/store/metric-store.ts";
import { restoreSegment, segmentsOf } from "../../src/signals/store/segment.ts";
import { beginMs, createRandom, type RandomSeries, randomSeries, sourceOf, spanMs } from "./promql-random.ts";
import { randomExpression } from "./promql-random-expression.ts";

/** A store that was told these samples, in the order of time as they come. */
function storeOf(series: readonly RandomSeries[]): MetricStore {
  const store = createMetricStore({ retentionMs: 1e12 });
  for (const { labels, times, values } of series) store.inside.restore(labels, { times, values, to: times.length });
  return store;
}

/** The same over a disk. */
function restarted(store: MetricStore): MetricStore {
  const again = createMetricStore({ retentionMs: 1e12 });
  const { pages, page, head } = segmentsOf(store);
  for (const { number } of pages) {
    const file = page(number);
    if (file) restoreSegment(again, file);
  }
  restoreSegment(again, head());
  return again;
}

function evaluated(expr: Expr, source: Source, atMs: number): unknown {
  try {
    return evaluateAt(expr, source, atMs);
  } catch (error) {
    // What cannot be evaluated cannot be anywhere.
    if (error instanceof EvaluationError) return error.message;
    throw error;
  }
}

test("an expression gives over the store, packed and after a restart, what it gives over lists", () => {
  const random = createRandom(5);
  const series = randomSeries(random);
  const lists = sourceOf(series);
  const store = storeOf(series);
  const again = restarted(store);
  expect(store.view().samples).toBe(series.reduce((sum, { times }) => sum + times.length, 0));
  expect(again.view().samples).toBe(store.view().samples);
  for (let turn = 0; turn < 300; turn++) {
    const expr = randomExpression(random);
    const atMs = beginMs + Math.floor(((turn * 7_919) % 1_000) * (spanMs / 1_000)) + turn;
    const expected = sorted(evaluated(expr, lists, atMs));
    expect(sorted(evaluated(expr, store, atMs)), printPromql(expr)).toEqual(expected);
    expect(sorted(evaluated(expr, again, atMs)), printPromql(expr)).toEqual(expected);
  }
});

/** Series have no order of their own. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("vector" in value) || !Array.isArray(value.vector)) return value;
  return { ...value, vector: value.vector.map((one) => JSON.stringify(one)).toSorted() };
}
