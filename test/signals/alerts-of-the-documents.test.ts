import { beforeAll, describe, expect, test } from "vitest";
import { runCase } from "../../src/signals/cases/run-case.ts";
import { rulesOf } from "../../src/signals/rules/rules-of.ts";
import { checkProduct } from "../../src/spec/check.ts";
import type { Environment } from "../../src/spec/environment.ts";
import { loadExample } from "../support/spec.ts";
import { type DocumentAlert, alertsOfTheDocuments } from "./alerts-of-the-documents.ts";

const examples = ["ai-governance", "bytereview", "codementor", "cpa-platform", "proveniq-ledger"];
const environments = new Map<string, Environment>();

beforeAll(async () => {
  for (const example of examples)
    for (const environment of checkProduct(await loadExample(example)).environments) {
      const key = `${example} ${environment.environment}`;
      if (!environments.has(key)) environments.set(key, environment);
    }
});

function environmentOf({ example, environment }: Pick<DocumentAlert, "example" | "environment">): Environment {
  const found = environments.get(`${example} ${environment}`);
  if (!found) throw new Error(`there is no ${example} ${environment}`);
  return found;
}

describe.each(alertsOfTheDocuments)("$row $example $environment: $alert", (wanted) => {
  test("is told to those whom the document names", () => {
    const rule = rulesOf(environmentOf(wanted)).alerts.find(({ name }) => name === wanted.alert);
    expect(rule).toMatchObject({ severity: wanted.severity, to: wanted.to });
  });

  test.each(wanted.cases)("$says", (one) => {
    expect(runCase(rulesOf(environmentOf(wanted)), { ...one, alert: wanted.alert })).toEqual([]);
  });
});

test("every alert of the examples that is written in a document has its cases", () => {
  const covered = new Set(alertsOfTheDocuments.map(({ example, alert }) => `${example}: ${alert}`));
  const missing = [...environments].flatMap(([key, environment]) => {
    const example = key.split(" ")[0] ?? "";
    return rulesOf(environment).alerts.flatMap(({ name }) => (covered.has(`${example}: ${name}`) ? [] : [`${example}: ${name}`]));
  });
  expect([...new Set(missing)].toSorted()).toEqual([]);
});
