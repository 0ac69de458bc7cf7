import { durationMs } from "../../lib/quantities.ts";
import type { Environment } from "../../spec/environment.ts";
import { nameOf, spaced } from "../docs/words.ts";
import { identifier } from "../names.ts";
import { type ConditionData, type SignalData, type Unit, thresholdOf, unitOf } from "./units.ts";

// Dashboards before they are written for what draws them.

export type Query = {
  readonly signal: SignalData;
  readonly expr: string;
  /** What tells it from the others of its panel, with `{{label}}` where it has a series for each value. */
  readonly legend: string;
};
export type Threshold = {
  readonly alert: string;
  readonly value: number;
  readonly wrong: "above" | "below";
  readonly runbook?: string;
};
export type Panel = {
  readonly title: string;
  readonly as: "line" | "bar" | "number" | "table";
  readonly unit: Unit;
  readonly queries: readonly Query[];
  readonly thresholds: readonly Threshold[];
  /** What is asked for and can not be drawn, and why. */
  readonly missing: readonly string[];
};
export type Drawn = { readonly name: string; readonly owner?: string; readonly panels: readonly Panel[] };

/** How a signal is asked for; or why it can not be. */
export type Express = (signal: SignalData) => { readonly expr: string } | { readonly refused: string };

export function drawn(environment: Environment, express: Express): readonly Drawn[] {
  return Object.entries(environment.dashboards).map(([name, { charts, owner }]) => ({
    name,
    ...(owner === undefined ? {} : { owner: nameOf(owner) ?? "" }),
    panels: charts.map(({ title, as = "line", shows }) => {
      const found = shows.map((signal) => ({ signal, asked: express(signal) }));
      return {
        title,
        as,
        unit: shows[0] === undefined ? ("count" as const) : unitOf(shows[0]),
        queries: found.flatMap(({ signal, asked }) =>
          "expr" in asked ? [{ signal, expr: asked.expr, legend: legendOf(signal, shows) }] : [],
        ),
        thresholds: thresholdsOf(environment, shows),
        missing: found.flatMap(({ asked }) => ("refused" in asked ? [asked.refused] : [])),
      };
    }),
  }));
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
  const said = telling.length > 0 ? telling : mine.filter((word) => word !== "").slice(0, 3);
  const by = (signal.by ?? []).map((label) => `{{${identifier(label)}}}`);
  return [...(by.length > 0 && telling.length === 0 ? [] : said), ...by].join(" ");
}

/** The alerts on what a panel shows: their thresholds are drawn in it. */
function thresholdsOf(environment: Environment, shows: readonly SignalData[]): readonly Threshold[] {
  const found = Object.entries(environment.alerts).flatMap(([alert, { when, runbook }]): Threshold[] => {
    const name = nameOf(runbook);
    const wrong = wrongWhen[when.is];
    if (wrong === undefined || !shows.some((one) => isSame(one, when.signal))) return [];
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

/** The window may differ: a threshold on the last five minutes is seen in the last hour too. */
function isSame(one: SignalData, other: SignalData): boolean {
  return keyOf(one) === keyOf(other);
}

function keyOf({ measure, of, metric, expression, quantile, where, by }: SignalData): string {
  return JSON.stringify([measure, of?.ref, metric, expression, quantile, Object.entries(where ?? {}).toSorted(), by]);
}

/** The longest window of a dashboard's signals: it shows at least that. */
export function longestWindowMs({ panels }: Drawn): number {
  return Math.max(0, ...panels.flatMap(({ queries }) => queries.map(({ signal }) => durationMs(signal.over ?? "5m"))));
}
