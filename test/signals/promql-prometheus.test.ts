import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EvaluationError } from "../../src/signals/promql/evaluate/evaluation-error.ts";
import { type Evaluator, createEvaluator } from "../../src/signals/promql/evaluator.ts";
import { parsePromql } from "../../src/signals/promql/parse.ts";
import { type Expr, partsOf } from "../../src/signals/promql/syntax/expr.ts";
import { printPromql } from "../../src/signals/promql/print.ts";
import { has } from "../support/programs.ts";
import { type PrometheusServer, type Steps, startPrometheus } from "../support/prometheus-server.ts";
import { type RandomSeries, beginMs, createRandom, randomSeries, sourceOf, spanMs } from "./promql-random.ts";
import { randomExpression } from "./promql-random-expression.ts";

// The same expressions over the same series, here and in a real Prometheus.

const seed = Number(process.env["PROMQL_SEED"] ?? 20_260_105);
const count = Number(process.env["PROMQL_COUNT"] ?? 2_000);
const rangeCount = Math.ceil(count / 5);

describe.skipIf(!has("prometheus"))("against a real Prometheus (needs prometheus)", () => {
  const random = createRandom(seed);
  const series = randomSeries(random);
  const evaluatorAt = (factor: number) =>
    createEvaluator(sourceOf(factor === 1 ? series : series.map((one) => scaled(one, factor))), { prometheus: 2 });
  const evaluator = evaluatorAt(1);
  const others = [1 + 2 ** -40, 1 + 3 * 2 ** -40, 1 - 2 ** -40].map(evaluatorAt);
  let server: PrometheusServer;

  beforeAll(async () => {
    server = await startPrometheus();
    await server.write(series);
  });
  afterAll(() => server.stop());

  test(`${count} random expressions mean the same (seed ${seed})`, { timeout: 600_000 }, async () => {
    await compare({ wanted: count, unequal: 0.005, steps: false }, (text) => {
      const atMs = moment(spanMs / 4, spanMs);
      return { says: `@ ${atMs}`, here: (engine) => hereAt(engine, text, atMs), there: () => thereAt(text, atMs) };
    });
  });

  test(
    `${rangeCount} random expressions over a time mean the same at each step (seed ${seed})`,
    { timeout: 600_000 },
    async () => {
      // What Prometheus 2 does with pinned ranges shows at every step.
      await compare({ wanted: rangeCount, unequal: 0.015, steps: true }, (text) => {
        const stepMs = random.of([700, 7_000, 13_000, 37_000, 61_000, 170_001]);
        const startMs = moment(0, spanMs);
        // The last step need not stand at the end, and some of them lie behind all samples.
        const times = { startMs, endMs: startMs + stepMs * random.below(40) + random.below(stepMs), stepMs };
        return {
          says: `from ${startMs} to ${times.endMs} each ${stepMs}`,
          here: (engine) => hereOver(engine, text, times),
          there: () => thereOver(text, times),
        };
      });
    },
  );

  test.each([
    'label_replace(db_pool_max, "to", "x", "", "")',
    'label_replace(db_pool_max, "to", "$1", "", "(.*)")',
    'label_replace(db_pool_max, "to", "x", "", "y")',
    'label_replace(db_pool_max, "to", "x", "no-label", "")',
    'label_replace(db_pool_max, "__name__", "x", "", "")',
    'label_replace(db_pool_max, "", "x", "service", "api")',
    'label_replace(db_pool_max, "no-label", "x", "service", "api")',
    'label_join(db_pool_max, "to", "-")',
    'label_join(db_pool_max, "to", "-", "", "service")',
    'label_join(db_pool_max, "to", "-", "no-label")',
    'label_join(db_pool_max, "", "-", "service")',
  ])("%s: taken, or refused, as there", async (text) => {
    const atMs = beginMs + spanMs / 2;
    const [ours, theirs] = [hereAt(evaluator, text, atMs), await thereAt(text, atMs)];
    expect(ours.kind === "failed" ? ours.kind : ours).toEqual(theirs.kind === "failed" ? theirs.kind : theirs);
  });

  type Asked = {
    readonly says: string;
    here(engine: Evaluator): Side;
    there(): Promise<Side>;
  };

  type Comparison = { readonly wanted: number; readonly unequal: number; readonly steps: boolean };

  async function compare({ wanted, unequal: share, steps }: Comparison, ask: (text: string) => Asked): Promise<void> {
    const differences = new Map<string, string[]>();
    let [empty, failed] = [0, 0];
    for (let number = 0; number < wanted; number++) {
      const text = printPromql(randomExpression(random));
      const asked = ask(text);
      const [ours, theirs] = [asked.here(evaluator), await asked.there()];
      if (theirs.kind === "failed") failed++;
      else if (theirs.elements.size === 0) empty++;
      const why = difference(text, ours, theirs, { steps, scaled: () => others.map((other) => asked.here(other)) });
      if (why !== undefined)
        differences.set(why, [...(differences.get(why) ?? []), `${text} ${asked.says}\n  ${shown(ours)}\n  ${shown(theirs)}`]);
    }
    const unequal = [...differences.values()].reduce((sum, { length }) => sum + length, 0);
    const reasons = Array.from(differences, ([why, { length }]) => `${why}: ${length}`).join(", ");
    console.log(
      `seed ${seed}: ${wanted - unequal} of ${wanted} equal; ${reasons || "no difference"}; ${empty} empty, ${failed} refused by both`,
    );
    expect(differences.get(unexplained) ?? []).toEqual([]);
    expect(unequal).toBeLessThanOrEqual(Math.ceil(wanted * share));
    // A comparison of nothing with nothing would say little.
    expect(empty + failed).toBeLessThan(wanted / 2);
  }

  /** Off the grid on which samples stand. */
  function moment(fromMs: number, toMs: number): number {
    return beginMs + fromMs + random.below((toMs - fromMs) / 1_000) * 1_000 + 321;
  }

  function hereAt(engine: Evaluator, text: string, atMs: number): Side {
    return here(text, (expr) => {
      const value = engine.round(atMs, [expr]).evaluate(expr);
      if (value.kind === "scalar") return new Map([["", [value.value]]]);
      if (value.kind !== "vector") throw new TypeError(`a ${value.kind} was not asked for`);
      return new Map(value.vector.map(({ labels, value: one }) => [keyOf(labels), [one]]));
    });
  }

  function hereOver(engine: Evaluator, text: string, times: Steps): Side {
    return here(text, (expr) => {
      const points = engine
        .range(expr, times)
        .flatMap((row) => row.values.map((value, index) => [`${keyOf(row.labels)} @ ${row.times[index]}`, [value]] as const));
      return new Map(points);
    });
  }

  function here(text: string, evaluate: (expr: Expr) => ReadonlyMap<string, readonly number[]>): Side {
    const parsed = parsePromql(text);
    if (!parsed.ok) return { kind: "failed", message: parsed.problems.map(({ message }) => message).join("; ") };
    try {
      return { kind: "given", elements: evaluate(parsed.expr) };
    } catch (error) {
      if (error instanceof EvaluationError) return { kind: "failed", message: error.message };
      throw error;
    }
  }

  async function thereAt(text: string, atMs: number): Promise<Side> {
    const answer = await server.query(text, atMs);
    if (answer.status === "error") return { kind: "failed", message: answer.error };
    const { resultType, result } = answer.data;
    if (resultType === "scalar") return { kind: "given", elements: new Map([["", [numberOf((result as Point)[1])]]]) };
    const vector = result as { readonly metric: Record<string, string>; readonly value: Point }[];
    return { kind: "given", elements: new Map(vector.map(({ metric, value }) => [keyOf(metric), [numberOf(value[1])]])) };
  }

  async function thereOver(text: string, times: Steps): Promise<Side> {
    const answer = await server.queryRange(text, times);
    if (answer.status === "error") return { kind: "failed", message: answer.error };
    const matrix = answer.data.result as { readonly metric: Record<string, string>; readonly values: readonly Point[] }[];
    const points = matrix.flatMap(({ metric, values }) =>
      values.map(([at, value]) => [`${keyOf(metric)} @ ${Math.round(at * 1_000)}`, [numberOf(value)]] as const),
    );
    return { kind: "given", elements: new Map(points) };
  }
});

const unexplained = "unexplained";
type Point = readonly [seconds: number, value: string];
type Side =
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "given"; readonly elements: ReadonlyMap<string, readonly number[]> };

/** Why two answers differ; undefined where they do not. */
function difference(
  text: string,
  ours: Side,
  theirs: Side,
  { steps, scaled }: { readonly steps: boolean; readonly scaled: () => readonly Side[] },
): string | undefined {
  if (ours.kind === "failed" && theirs.kind === "failed")
    return errorKind(ours.message) === errorKind(theirs.message) ? undefined : unexplained;
  if (same(ours, theirs)) return undefined;
  const parsed = parsePromql(text);
  if (parsed.ok && groupsCounts(parsed.expr, steps))
    return "Prometheus 2 sorts the value's label of count_values into its grouping, and has lost another at the next step";
  if (parsed.ok && pinsPrediction(parsed.expr, steps))
    return "Prometheus 2 moves the pinned range of predict_linear with the steps (3 no longer does)";
  if (ours.kind === "given" && theirs.kind === "given") {
    if (parsed.ok && countsChanges(parsed.expr) && ours.elements.size === theirs.elements.size)
      return "changes and resets of a subquery count what rounding left (an average is a sum divided here, as in Prometheus 3)";
    const [left, right] = [ours, theirs].map(({ elements }) => [...elements.values()].flat().toSorted(inOrder));
    if (/topk|bottomk/.test(text) && near(left ?? [], right))
      return "equal values in topk or bottomk, of which either may be taken";
    if (calendar.test(text) && sameDates(ours, theirs)) return "a date of what is no moment, which Go leaves to the machine";
    if (same(ours, theirs, 1e-9)) return "what rounding left of larger numbers that cancel";
    if (text.includes("count_values") && same(roundedLabels(ours), roundedLabels(theirs)))
      return "count_values makes labels of all digits of a number";
  }
  return scaled().some((one) => !same(ours, one))
    ? "rounding decides: it does here too when all samples grow by a millionth of a millionth"
    : unexplained;
}

function same(left: Side, right: Side, least = 0): boolean {
  if (left.kind === "failed" || right.kind === "failed") return left.kind === right.kind;
  return (
    left.elements.size === right.elements.size &&
    [...left.elements].every(([key, value]) => near(value, right.elements.get(key), least))
  );
}

type Given = Extract<Side, { kind: "given" }>;
const calendar = /\b(?:year|month|days_in_month|day_of_(?:month|week|year)|hour|minute)\(/;

/** Whether they are the same but for dates that are none here. */
function sameDates(ours: Given, theirs: Given): boolean {
  const dates = (side: Given): Side => {
    const given = [...side.elements].filter(([key]) => !ours.elements.get(key)?.some(Number.isNaN));
    return { kind: "given", elements: new Map(given) };
  };
  return ours.elements.size === theirs.elements.size && same(dates(ours), dates(theirs));
}

function inOrder(one: number, other: number): number {
  if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(other)) - Number(Number.isNaN(one));
  return one - other;
}

function roundedLabels(side: Given): Side {
  const rounded = new Map<string, readonly number[]>();
  for (const [key, value] of side.elements) {
    const short = key.replaceAll(/"(-?\d+\.\d+)"/g, (_, number: string) => JSON.stringify(Number(number).toPrecision(9)));
    rounded.set(short, [...(rounded.get(short) ?? []), ...value]);
  }
  return { kind: "given", elements: rounded };
}

function countsChanges(expr: Expr): boolean {
  const counts = expr.kind === "call" && (expr.name === "changes" || expr.name === "resets");
  return (counts && expr.args[0]?.kind === "subquery") || partsOf(expr).some(countsChanges);
}

/** From three labels on: there its list has room for one more, so that what is added to a copy is added to the list. */
function groupsCounts(expr: Expr, steps: boolean): boolean {
  const groups = expr.kind === "aggregate" && expr.op === "count_values" && expr.grouping?.without === false;
  if (steps && groups && (expr.grouping?.labels.length ?? 0) >= 3) return true;
  return partsOf(expr).some((part) => groupsCounts(part, steps || expr.kind === "subquery"));
}

function pinsPrediction(expr: Expr, steps: boolean): boolean {
  if (steps && expr.kind === "call" && expr.name === "predict_linear")
    for (const arg of expr.args) if ((arg.kind === "range" ? arg.of : arg.kind === "subquery" ? arg : undefined)?.at) return true;
  return partsOf(expr).some((part) => pinsPrediction(part, steps || expr.kind === "subquery"));
}

function near(left: readonly number[], right: readonly number[] | undefined, least = 0): boolean {
  return (
    left.length === right?.length &&
    left.every((one, index) => {
      const other = right[index] ?? 0;
      return (
        Object.is(one, other) ||
        one === other ||
        Math.abs(one - other) <= Math.max(least, 1e-6 * Math.max(Math.abs(one), Math.abs(other)))
      );
    })
  );
}

function errorKind(message: string): string {
  const kinds = [
    "many-to-many matching not allowed",
    "many-to-one matching must be explicit",
    "grouping labels must ensure unique matches",
    "vector cannot contain metrics with the same labelset",
    "overflows int64",
    "must not occur in ON and GROUP clause",
  ];
  return kinds.find((kind) => message.includes(kind)) ?? message;
}

/** Marks of ended series stay what they are. */
function scaled({ labels, times, values }: RandomSeries, factor: number): RandomSeries {
  const grown = values.slice();
  for (const [index, value] of values.entries()) if (!Number.isNaN(value)) grown[index] = value * factor;
  return { labels, times, values: grown };
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function numberOf(text: string): number {
  return text === "+Inf" ? Infinity : text === "-Inf" ? -Infinity : Number(text);
}

function shown(side: Side): string {
  return side.kind === "failed"
    ? `failed: ${side.message}`
    : JSON.stringify([...side.elements].map(([key, value]) => [key, value.map(String)]));
}
