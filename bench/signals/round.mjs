// Prints, as JSON, how long a round of all rules takes over so many series of two hours at five seconds: a process of its own for
// each size. Milliseconds of the first round, which also learns the labels, and the median of those after it.
import { performance } from "node:perf_hooks";
import { median } from "../measure.mjs";
import { rules } from "./rules.mjs";
import { madeSeries, sourceOf } from "./series.mjs";

const [{ createEvaluator }, { parsePromql }, { createSelector }] = await Promise.all(
  ["evaluator", "parse", "regexp/matching"].map((name) => import(`../../dist/signals/promql/${name}.js`)),
);

const startMs = Date.UTC(2026, 0, 5, 10);
const series = madeSeries({ series: Number(process.argv[2] ?? 2_000), startMs });
const expressions = rules.map((text) => {
  const parsed = parsePromql(text, { for: "rule" });
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.problems)}`);
  return parsed.expr;
});
const evaluator = createEvaluator(sourceOf(series, createSelector));
let elements = 0;
const times = Array.from({ length: Number(process.argv[3] ?? 41) }, (_, turn) => {
  const atMs = startMs + 7_200_000 - 200_000 + turn * 5_000 + 321;
  const start = performance.now();
  const round = evaluator.round(atMs, expressions);
  for (const expr of expressions) elements += round.evaluate(expr).vector.length;
  return performance.now() - start;
});
const [first, ...others] = times;
const samples = series.reduce((sum, { times: one }) => sum + one.length, 0);
process.stdout.write(
  JSON.stringify({ rules: rules.length, series: series.length, samples, elements, first, median: median(others) }),
);
