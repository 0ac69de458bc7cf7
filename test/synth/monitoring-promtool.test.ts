import { beforeAll, describe, expect, test } from "vitest";
import { rulesOf } from "../../src/signals/rules/rules-of.ts";
import { checkProduct } from "../../src/spec/check.ts";
import type { Environment } from "../../src/spec/environment.ts";
import { ruleFile } from "../../src/synth/monitoring/prometheus/rules.ts";
import { type DocumentAlert, alertsOfTheDocuments } from "../signals/alerts-of-the-documents.ts";
import { longestMs, promtoolTests } from "../support/monitoring/promtool-cases.ts";
import { judged } from "../support/monitoring/tools.ts";
import { has } from "../support/programs.ts";
import { loadExample } from "../support/spec.ts";
import { exampleNames } from "../support/synth.ts";

// What the documents ask, written by hand from them, against the rules that are written for Prometheus.

const environments = new Map<string, Environment>();
beforeAll(async () => {
  for (const example of exampleNames)
    for (const environment of checkProduct(await loadExample(example)).environments) {
      const key = `${example} ${environment.environment}`;
      if (!environments.has(key)) environments.set(key, environment);
    }
});

function environmentOf({ example, environment }: DocumentAlert): Environment {
  const found = environments.get(`${example} ${environment}`);
  if (found === undefined) throw new Error(`there is no ${example} ${environment}`);
  return found;
}

/** What promtool says of the alert's cases, with the rule as it is written and what is recorded for it. */
function tried(wanted: DocumentAlert, environment: Environment) {
  const rules = rulesOf(environment);
  const rule = rules.alerts.find(({ name }) => name === wanted.alert);
  if (rule === undefined) throw new Error(`${wanted.alert} is no rule`);
  const files = new Map([
    ["rules.yml", ruleFile({ ...rules, alerts: [rule] }, [], () => undefined)],
    ["test.yml", promtoolTests(rule.id, wanted)],
  ]);
  return judged(files, "promtool", ["test", "rules", "test.yml"]);
}

const hourMs = 3_600_000;

describe.skipIf(!has("promtool")).each(alertsOfTheDocuments)("promtool: $row $example $environment: $alert", (wanted) => {
  test("fires when its document says so, and not before, and not otherwise", { timeout: 300_000 }, () => {
    expect(tried(wanted, environmentOf(wanted))).toMatchObject({ accepted: true });
  });

  // Days of cases are tried on the engine here alone.
  test.skipIf(longestMs(wanted) > 6 * hourMs).each(["threshold", "window", "for"] as const)(
    "would be caught with twice the %s",
    (what) => {
      const environment = environmentOf(wanted);
      const alert = environment.alerts[wanted.alert];
      const when = alert === undefined ? undefined : doubled(alert.when, what);
      // What the spec does not say can not be said twice.
      if (alert === undefined || when === undefined) return;
      const changed = { ...environment, alerts: { ...environment.alerts, [wanted.alert]: { ...alert, when } } } as Environment;
      expect(tried(wanted, changed)).toMatchObject({ accepted: false, said: expect.stringContaining("FAILED") as string });
    },
  );
});

type When = Environment["alerts"][string]["when"];

/** The condition with twice of something; undefined where it has none of it, or where twice as much is the same. */
function doubled(when: When, what: "threshold" | "window" | "for"): When | undefined {
  const twice = (text: string) => text.replace(/^[\d.]+/, (number) => String(Number(number) * 2));
  switch (what) {
    case "threshold": {
      const value = typeof when.value === "number" ? when.value * 2 : twice(when.value);
      return value === when.value || value === "0%" ? undefined : { ...when, value };
    }
    case "window":
      return when.signal.over === undefined ? undefined : { ...when, signal: { ...when.signal, over: twice(when.signal.over) } };
    case "for":
      return when.for === undefined ? undefined : { ...when, for: twice(when.for) };
  }
}
