import { beforeAll, describe, expect, test } from "vitest";
import { runCase } from "../../src/signals/cases/run-case.ts";
import { rulesOf } from "../../src/signals/rules/rules-of.ts";
import type { AlertRule, Ruleset } from "../../src/signals/rules/ruleset.ts";
import { checkProduct } from "../../src/spec/check.ts";
import type { Environment } from "../../src/spec/environment.ts";
import { loadExample } from "../support/spec.ts";
import { type DocumentAlert, alertsOfTheDocuments } from "./alerts-of-the-documents.ts";
import { changedSpecs } from "./changed-specs.ts";

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

const fails = (rules: Ruleset, { alert, cases }: DocumentAlert): boolean =>
  cases.some((one) => runCase(rules, { ...one, alert }).length > 0);

describe.each(alertsOfTheDocuments.filter(({ alert }) => !alert.endsWith(": not measured")))(
  "$example $environment: $alert",
  (wanted) => {
    test.each([2, 0.5])("%d times as much of anything is noticed", (factor) => {
      const unnoticed = changedSpecs(wanted, environmentOf(wanted), factor).filter(
        ({ environment }) => !fails(rulesOf(environment), wanted),
      );
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
  const without = alertsOfTheDocuments
    .filter((wanted) => changedSpecs(wanted, environmentOf(wanted), 2).length === 0)
    .map(({ alert }) => alert);
  expect(new Set(without)).toEqual(new Set(["Backup failure", "Backup failure: not measured", "Backup failed: not measured"]));
});
