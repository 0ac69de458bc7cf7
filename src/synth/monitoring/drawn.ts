import { durationMs, parseDurationMs, parseShare } from "../../lib/quantities.ts";
import type { Asked, Expression, Unit } from "../../signals/measures/expression.ts";
import type { ConditionData, SignalData } from "../../signals/measures/spec-data.ts";

import type { Environment } from "../../spec/environment.ts";
import { nameOf, spaced } from "../docs/words.ts";

// Dashboards before they are written for what draws them.

export type Query = {
  readonly signal: SignalData;
  readonly asked: Expression;
  /** What tells it from the others of its panel, with `{{label}}` where it has a series for each value. */
  readonly legend: string;
};
export type Threshold = {
  readonly alert: string;
  readonly value: number;
  readonly wrong: "above" | "below";
  readonly runbook?: string;
};
export type Missing = { readonly what: string; readonly why: string };
export type Panel = {
  readonly title: string;
  readonly as: "line" | "bar" | "number" | "table";
  readonly unit: Unit;
  readonly queries: readonly Query[];
  readonly thresholds: readonly Threshold[];
  /** What is asked for and can not be drawn here. */
  readonly missing: readonly Missing[];
};
export type Drawn = { readonly name: string; readonly owner?: string; readonly panels: readonly Panel[] };

/** How a signal is asked for where it is drawn. */
export type Express = (signal: SignalData) => Asked;

export function drawn(environment: Environment, express: Express): readonly Drawn[] {
  return Object.entries(environment.dashboards).map(([name, { charts, owner }]) => ({
    name,
    ...(owner === undefined ? {} : { owner: nameOf(owner) ?? "" }),
    panels: charts.map(({ title, as = "line", shows }): Panel => {
      const found = shows.map((signal) => ({ signal, asked: express(signal) }));
      const queries = found.flatMap(({ signal, asked }) =>
        asked.is === "expression" ? [{ signal, asked, legend: legendOf(signal, shows) }] : [],
      );
      return {
        title,
        as,
        unit: queries[0]?.asked.unit ?? "count",
        queries,
        thresholds: thresholdsOf(environment, shows),
        missing: found.flatMap(({ asked }) => (asked.is === "refused" ? [{ what: asked.says, why: asked.reason }] : [])),
      };
    }),
  }));
}

/** An expression in the unit that it is said to have. */
export function scaled({ expr, scale }: Expression): string {
  return scale === 1 ? expr : `(${expr}) * ${scale}`;
}

/** The words that not all signals of a panel share; of a single one, what it is about. */
function legendOf(signal: SignalData, all: readonly SignalData[]): string {
  const words = (one: SignalData) => [
    one.metric ?? spaced(one.measure),
    nameOf(one.of) ?? "",
    one.quantile === undefined ? "" : `p${Math.round(one.quantile * 1_000) / 10}`,
    ...Object.entries(one.where ?? {}).map(([label, value]) => `${label}=${value}`),
  ];
  const mine = words(signal);
  const telling = mine.filter((word, index) => word !== "" && all.some((other) => words(other)[index] !== word));
  const said = telling.length > 0 ? telling : mine.filter((word) => word !== "");
  const by = (signal.by ?? []).map((label) => `{{${label}}}`);
  return [...(by.length > 0 && telling.length === 0 ? [] : said), ...by].join(" ");
}

/** The alerts on what a panel shows: their thresholds are drawn in it. */
function thresholdsOf(environment: Environment, shows: readonly SignalData[]): readonly Threshold[] {
  const found = Object.entries(environment.alerts).flatMap(([alert, { when, runbook }]): Threshold[] => {
    const name = nameOf(runbook);
    const wrong = wrongWhen[when.is];
    if (wrong === undefined || !shows.some((one) => keyOf(one) === keyOf(when.signal))) return [];
    return [{ alert, value: thresholdOf(when), wrong, ...(name === undefined ? {} : { runbook: name }) }];
  });
  return found.toSorted((a, b) => a.value - b.value);
}

const wrongWhen: Readonly<Partial<Record<ConditionData["is"], "above" | "below">>> = {
  above: "above",
  atLeast: "above",
  below: "below",
  atMost: "below",
};

/** In the unit that its expression is in: 5% is 0.05, 2s is 2. */
function thresholdOf({ value }: ConditionData): number {
  if (typeof value === "number") return value;
  return parseShare(value) ?? (parseDurationMs(value) === undefined ? Number(value) : durationMs(value) / 1_000);
}

/** Windows may differ: a threshold on the last five minutes is seen in the last hour too. */
function keyOf({ measure, of, metric, expression, quantile, where, by }: SignalData): string {
  return JSON.stringify([measure, of?.ref, metric, expression, quantile, Object.entries(where ?? {}).toSorted(), by]);
}

/** The longest window of a dashboard's signals: it shows at least that. */
export function longestWindowMs({ panels }: Drawn): number {
  return Math.max(0, ...panels.flatMap(({ queries }) => queries.map(({ signal }) => durationMs(signal.over ?? "5m"))));
}
