import { summaryWithoutValue } from "../../signals/alerts/summary.ts";
import type { AlertRule } from "../../signals/rules/ruleset.ts";
import { type Subject, productOf } from "../subject.ts";
import { block, code, heading, list, page, table, text } from "../text/markdown.ts";
import { cluster } from "../kubernetes/cluster.ts";
import { secretStore } from "./kubernetes/access.ts";
import { feedsCloudWatch } from "./collector/cloudwatch.ts";
import { type CloudHeld, type Held, heldBy } from "./held.ts";
import { collectorPath } from "./paths.ts";
import { needsBlackbox } from "./prometheus/blackbox.ts";
import { exportedOf, needsPushes } from "./prometheus/exporters.ts";
import { pagedWatches, unwatchedIn } from "./unwatched.ts";
import { groundOf, toolsBeside, tools, type Watch } from "./watch.ts";
import { span } from "./words.ts";

/** What watches what, where it is less than the spec says, and what has to be there for it. */
export function readme(subject: Subject, watches: readonly Watch[], cloud: CloudHeld): string | undefined {
  const asked = pagedWatches(watches);
  if (asked.length === 0) return undefined;
  return page([
    heading(1, "Monitoring"),
    `What watches ${text(productOf(subject).title ?? subject.name)}, written from its spec.`,
    ...alertParts(asked, cloud),
    ...besideParts(asked),
    ...neededParts(asked),
    ...fedParts(asked),
    ...secretParts(asked),
    ...unsignedParts(asked),
  ]);
}

function alertParts(watches: readonly Watch[], cloud: CloudHeld): readonly string[] {
  const rows = watches.flatMap((watch) => watch.rules.alerts.map((rule) => ({ watch, rule, held: heldBy(watch, rule, cloud) })));
  const nothing = unwatchedIn(watches, cloud);
  if (rows.length + nothing.length === 0) return [];
  const merged = new Map<string, { readonly cells: readonly string[]; readonly environments: string[] }>();
  for (const { watch, rule, held } of rows) {
    const cells = [text(rule.name), measured(rule), rule.severity, rule.to.map(text).join(", "), where(held), exactness(held)];
    const key = JSON.stringify(cells);
    const known = merged.get(key) ?? { cells, environments: [] };
    known.environments.push(watch.environment.environment);
    merged.set(key, known);
  }
  return [
    heading(2, "Alerts"),
    ...(rows.length === 0
      ? []
      : [
          table(
            ["alert", "what", "severity", "told to", "watched by", "exactness", "in"],
            [...merged.values()].map(({ cells, environments }) => [...cells, environments.map(code).join(", ")]),
          ),
        ]),
    ...(nothing.length === 0
      ? []
      : [
          heading(3, "Watched by nothing"),
          list(nothing.map(({ environment, alert, reason }) => `${text(alert)} in ${code(environment)}: ${text(reason)}`)),
        ]),
  ];
}

function measured({ name, forMs, everyMs, summary }: AlertRule): string {
  const lasting = forMs === 0 ? "at once" : `for ${span(forMs)}`;
  const what = summaryWithoutValue(summary.replace(`${name}: `, ""));
  return `${text(what)} (${lasting}, looked at every ${span(everyMs)})`;
}

function where(held: readonly Held[]): string {
  const by = held.filter((one) => one.exactness.is !== "refused").map((one) => text(one.by));
  return by.length === 0 ? "nothing" : by.join("; ");
}

function exactness(held: readonly Held[]): string {
  const words = held.map(({ by, exactness: how }) =>
    how.is === "exact" ? "exact" : `${how.is}${held.length > 1 ? ` in ${text(by)}` : ""}: ${text(how.reason)}`,
  );
  return [...new Set(words)].join("; ");
}

function besideParts(watches: readonly Watch[]): readonly string[] {
  const beside = watches.filter(({ environment }) => toolsBeside(environment).prometheus);
  if (beside.length === 0) return [];
  const compose = beside.find(({ environment }) => groundOf(environment) === "compose");
  const file = compose?.environment.cloud === "local" ? compose.environment.compose : undefined;
  return [
    heading(2, "The tools"),
    "Each environment has a folder with what its tools read: scrape configuration and rules of Prometheus, routes of Alertmanager, data sources and alerts of Grafana, the collector, Loki and Tempo. Dashboards are the same for all unless they stand in a folder of an environment.",
    ...(compose === undefined || file === undefined
      ? []
      : [
          "On a laptop they run beside the product, and nobody is told of what they find:",
          block("sh", [`docker compose -f ${file} -f ${compose.layout.monitoring}/compose.yaml up`]),
        ]),
    ...inCluster(beside),
    "Before a change is merged:",
    block(
      "sh",
      beside.flatMap(({ environment, layout }) => {
        const folder = `${layout.monitoring}/${environment.environment}`;
        return [
          `promtool check config ${folder}/prometheus/prometheus.yml`,
          `promtool test rules ${folder}/prometheus/tests/*.yml`,
          ...(toolsBeside(environment).alertmanager ? [`amtool check-config ${folder}/alertmanager/alertmanager.yml`] : []),
        ];
      }),
    ),
  ];
}

function inCluster(watches: readonly Watch[]): readonly string[] {
  const there = watches.filter(({ environment }) => groundOf(environment) === "kubernetes");
  if (there.length === 0) return [];
  return [
    `In a cluster they stand in the namespace ${code(cluster.monitoring.namespace)}. The cluster brings a ClusterSecretStore ${code(secretStore)} of External Secrets, which reads the secrets named below:`,
    block(
      "sh",
      there.map(({ environment, layout }) => `kubectl apply -k ${layout.monitoring}/${environment.environment}`),
    ),
  ];
}

/** What Prometheus asks by name: containers of the compose file on a laptop, and whatever answers to the name elsewhere. */
function neededParts(watches: readonly Watch[]): readonly string[] {
  const elsewhere = watches.filter(
    ({ environment }) =>
      (toolsBeside(environment).prometheus || feedsCloudWatch(environment)) && groundOf(environment) !== "compose",
  );
  const rows = new Map<string, readonly string[]>();
  for (const watch of elsewhere) {
    const add = (name: string, what: string) => rows.set(name, [code(name), what]);
    if (needsBlackbox(watch))
      add(
        `blackbox:${tools.blackbox.port}`,
        "asks from outside, and looks at certificates: blackbox_exporter with `blackbox.yml`",
      );
    for (const { host, kind, resource, replica } of exportedOf(watch))
      add(`${host}:${tools[kind].port}`, `${kind}_exporter of ${replica ? "a replica of " : ""}${text(resource)}`);
    if (needsPushes(watch))
      add(`pushgateway:${tools.pushgateway.port}`, "what ends before it is asked: backups, costs, jobs at their times");
  }
  return rows.size === 0
    ? []
    : [
        heading(2, "What Prometheus asks by name"),
        "These run beside it, or their names lead to where they do:",
        table(["address", "what"], [...rows.values()]),
      ];
}

/** Alarms in PromQL are reckoned from what somebody sends. */
function fedParts(watches: readonly Watch[]): readonly string[] {
  const fed = watches.filter(({ environment }) => feedsCloudWatch(environment));
  if (fed.length === 0) return [];
  const files = fed.map((watch) => code(collectorPath(watch))).join(", ");
  return [
    heading(2, "CloudWatch in PromQL"),
    `What metric math only comes near to, or cannot say, is an alarm in PromQL, over what a collector sends to CloudWatch with ${files}. Until one runs, these alarms never ring. It needs the right to ${code("cloudwatch:PutMetricData")}, and metrics of OpenTelemetry have to be switched on in the account's CloudWatch. Services send theirs to the collector as counters that only grow (OpenTelemetry calls that cumulative).`,
    `The alarms need an aws provider of ${code("6.43")} or newer. Their form is held to that provider's schema; no alarm was made in an account to see it ring.`,
  ];
}

/** Where each secret is looked for. */
function secretParts(watches: readonly Watch[]): readonly string[] {
  const rows = watches.flatMap(({ environment, channels }) => {
    const beside = toolsBeside(environment);
    const folders = [
      ...(beside.alertmanager ? ["/etc/alertmanager/secrets"] : []),
      ...(beside.alertsInGrafana ? ["/etc/grafana/secrets"] : []),
    ];
    return channels.flatMap(({ name, secret }) =>
      secret === undefined
        ? []
        : folders.map((folder) => [text(name), code(`${folder}/${secret}`), code(environment.environment)]),
    );
  });
  return rows.length === 0
    ? []
    : [
        heading(2, "Secrets"),
        "None stands in a file of the repository. Each is a file that the tool reads, mounted from the store of the environment's secrets:",
        table(["channel", "file", "in"], rows),
      ];
}

/** What a channel promises by its keys, and these tools do not keep. */
function unsignedParts(watches: readonly Watch[]): readonly string[] {
  const rows = watches.flatMap(({ environment, channels }) => {
    const { alertmanager, alertsInGrafana } = toolsBeside(environment);
    const by = [...(alertmanager ? ["Alertmanager"] : []), ...(alertsInGrafana ? ["Grafana"] : [])];
    return channels
      .filter(({ kind }) => kind === "webhook")
      .flatMap(({ name, address }) => by.map((tool) => [text(name), code(address), tool, code(environment.environment)]));
  });
  return rows.length === 0
    ? []
    : [
        heading(2, "Calls that are not signed"),
        "Gantry signs what it sends to a webhook itself, by Standard Webhooks. Alertmanager and Grafana do not: their calls bear no such signature, and their bodies are their own. Whoever listens refuses them, or cannot tell them from anybody else's, until there is either a token that the tool shows (in Alertmanager `http_config.authorization.credentials_file`, in Grafana the contact point's `authorization_credentials`), or a relay between that signs.",
        table(["channel", "address", "called by", "in"], rows),
      ];
}
