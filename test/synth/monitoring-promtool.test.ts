import { beforeAll, describe, expect, test } from "vitest";
import { rulesOf } from "../../src/signals/rules/rules-of.ts";
import { checkProduct } from "../../src/spec/check.ts";
import type { Environment } from "../../src/spec/environment.ts";
import { ruleFile } from "../../src/synth/monitoring/prometheus/rules.ts";
import { type DocumentAlert, alertsOfTheDocuments } from "../signals/alerts-of-the-documents.ts";
import { changedSpecs } from "../signals/changed-specs.ts";
import { promtoolTests } from "../support/monitoring/promtool-cases.ts";
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
  const tests = promtoolTests(rule.id, wanted).map((text, index) => [`test-${index}.yml`, text] as const);
  const files = new Map([["rules.yml", ruleFile({ ...rules, alerts: [rule] }, [], () => undefined)], ...tests]);
  return judged(files, "promtool", ["test", "rules", ...tests.map(([file]) => file)]);
}

describe.skipIf(!has("promtool")).each(alertsOfTheDocuments)("promtool: $row $example $environment: $alert", (wanted) => {
  test("fires when its document says so, and not before, and not otherwise", { timeout: 300_000 }, () => {
    expect(tried(wanted, environmentOf(wanted))).toMatchObject({ accepted: true });
  });

  test("would be caught with twice of anything that the spec says of it", { timeout: 300_000 }, () => {
    const uncaught = changedSpecs(wanted, environmentOf(wanted), 2).filter(({ environment }) => {
      const { accepted, said } = tried(wanted, environment);
      return accepted || !said.includes("FAILED");
    });
    expect(uncaught.map(({ what }) => what)).toEqual([]);
  });
});
