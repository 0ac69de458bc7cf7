import { beforeAll, describe, expect, test } from "vitest";
import { rulesOf } from "../../src/signals/rules/rules-of.ts";
import { checkProduct } from "../../src/spec/check.ts";
import type { Environment } from "../../src/spec/environment.ts";
import { ruleFile } from "../../src/synth/monitoring/prometheus/rules.ts";
import { alertsOfTheDocuments } from "../signals/alerts-of-the-documents.ts";
import { promtoolTests } from "../support/monitoring/promtool-cases.ts";
import { judged } from "../support/monitoring/tools.ts";
import { has } from "../support/programs.ts";
import { exampleNames } from "../support/synth.ts";
import { loadExample } from "../support/spec.ts";

// What the documents ask, written by hand from them, against the rules that are written for Prometheus.

const environments = new Map<string, Environment>();
beforeAll(async () => {
  for (const example of exampleNames)
    for (const environment of checkProduct(await loadExample(example)).environments) {
      const key = `${example} ${environment.environment}`;
      if (!environments.has(key)) environments.set(key, environment);
    }
});

const places = [...new Set(alertsOfTheDocuments.map(({ example, environment }) => `${example} ${environment}`))];

function found(place: string): Environment {
  const environment = environments.get(place);
  if (environment === undefined) throw new Error(`there is no ${place}`);
  return environment;
}

function alertsAt(place: string, environment: Environment) {
  const { alerts } = rulesOf(environment);
  return alertsOfTheDocuments
    .filter((one) => `${one.example} ${one.environment}` === place)
    .flatMap((one) => alerts.filter(({ name }) => name === one.alert).map(({ id }) => ({ ...one, id })));
}

function tried(place: string, environment: Environment) {
  const files = new Map([
    ["rules.yml", ruleFile(rulesOf(environment), [], () => undefined)],
    ["test.yml", promtoolTests(alertsAt(place, found(place)), 30)],
  ]);
  return judged(files, "promtool", ["test", "rules", "test.yml"]);
}

describe.skipIf(!has("promtool")).each(places)("promtool: the alerts of %s", (place) => {
  test("are each in the rules", () => {
    const wanted = alertsOfTheDocuments.filter((one) => `${one.example} ${one.environment}` === place);
    expect(alertsAt(place, found(place)).map(({ alert }) => alert)).toEqual(wanted.map(({ alert }) => alert));
  });

  test("fire when their documents say so, and not before, and not otherwise", () => {
    expect(tried(place, found(place))).toMatchObject({ accepted: true });
  });

  test.each(["threshold", "window", "for"] as const)("would be caught with twice the %s", (what) => {
    const environment = found(place);
    const changed = Object.entries(environment.alerts).flatMap(([name, alert]) => {
      const when = doubled(alert.when, what);
      return when === undefined ? [] : [[name, { ...alert, when }] as const];
    });
    const named = new Set(alertsAt(place, environment).map(({ alert }) => alert));
    const ids = new Map(alertsAt(place, environment).map(({ alert, id }) => [alert, id]));
    for (const [name, alert] of changed.filter(([one]) => named.has(one))) {
      const { accepted, said } = tried(place, { ...environment, alerts: { ...environment.alerts, [name]: alert } } as Environment);
      expect([name, what, accepted]).toEqual([name, what, false]);
      expect(said).toContain(`alertname="${ids.get(name)}"`.replaceAll('"', said.includes('\\"') ? '\\"' : '"'));
    }
  });
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
