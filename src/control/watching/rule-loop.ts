import type { RuleResult } from "../../signals/alerts/advance.ts";
import { type ReadRule, expressionsOf, readRules, recordedOf, resultsOf } from "../../signals/rules/round.ts";
import type { Ruleset } from "../../signals/rules/ruleset.ts";
import type { Labels } from "../../signals/series.ts";
import type { Signals } from "./signals.ts";

/** Evaluates what is due: first what is recorded, so that alerts of the same round see it. */
export type RuleLoop = {
  readonly rules: Ruleset;
  round(atMs: number): Promise<readonly RuleResult[]>;
};

type Due<T> = { readonly read: ReadRule<T>; readonly everyMs: number; atMs: number };

export function createRuleLoop(
  rules: Ruleset,
  signals: Signals,
  record: (labels: Labels, atMs: number, value: number) => void,
): RuleLoop {
  const { recordings, alerts } = readRules(rules);
  const recorded = recordings.map((read) => ({ read, everyMs: rules.everyMs, atMs: 0 }));
  const asked = alerts.map((read) => ({ read, everyMs: read.rule.everyMs, atMs: 0 }));
  return {
    rules,
    async round(atMs) {
      const first = take(recorded, atMs);
      for (const { labels, value } of recordedOf(first, await signals.evaluate(expressionsOf(first), atMs)))
        record(labels, atMs, value);
      const then = take(asked, atMs);
      return resultsOf(then, await signals.evaluate(expressionsOf(then), atMs));
    },
  };
}

function take<T>(all: readonly Due<T>[], atMs: number): readonly ReadRule<T>[] {
  // A clock that was put back does not let a rule wait until it is where it was.
  const due = all.filter((one) => atMs >= one.atMs + one.everyMs || atMs < one.atMs);
  for (const one of due) one.atMs = atMs;
  return due.map(({ read }) => read);
}
