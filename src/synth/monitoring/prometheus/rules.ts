import type { AlertRule, Ruleset } from "../../../signals/rules/ruleset.ts";
import { type YamlValue, yaml } from "../../text/yaml.ts";
import type { Channel } from "../channels.ts";
import { type Links, annotationsOf, labelsOf } from "../labels.ts";
import { span } from "../words.ts";

/** The rule file of an environment: what is recorded, and the alerts, together with those that are looked at as often. */
export function ruleFile(rules: Ruleset, channels: readonly Channel[], links: Links): string {
  const name = (what: string) => `${rules.product} ${rules.environment} ${what}`;
  const recorded =
    rules.recordings.length === 0
      ? []
      : [
          {
            name: name("recordings"),
            interval: span(rules.everyMs),
            rules: rules.recordings.map(({ record, expr, labels }) => ({ record, expr, ...optional("labels", labels) })),
          },
        ];
  const paces = [...new Set(rules.alerts.map(({ everyMs }) => everyMs))].toSorted((a, b) => a - b);
  const alerts = paces.map((everyMs) => ({
    name: name(`alerts every ${span(everyMs)}`),
    interval: span(everyMs),
    rules: rules.alerts.filter((one) => one.everyMs === everyMs).map((one) => alertRule(one, channels, links)),
  }));
  return yaml({ groups: [...recorded, ...alerts] });
}

function alertRule(rule: AlertRule, channels: readonly Channel[], links: Links): YamlValue {
  return {
    alert: rule.id,
    expr: rule.expr,
    ...(rule.forMs === 0 ? {} : { for: span(rule.forMs) }),
    ...(rule.keepFiringMs === 0 ? {} : { keep_firing_for: span(rule.keepFiringMs) }),
    labels: labelsOf(rule, channels),
    annotations: annotationsOf(rule, links),
  };
}

function optional(key: string, value: Readonly<Record<string, string>>): Readonly<Record<string, YamlValue>> {
  return Object.keys(value).length === 0 ? {} : { [key]: value };
}
