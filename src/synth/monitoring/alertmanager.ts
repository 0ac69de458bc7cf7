import type { AlertRule, Severity } from "../../signals/rules/ruleset.ts";
import { type YamlValue, noted, yaml } from "../text/yaml.ts";
import { type Channel, waysOf } from "./channels.ts";
import { paces, severities, together } from "./pace.ts";
import { literalText } from "./words.ts";

type Map = Readonly<Record<string, YamlValue>>;
type About = { readonly product: string; readonly mailFrom: string };

/** Where Alertmanager finds what is secret: a file each. */
export const secretsFolder = "/etc/alertmanager/secrets";

/** Nobody is told of what no channel is named for. */
const nobody = "nobody";

/** The configuration of Alertmanager: by severity how often, by the label `notify` who. */
export function alertmanagerFile(about: About, alerts: readonly AlertRule[], channels: readonly Channel[]): string {
  const ways = waysOf(channels, alerts);
  const mail = channels.some(({ kind }) => kind === "email");
  const file = (secret: string) => `${secretsFolder}/${secret}`;
  return yaml({
    ...(mail ? { global: mailer(about) } : {}),
    route: {
      receiver: nobody,
      group_by: together,
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "4h",
      routes: severities.flatMap((severity) => routeOf(severity, ways, alerts, channels)),
    },
    inhibit_rules: inhibitions(),
    receivers: [{ name: nobody }, ...[...ways].map(([name, its]) => receiver(name, its, file))],
  });
}

function routeOf(
  severity: Severity,
  ways: ReadonlyMap<string, readonly Channel[]>,
  alerts: readonly AlertRule[],
  channels: readonly Channel[],
): readonly Map[] {
  const used = waysOf(
    channels,
    alerts.filter((one) => one.severity === severity),
  );
  if (used.size === 0) return [];
  const { wait, more, again } = paces[severity];
  return [
    {
      matchers: [`severity="${severity}"`],
      receiver: nobody,
      group_wait: wait,
      group_interval: more,
      repeat_interval: again,
      // Every way, not only those of today's alerts: another severity is a change of a rule alone.
      routes: [...ways.keys()].map((way) => ({ matchers: [`notify="${way}"`], receiver: way })),
    },
  ];
}

/**
 * While a critical alert of a thing is told, the milder ones are not; a high one is worth a call of its own. What is about no thing
 * silences nothing, and neither does what nobody hears.
 */
function inhibitions(): readonly Map[] {
  return [
    {
      source_matchers: ['severity="critical"', 'of=~".+"', 'notify=~".+"'],
      target_matchers: ['severity=~"warning|medium|info"'],
      equal: ["product", "environment", "of"],
    },
  ];
}

function receiver(name: string, channels: readonly Channel[], file: (secret: string) => string): Map {
  const of = (kind: Channel["kind"], write: (channel: Channel) => YamlValue) => {
    const found = channels.filter((one) => one.kind === kind).map(write);
    return found.length === 0 ? {} : { [`${kind}_configs`]: found };
  };
  return {
    name,
    ...of("pagerduty", ({ secret }) => ({
      send_resolved: true,
      routing_key_file: file(secret ?? name),
      severity: pagerdutySeverity,
      description: "{{ .CommonAnnotations.summary }}",
      client: "Alertmanager",
      details: {
        runbook: "{{ .CommonAnnotations.runbook_url }}",
        firing: '{{ template "pagerduty.default.instances" .Alerts.Firing }}',
      },
    })),
    ...of("slack", ({ address, secret }) => ({
      send_resolved: true,
      api_url_file: file(secret ?? name),
      channel: literalText(address),
      title: "[{{ .Status | toUpper }}] {{ .CommonAnnotations.title }} ({{ .CommonLabels.environment }})",
      title_link: "{{ .CommonAnnotations.runbook_url }}",
      text: "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ end }}",
    })),
    ...of("email", ({ address }) => ({ send_resolved: true, to: literalText(address) })),
    ...of("webhook", ({ address }) => noted(unsigned, { send_resolved: true, url: address, max_alerts: 100 })),
  };
}

/** A platform's own notices are signed by Standard Webhooks; Alertmanager's are not, and their body is another. */
const unsigned = [
  "Alertmanager signs nothing: whoever listens here cannot tell a call of it from another's. Have it show a token, from a file:",
  `  http_config: { authorization: { type: Bearer, credentials_file: ${secretsFolder}/<name> } }`,
  "or let a relay stand between that signs, and listen to the relay alone.",
].join("\n");

/** PagerDuty knows critical, error, warning and info. */
const pagerdutySeverity =
  '{{ if eq .CommonLabels.severity "critical" }}critical{{ else if eq .CommonLabels.severity "high" }}error{{ else if eq .CommonLabels.severity "info" }}info{{ else }}warning{{ end }}';

/** Mail leaves through a relay beside Alertmanager: who may send for the product is no concern of the rules. */
function mailer({ mailFrom }: About): Map {
  return { smtp_smarthost: "mail-relay:25", smtp_from: mailFrom, smtp_require_tls: false };
}
