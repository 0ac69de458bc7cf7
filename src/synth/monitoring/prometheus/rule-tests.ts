import type { AlertCase } from "../../../signals/cases/alert-case.ts";
import { generatedCases } from "../../../signals/cases/generated.ts";
import type { AlertRule } from "../../../signals/rules/ruleset.ts";
import type { File } from "../../file.ts";
import { type YamlValue, noted, yaml } from "../../text/yaml.ts";
import type { Watch } from "../watch.ts";
import { span } from "../words.ts";

const usualRoundSeconds = 30;

/**
 * Tests of the rules for `promtool test rules`: samples of what each condition means, made without a look at the expression. A file for
 * each pace at which rules are looked at, as promtool has one a file.
 */
export function ruleTestFiles({ rules, environment }: Pick<Watch, "rules" | "environment">, folder: string): readonly File[] {
  const tests = rules.alerts.flatMap((rule) => {
    const generated = generatedCases(rule, environment);
    return generated.is === "generated" ? generated.cases.map((one) => ({ rule, one })) : [];
  });
  const rounds = [...new Set(tests.map(({ one }) => roundOf(one)))].toSorted((a, b) => a - b);
  return rounds.map((seconds) => ({
    path: `${testsFolder(folder)}/every-${span(seconds * 1_000)}.yml`,
    text: yaml(
      noted("Rules are known to these tests by their names in rules.yml, and alerts by what they do.", {
        rule_files: ["../rules.yml"],
        evaluation_interval: span(seconds * 1_000),
        tests: tests.filter(({ one }) => roundOf(one) === seconds).map(({ rule, one }) => testOf(rule, one)),
      }),
    ),
  }));
}

function testsFolder(folder: string): string {
  return `${folder}/tests`;
}

function roundOf({ roundSeconds = usualRoundSeconds }: AlertCase): number {
  return roundSeconds;
}

function testOf({ id }: AlertRule, { alert, says, intervalSeconds, series, expect }: AlertCase): YamlValue {
  return {
    name: `${alert}: ${says}`,
    interval: span(intervalSeconds * 1_000),
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: expect.flatMap(({ at, is }) =>
      (["pending", "firing"] as const).map((state) => ({
        // However many series ring, the alert is in a state or it is not.
        expr: `clamp_max(count(ALERTS{alertname="${id}",alertstate="${state}"}), 1)`,
        eval_time: at,
        exp_samples: is === state ? [{ labels: "{}", value: 1 }] : [],
      })),
    ),
  };
}
