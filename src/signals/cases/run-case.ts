import { advanceAlerts } from "../alerts/advance.ts";
import { type AlertState, noAlerts } from "../alerts/alert-state.ts";
import { type EvaluationOptions, createEvaluator } from "../promql/evaluator.ts";
import { evaluateAll, expressionsOf, readRules, recordedOf, resultsOf } from "../rules/round.ts";
import type { Ruleset } from "../rules/ruleset.ts";
import type { AlertCase } from "./alert-case.ts";
import { labelsOf, momentOf, valuesOf } from "./notation.ts";
import { createSampleSource } from "./sample-source.ts";

export type CaseDifference = {
  readonly at: string;
  readonly expected: AlertCase["expect"][number]["is"];
  readonly found: AlertCase["expect"][number]["is"];
};

const usualRoundMs = 30_000;

/**
 * Gives a case's samples to the rules and looks at the alert as time goes by, as promtool does. Returns where it did something else
 * than expected. An alert that the rules do not have is quiet.
 */
export function runCase(rules: Ruleset, given: AlertCase, options: EvaluationOptions = {}): readonly CaseDifference[] {
  const own = { ...rules, alerts: rules.alerts.filter(({ name }) => name === given.alert) };
  const { recordings, alerts } = readRules(own);
  const source = createSampleSource();
  const series = Object.entries(given.series).map(([text, notation]) => ({ labels: labelsOf(text), values: valuesOf(notation) }));
  const roundMs = given.roundSeconds === undefined ? usualRoundMs : given.roundSeconds * 1_000;
  const intervalMs = given.intervalSeconds * 1_000;
  const differences: CaseDifference[] = [];
  const expected = given.expect.map((one) => ({ ...one, atMs: momentOf(one.at) }));
  const endMs = Math.max(...expected.map(({ atMs }) => atMs));
  const evaluator = createEvaluator(source, options);
  let state: AlertState = noAlerts;
  let next = 0;
  for (let nowMs = 0; nowMs <= endMs; nowMs += roundMs) {
    for (; next * intervalMs <= nowMs; next++)
      for (const { labels, values } of series) {
        const value = values[next];
        if (value !== undefined) source.append(labels, next * intervalMs, value);
      }
    for (const { labels, value } of recordedOf(recordings, evaluateAll(evaluator, expressionsOf(recordings), nowMs)))
      source.append(labels, nowMs, value);
    state = advanceAlerts(state, resultsOf(alerts, evaluateAll(evaluator, expressionsOf(alerts), nowMs)), nowMs).state;
    const failing = Object.values(state.rules).find((one) => one.failing !== undefined);
    if (failing?.failing !== undefined) throw new Error(`${given.alert} cannot be evaluated: ${failing.failing.message}`);
    for (const { at, is, atMs } of expected)
      if (atMs >= nowMs && atMs < nowMs + roundMs) {
        const found = phaseOf(state);
        if (found !== is) differences.push({ at, expected: is, found });
      }
  }
  return differences;
}

function phaseOf({ alerts }: AlertState): CaseDifference["found"] {
  const phases = new Set(Object.values(alerts).map(({ phase }) => phase));
  return phases.has("firing") ? "firing" : phases.has("pending") ? "pending" : "quiet";
}
