import { durationMs, parseShare } from "../../../lib/quantities.ts";
import { refName } from "../../../spec/derive.ts";
import type { Environment } from "../../../spec/environment.ts";
import type { File } from "../../file.ts";
import { slug } from "../../names.ts";
import { type Shell, sh, shell } from "../sh.ts";
import type { GcpEnvironment, Plan } from "./plan.ts";
import { deploymentOf } from "./settings.ts";

// What the monitoring script gives to Cloud Monitoring: policies and dashboards as files beside it, uptime checks as calls.

type Condition = Environment["alerts"][string]["when"];
type Signal = Condition["signal"];

export function monitoringFiles(plan: Plan): readonly File[] {
  const { first, layout } = plan;
  const file = (folder: string, name: string, content: object): File => ({
    path: `${layout.monitoring}/${folder}/${slug(name)}.json`,
    text: `${JSON.stringify(content, null, 2)}\n`,
  });
  return [
    ...Object.entries(first.alerts).flatMap(([name, alert]) => {
      const query = conditionQuery(first, alert.when);
      return query === undefined ? [] : [file("alerts", name, policy(name, alert, query))];
    }),
    ...Object.entries(first.dashboards).map(([name, { charts }]) => file("dashboards", name, dashboard(first, name, charts))),
  ];
}

function policy(name: string, alert: Environment["alerts"][string], query: string): object {
  return {
    displayName: name,
    combiner: "OR",
    severity: { critical: "CRITICAL", high: "ERROR", warning: "WARNING", medium: "WARNING", info: "WARNING" }[alert.severity],
    ...(alert.means === undefined ? {} : { documentation: { content: alert.means, mimeType: "text/markdown" } }),
    conditions: [
      {
        displayName: name,
        conditionPrometheusQueryLanguage: {
          query,
          duration: seconds(alert.when.for ?? "0s"),
          evaluationInterval: seconds(alert.every ?? "30s"),
        },
      },
    ],
  };
}

function dashboard(environment: GcpEnvironment, name: string, charts: Environment["dashboards"][string]["charts"]): object {
  const tiles = charts.flatMap(({ title, shows }) => {
    const queries = shows.flatMap((signal) => promql(environment, signal) ?? []);
    if (queries.length === 0) return [];
    const dataSets = queries.map((prometheusQuery) => ({ timeSeriesQuery: { prometheusQuery }, plotType: "LINE" }));
    return [{ title, xyChart: { dataSets } }];
  });
  return {
    displayName: name,
    mosaicLayout: {
      columns: 48,
      tiles: tiles.map((widget, index) => ({
        xPos: (index % 2) * 24,
        yPos: Math.floor(index / 2) * 16,
        width: 24,
        height: 16,
        widget,
      })),
    },
  };
}

/** With too few requests a share says nothing: then the alert is quiet. */
function conditionQuery(environment: GcpEnvironment, { signal, is, value, minimumRequests }: Condition): string | undefined {
  const query = promql(environment, signal);
  const sign = { above: ">", atLeast: ">=", below: "<", atMost: "<=", timesNormal: undefined }[is];
  if (query === undefined || sign === undefined) return undefined;
  const limit = typeof value === "number" ? value : (parseShare(value) ?? durationMs(value) / 1_000);
  const compared = `${query} ${sign} ${limit}`;
  const service = serviceOf(environment, signal);
  if (minimumRequests === undefined || service === undefined) return compared;
  return `${compared} and sum(increase(${requests(service)}[${signal.over ?? "5m"}])) >= ${minimumRequests}`;
}

/** A signal in the words of Cloud Monitoring's PromQL; undefined for what it does not measure itself. */
function promql(environment: GcpEnvironment, signal: Signal): string | undefined {
  const over = signal.over ?? "5m";
  const service = serviceOf(environment, signal);
  if (service !== undefined)
    switch (signal.measure) {
      case "requests":
        return `sum(rate(${requests(service)}[${over}]))`;
      case "errorRate":
        return `sum(rate(${requests(service, ', response_code_class="5xx"')}[${over}])) / sum(rate(${requests(service)}[${over}]))`;
      case "latency":
        return (
          `histogram_quantile(${signal.quantile ?? 0.95}, sum by (le) (rate(` +
          `run_googleapis_com:request_latencies_bucket{monitored_resource="cloud_run_revision", service_name="${service}"}[${over}])))`
        );
      default:
        return undefined;
    }
  const resource = environment.resources[refName(signal.of, "resources") ?? ""];
  if (resource?.kind === "postgres") {
    const backends = `sum(cloudsql_googleapis_com:database_postgresql_num_backends{database_id=~".+:${resource.instance}"})`;
    if (signal.measure === "connections") return backends;
    if (signal.measure === "connectionsUsed") return `${backends} / ${resource.maxConnections ?? 100}`;
  }
  if (resource?.kind === "redis" && signal.measure === "memory")
    return `redis_googleapis_com:stats_memory_usage_ratio{instance_id=~".+/${resource.instance}"}`;
  return undefined;
}

function requests(service: string, more = ""): string {
  return `run_googleapis_com:request_count{monitored_resource="cloud_run_revision", service_name="${service}"${more}}`;
}

function serviceOf({ services }: GcpEnvironment, { of }: Signal): string | undefined {
  const name = refName(of, "services");
  return name === undefined ? undefined : deploymentOf(services, name);
}

function seconds(duration: string): string {
  return `${(durationMs(duration) || 0) / 1_000}s`;
}

/** A check of what answers from outside: at the own domain where an environment has one. */
export function uptimeChecks(plan: Plan): readonly Shell[] {
  const { first, environments } = plan;
  return Object.entries(first.uptime).flatMap(([name, check]) => {
    const service = refName(check.of, "services");
    if (service === undefined) return [];
    const path = "path" in check.of && typeof check.of.path === "string" ? check.of.path : first.services[service]?.health?.path;
    const plain = `${deploymentOf(first.services, service)}-$number.$REGION.run.app`;
    const own = environments.some(({ hosts }) => hosts[0]?.service === service);
    return [
      sh`
host=${shell(own ? `"\${HOST:-${plain}}"` : `"${plain}"`)}
ensure ${`check ${name}`} monitoring uptime list-configs --filter="$(is displayName ${name})" -- \
  monitoring uptime create ${name} --resource-type=uptime-url --resource-labels="host=$host,project_id=$PROJECT_ID" \
  --protocol=https --port=443 --path=${path ?? "/"} --period=${minutes(check.every ?? "5m")} \
  --timeout=${durationMs(check.timeout ?? "10s") / 1_000}
`,
    ];
  });
}

export function uptimeNames({ first }: Plan): readonly string[] {
  return Object.keys(first.uptime);
}

/** Google checks every 1, 5, 10 or 15 minutes. */
function minutes(every: string): number {
  const wanted = durationMs(every) / 60_000;
  return [15, 10, 5].find((one) => one <= wanted) ?? 1;
}
