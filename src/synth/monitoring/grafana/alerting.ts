import type { AlertRule, Ruleset, Severity } from "../../../signals/rules/ruleset.ts";
import { shortName } from "../../names.ts";
import { type YamlValue, yaml } from "../../text/yaml.ts";
import { type Channel, waysOf } from "../channels.ts";
import { type Links, annotationsOf, labelsOf } from "../labels.ts";
import { paces, severities, together } from "../pace.ts";
import { literalText, span } from "../words.ts";
import { datasource } from "./dashboard.ts";
import { plainText } from "./provisioning.ts";

// Alerts that Grafana itself looks at: https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/

type Map = Readonly<Record<string, YamlValue>>;

/** Where Grafana finds what is secret: a file each. */
export const secretsFolder = "/etc/grafana/secrets";

export function alertingFile(rules: Ruleset, title: string, channels: readonly Channel[], links: Links): string {
  const paceOf = ({ everyMs }: AlertRule) => Math.max(10_000, Math.ceil(everyMs / 10_000) * 10_000);
  const every = [...new Set(rules.alerts.map(paceOf))].toSorted((a, b) => a - b);
  return yaml({
    apiVersion: 1,
    groups: every.map((everyMs) => ({
      orgId: 1,
      name: `${rules.product} every ${span(everyMs)}`,
      folder: plainText(title),
      interval: span(everyMs),
      rules: rules.alerts.filter((one) => paceOf(one) === everyMs).map((one) => ruleOf(rules, one, channels, links)),
    })),
    contactPoints: contactPoints(rules.alerts, channels),
    policies: [policy(rules.alerts, channels)],
  });
}

/** The expression is its own condition: whatever it returns is wrong, even where its value is 0. */
function ruleOf(rules: Ruleset, rule: AlertRule, channels: readonly Channel[], links: Links): Map {
  const relativeTimeRange = { from: 600, to: 0 };
  return {
    uid: shortName(`${rules.product} ${rules.environment} ${rule.id}`, 40),
    title: plainText(rule.name),
    condition: "C",
    data: [
      {
        refId: "A",
        relativeTimeRange,
        datasourceUid: datasource.uid,
        model: { refId: "A", datasource, editorMode: "code", expr: rule.expr, instant: true, range: false },
      },
      {
        refId: "C",
        relativeTimeRange,
        datasourceUid: "__expr__",
        model: {
          refId: "C",
          type: "math",
          datasource: { type: "__expr__", uid: "__expr__" },
          expression: "is_number($A) || is_inf($A)",
        },
      },
    ],
    for: span(rule.forMs),
    ...(rule.keepFiringMs === 0 ? {} : { keepFiringFor: span(rule.keepFiringMs) }),
    noDataState: "OK",
    execErrState: "Error",
    annotations: ofGrafana(annotationsOf(rule, links)),
    labels: Object.fromEntries(
      Object.entries({ ...labelsOf(rule, channels), product: rules.product, environment: rules.environment }).map(
        ([name, value]) => [name, plainText(value)],
      ),
    ),
    isPaused: false,
  };
}

/** What Prometheus calls `$value` is the value of a query here. Annotations are taken as they are: a dollar in them is one. */
function ofGrafana(texts: Readonly<Record<string, string>>): Map {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      text.replace(/\{\{(?:[^{}"]|"[^"]*")*\}\}/g, (template) => template.replace(/\$value\b/g, () => "$values.A.Value")),
    ]),
  );
}

function contactPoints(alerts: readonly AlertRule[], channels: readonly Channel[]): readonly Map[] {
  return [...waysOf(channels, alerts)].map(([name, its]) => ({
    orgId: 1,
    name,
    receivers: its.map((channel) => ({
      uid: shortName(`${name} ${channel.slug}`, 40),
      type: channel.kind,
      disableResolveMessage: false,
      settings: settingsOf(channel),
    })),
  }));
}

function settingsOf({ kind, address, secret, slug }: Channel): Map {
  const file = `$__file{${secretsFolder}/${secret ?? slug}}`;
  const literal = plainText(literalText(address));
  switch (kind) {
    case "pagerduty":
      return { integrationKey: file, severity: plainText(pagerdutySeverity), summary: "{{ .CommonAnnotations.summary }}" };
    case "slack":
      return {
        url: file,
        recipient: literal,
        title: "[{{ .Status | toUpper }}] {{ .CommonAnnotations.title }} ({{ .CommonLabels.environment }})",
        text: "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ end }}",
      };
    case "email":
      return { addresses: literal, singleEmail: true };
    case "webhook":
      return { url: plainText(address), httpMethod: "POST", maxAlerts: "100" };
  }
}

/** PagerDuty knows critical, error, warning and info. */
const pagerdutySeverity =
  '{{ if eq .CommonLabels.severity "critical" }}critical{{ else if eq .CommonLabels.severity "high" }}error{{ else if eq .CommonLabels.severity "info" }}info{{ else }}warning{{ end }}';

/** Grafana has one tree of policies: what none of it fits goes to its own default. */
function policy(alerts: readonly AlertRule[], channels: readonly Channel[]): Map {
  const ways = [...waysOf(channels, alerts).keys()];
  const used = new Set(alerts.map(({ severity }) => severity));
  return {
    orgId: 1,
    receiver: ways[0] ?? "grafana-default-email",
    group_by: together,
    group_wait: "30s",
    group_interval: "5m",
    repeat_interval: "4h",
    routes: severities
      .filter((one) => used.has(one))
      .flatMap((severity) =>
        ways.map((way) => ({
          receiver: way,
          object_matchers: [
            ["severity", "=", severity],
            ["notify", "=", way],
          ],
          ...times(severity),
        })),
      ),
  };
}

function times(severity: Severity): Map {
  const { wait, more, again } = paces[severity];
  return { group_wait: wait, group_interval: more, repeat_interval: again };
}
