// Prints, as JSON, how long a round of the examples' rules takes over so many series of two hours at five seconds, in the store that the
// platform has: what is recorded first and kept, then every alert. A process of its own for each size. Milliseconds of the first round,
// which also learns the labels, and the median of those after it; between two rounds come the samples of five seconds.
import { performance } from "node:perf_hooks";
import { median } from "../measure.mjs";
import { rulesOfExamples } from "./rules.mjs";
import { watchedSeries } from "./series.mjs";

const [{ createEvaluator }, { createMetricStore }, round] = await Promise.all(
  ["promql/evaluator", "store/metric-store", "rules/round"].map((name) => import(`../../dist/signals/${name}.js`)),
);

const everyMs = 5_000;
const spanMs = 7_200_000;
const startMs = Date.UTC(2026, 0, 5, 10);
const wanted = Number(process.argv[2] ?? 2_000);
const turns = Number(process.argv[3] ?? 41);

const { rules } = await rulesOfExamples();
const series = watchedSeries(rules, { series: wanted, startMs, spanMs: spanMs + turns * everyMs });
const store = createMetricStore();
const rows = series.map(({ labels, times, values }) => ({ handle: store.series(labels), times, values, next: 0 }));
const said = (untilMs) => {
  for (const row of rows)
    for (; row.next < row.times.length && row.times[row.next] <= untilMs; row.next++)
      store.push(row.handle, row.times[row.next], row.values[row.next]);
};
for (let atMs = startMs; atMs < startMs + spanMs; atMs += everyMs) said(atMs);

const evaluator = createEvaluator(store, { lookbackMs: 300_000, defaultStepMs: 60_000 });
const { recordings, alerts } = round.readRules(rules);
let elements = 0;
const times = Array.from({ length: turns }, (_, turn) => {
  const atMs = startMs + spanMs + turn * everyMs + 321;
  said(atMs);
  store.look(atMs);
  const start = performance.now();
  const recorded = round.evaluateAll(evaluator, round.expressionsOf(recordings), atMs);
  for (const { labels, value } of round.recordedOf(recordings, recorded)) store.append(labels, atMs, value);
  const found = round.evaluateAll(evaluator, round.expressionsOf(alerts), atMs);
  const ms = performance.now() - start;
  for (const { rule, outcome } of round.resultsOf(alerts, found)) {
    if (!outcome.ok) throw new Error(`${rule.name}: ${outcome.message}`);
    elements += outcome.vector.length;
  }
  return ms;
});
const [first, ...others] = times;
const { dropped, samples, bytes } = store.view();
const { expired: _, unpackedAgain: __, ...lost } = dropped;
if (Object.values(lost).some((count) => count > 0)) throw new Error(`lost: ${JSON.stringify(lost)}`);
process.stdout.write(
  JSON.stringify({
    rules: recordings.length + alerts.length,
    series: rows.length,
    samples,
    mebibytes: bytes.all / 2 ** 20,
    rounds: turns,
    elements,
    first,
    median: median(others),
  }),
);
