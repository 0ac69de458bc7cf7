import { shareOf } from "../../../lib/quantities.ts";
import { type YamlValue, noted, yaml } from "../../text/yaml.ts";
import { groundOf, toolsBeside, tools, type Watch } from "../watch.ts";
import { cloudWatchOf, feedsCloudWatch } from "./cloudwatch.ts";
import { droppedOf } from "./dropped.ts";
import { ecsObserver } from "./ecs.ts";

// The OpenTelemetry collector: what services send is thinned out before it costs anything, and handed on.

type Map = Readonly<Record<string, YamlValue>>;
type Exporters = { readonly traces: Map; readonly logs: Map; readonly metrics: Map };

export function needsCollector({ environment }: Watch): boolean {
  const { tools: said, traces, logs } = environment;
  const ground = groundOf(environment);
  if (ground === undefined) return false;
  return (
    traces !== undefined ||
    said?.traces !== undefined ||
    (logs?.drop ?? []).length > 0 ||
    ground === "ecs" ||
    feedsCloudWatch(environment)
  );
}

export function collectorFile(watch: Watch): string {
  const exporters = exportersOf(watch);
  const dropped = droppedOf(watch);
  const sampled = sampler(watch);
  const observer = ecsObserver(watch);
  const filter = dropped === undefined ? {} : { "filter/dropped": dropped };
  const steps = (...own: readonly string[]) => ["memory_limiter", ...Object.keys(filter), ...own, "resource", "batch"];
  const cloudWatch = cloudWatchOf(watch);
  const service = cloudWatch !== undefined || Object.keys(exporters.metrics).length > 0 ? ofService : {};
  const pipelines = Object.fromEntries(
    (["traces", "logs", "metrics"] as const).flatMap((kind) => {
      const to = Object.keys(exporters[kind]);
      if (to.length === 0) return [];
      const own = kind === "traces" ? Object.keys(sampled) : [];
      const processors = kind === "metrics" ? ["memory_limiter", ...Object.keys(service), "resource", "batch"] : steps(...own);
      return [[kind, { receivers: ["otlp"], processors, exporters: to }] as const];
    }),
  );
  return yaml({
    receivers: {
      otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" }, http: { endpoint: `0.0.0.0:${tools.collector.port}` } } },
      ...cloudWatch?.receivers,
    },
    processors: {
      memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 20 },
      ...filter,
      ...sampled,
      ...service,
      resource: {
        attributes: [{ key: "deployment.environment.name", value: watch.environment.environment, action: "upsert" }],
      },
      ...(Object.keys(pipelines).length === 0
        ? {}
        : { batch: { timeout: "5s", send_batch_size: 1_024, send_batch_max_size: 2_048 } }),
      ...cloudWatch?.processors,
    },
    exporters: { ...exporters.traces, ...exporters.logs, ...exporters.metrics, ...cloudWatch?.exporters },
    extensions: { health_check: { endpoint: "0.0.0.0:13133" }, ...observer, ...cloudWatch?.extensions },
    service: {
      extensions: ["health_check", ...Object.keys(observer), ...Object.keys(cloudWatch?.extensions ?? {})],
      pipelines: {
        ...pipelines,
        ...(cloudWatch === undefined
          ? {}
          : {
              "metrics/cloudwatch": {
                receivers: ["otlp", ...Object.keys(cloudWatch.receivers)],
                processors: ["memory_limiter", ...Object.keys(service), "resource", ...Object.keys(cloudWatch.processors)],
                exporters: Object.keys(cloudWatch.exporters),
              },
            }),
      },
    },
  });
}

/** Whose a measurement is stands on its resource; expressions ask for it as a label, as whoever scrapes gives it. */
const ofService: Map = {
  "transform/service": {
    error_mode: "ignore",
    metric_statements: [
      {
        context: "datapoint",
        statements: ['set(attributes["service"], resource.attributes["service.name"]) where attributes["service"] == nil'],
      },
    ],
  },
};

/**
 * A trace is kept or not as a whole, by its id: every collector decides alike, and so does whoever sampled it before. Without a share
 * in the spec all are kept.
 */
function sampler({ environment: { traces } }: Watch): Map {
  if (traces === undefined) return {};
  const share = Math.round(shareOf(traces.sample) * 10_000) / 100;
  if (share === 100) return {};
  const settings = { sampling_percentage: share, hash_seed: 22, fail_closed: true };
  const baggage =
    traces.baggage === undefined
      ? ""
      : `\nSpans bear ${traces.baggage.join(", ")} of the baggage: services copy them, as no collector sees baggage.`;
  return { probabilistic_sampler: noted(`${traces.sample} of the traces are kept.${baggage}`, settings) };
}

function exportersOf(watch: Watch): Exporters {
  const { environment } = watch;
  const beside = toolsBeside(environment);
  const traces = environment.traces?.to ?? environment.tools?.traces;
  const logs = environment.logs?.to ?? environment.tools?.logs;
  const google: Map = environment.cloud === "gcp" ? { googlecloud: { project: environment.project } } : {};
  const cloud = environment.cloud === "gcp" ? google : environment.cloud === "aws" ? awsTraces(environment) : {};
  return {
    traces:
      traces === "tempo"
        ? { "otlp/tempo": { endpoint: "tempo:4317", tls: { insecure: true } } }
        : traces === "jaeger"
          ? { "otlp/jaeger": { endpoint: "jaeger:4317", tls: { insecure: true } } }
          : traces === "cloud"
            ? cloud
            : {},
    logs:
      logs === "loki" ? { "otlphttp/loki": { endpoint: `http://loki:${tools.loki.port}/otlp` } } : logs === "cloud" ? google : {},
    metrics: {
      ...(beside.prometheus
        ? { "otlphttp/prometheus": { endpoint: `http://prometheus:${tools.prometheus.port}/api/v1/otlp` } }
        : {}),
      ...(environment.cloud === "gcp" && (environment.tools?.metrics ?? ["cloud"]).includes("cloud")
        ? {
            googlemanagedprometheus: noted(
              "What services measure themselves: Cloud Monitoring's policies ask for it under its own names.",
              { project: environment.project },
            ),
          }
        : {}),
    },
  };
}

function awsTraces({ region }: { readonly region?: string | undefined }): Map {
  return { awsxray: region === undefined ? {} : { region } };
}
