import { beforeAll, describe, expect, test } from "vitest";
import { durationMs, shareOf } from "../../src/lib/quantities.ts";
import { runCase } from "../../src/signals/cases/run-case.ts";
import type { ConditionData } from "../../src/signals/measures/spec-data.ts";
import { rulesOf } from "../../src/signals/rules/rules-of.ts";
import type { AlertRule, Ruleset } from "../../src/signals/rules/ruleset.ts";
import { checkProduct } from "../../src/spec/check.ts";
import type { Environment } from "../../src/spec/environment.ts";
import { loadExample } from "../support/spec.ts";
import { type DocumentAlert, alertsOfTheDocuments } from "./alerts-of-the-documents.ts";

// The table notices when a spec says something else than its document: with a threshold, a window, a wait, a floor, a target or a
// budget that is twice or half of what it was, at least one case does something else.

const environments = new Map<string, Environment>();

beforeAll(async () => {
  for (const example of new Set(alertsOfTheDocuments.map((one) => one.example)))
    for (const environment of checkProduct(await loadExample(example)).environments) {
      const key = `${example} ${environment.environment}`;
      if (!environments.has(key)) environments.set(key, environment);
    }
});

const environmentOf = ({ example, environment }: DocumentAlert): Environment => {
  const found = environments.get(`${example} ${environment}`);
  if (!found) throw new Error(`there is no ${example} ${environment}`);
  return found;
};

type Change = { readonly what: string; readonly environment: Environment };

const changed = <T>(value: T, change: (copy: T) => void): T => {
  const copy = structuredClone(value);
  change(copy);
  return copy;
};

type Writable<T> = { -readonly [Key in keyof T]: Writable<T[Key]> };

const times = (span: string, factor: number) => `${(durationMs(span) * factor) / 1_000}s`;

function thresholdTimes(value: ConditionData["value"], factor: number): ConditionData["value"] {
  if (typeof value === "number") return value * factor;
  return value.endsWith("%") ? `${shareOf(value) * 100 * factor}%` : times(value, factor);
}

/** Everything in the spec that the alert follows from, changed by a factor; and what it is that nobody could change so. */
function changesOf(wanted: DocumentAlert, factor: number): readonly Change[] {
  const environment = environmentOf(wanted);
  const rule = rulesOf(environment).alerts.find(({ name }) => name === wanted.alert);
  const [collection, name] = rule?.path ?? [];
  const changes: Change[] = [];
  const change = (what: string, by: (copy: Writable<Environment>) => void) =>
    changes.push({ what, environment: changed(environment, (copy) => by(copy as unknown as Writable<Environment>)) });
  const written = collection === "alerts" && typeof name === "string" && name === wanted.alert;
  if (written) {
    const when = (copy: Pick<Writable<Environment>, "alerts">) => {
      const found = copy.alerts[name];
      if (!found) throw new Error(name);
      return found.when;
    };
    const { value, signal, for: wait, minimumRequests } = when(environment);
    // Nothing times nothing is nothing.
    if (value !== 0 && value !== "0%") change("threshold", (copy) => void (when(copy).value = thresholdTimes(value, factor)));
    const { over } = signal;
    if (over !== undefined) change("window", (copy) => void (when(copy).signal.over = times(over, factor)));
    if (wait !== undefined) change("wait", (copy) => void (when(copy).for = times(wait, factor)));
    if (minimumRequests !== undefined) change("floor", (copy) => void (when(copy).minimumRequests = minimumRequests * factor));
  } else if (collection === "uptime" && typeof name === "string")
    change("interval", (copy) => {
      const check = copy.uptime[name];
      if (check) check.every = times(check.every ?? "60s", factor);
    });
  else if (collection === "budget")
    change("budget", ({ budget }) => void (budget && (budget.monthly = (budget.monthly ?? 0) * factor)));
  else if (collection === "limits")
    change("cap", ({ limits }) => void (limits?.spend && (limits.spend.daily = (limits.spend.daily ?? 0) * factor)));
  if (wanted.alert.includes(" burns ") || rule?.when?.signal.measure === "burnRate")
    change("what may fail", (copy) => {
      for (const slo of Object.values(copy.slos)) slo.target = `${100 - (1 - shareOf(slo.target)) * 100 * factor}%`;
    });
  return changes;
}

const fails = (rules: Ruleset, { alert, cases }: DocumentAlert): boolean =>
  cases.some((one) => runCase(rules, { ...one, alert }).length > 0);

describe.each(alertsOfTheDocuments.filter(({ alert }) => !alert.endsWith(": not measured")))(
  "$example $environment: $alert",
  (wanted) => {
    test.each([2, 0.5])("%d times as much of anything is noticed", (factor) => {
      const unnoticed = changesOf(wanted, factor).filter(({ environment }) => !fails(rulesOf(environment), wanted));
      expect(unnoticed.map(({ what }) => what)).toEqual([]);
    });

    test("another wait is noticed, in the rule itself", () => {
      const rules = rulesOf(environmentOf(wanted));
      const waits = (forMs: (rule: AlertRule) => number): Ruleset => ({
        ...rules,
        alerts: rules.alerts.map((rule) => ({ ...rule, forMs: forMs(rule) })),
      });
      expect(
        fails(
          waits(({ forMs }) => (forMs === 0 ? 3 * 86_400_000 : forMs * 2)),
          wanted,
        ),
      ).toBe(true);
    });
  },
);

test("there is something to change in all of them but those of which nothing is written as a number", () => {
  const without = alertsOfTheDocuments.filter((wanted) => changesOf(wanted, 2).length === 0).map(({ alert }) => alert);
  expect(new Set(without)).toEqual(new Set(["Backup failure", "Backup failure: not measured", "Backup failed: not measured"]));
});
