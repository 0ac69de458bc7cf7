import { z } from "zod";

// What is written of the OpenTelemetry collector, Loki and Tempo, as their documents have it, strictly.
// https://opentelemetry.io/docs/collector/configuration/ https://grafana.com/docs/loki/latest/configure/
// https://grafana.com/docs/tempo/latest/configuration/

const endpoint = z.strictObject({ endpoint: z.string().regex(/^[a-z0-9.-]+:\d+$/) });
const otlp = z.strictObject({
  endpoint: z.string().regex(/^[a-z0-9.-]+:\d+$/),
  tls: z.strictObject({ insecure: z.boolean() }),
});
const http = z.strictObject({ endpoint: z.url({ protocol: /^http$/ }) });

/** Conditions of OTTL, as far as they are written here. */
const condition = z
  .string()
  .regex(
    /^resource\.attributes\["service\.name"\] == "(?:[^"\\]|\\.)*" and \((?:IsMatch\()?(span|log)\.attributes\["[a-z.]+"\](?: == "(?:[^"\\]|\\.)*"|, "(?:[^"\\]|\\.)*"\)) or .+\)$/,
  );

const processors = z.strictObject({
  memory_limiter: z.strictObject({
    check_interval: z.string(),
    limit_percentage: z.int().min(1).max(100),
    spike_limit_percentage: z.int().min(1).max(100),
  }),
  "filter/dropped": z
    .strictObject({
      error_mode: z.enum(["ignore", "silent", "propagate"]),
      traces: z.strictObject({ span: z.array(condition).min(1) }),
      logs: z.strictObject({ log_record: z.array(condition).min(1) }),
    })
    .optional(),
  probabilistic_sampler: z
    .strictObject({ sampling_percentage: z.number().min(0).max(100), hash_seed: z.int(), fail_closed: z.boolean() })
    .optional(),
  resource: z.strictObject({
    attributes: z.array(
      z.strictObject({ key: z.string(), value: z.string(), action: z.enum(["insert", "update", "upsert", "delete"]) }),
    ),
  }),
  batch: z.strictObject({ timeout: z.string(), send_batch_size: z.int(), send_batch_max_size: z.int() }),
  "transform/service": z
    .strictObject({
      error_mode: z.literal("ignore"),
      metric_statements: z.array(
        z.strictObject({ context: z.literal("datapoint"), statements: z.array(z.string().regex(/^set\(.+\)( where .+)?$/)) }),
      ),
    })
    .optional(),
  "batch/cloudwatch": z
    .strictObject({ timeout: z.string(), send_batch_size: z.int(), send_batch_max_size: z.int().max(1_000) })
    .optional(),
});

/** A scrape as Prometheus has it, which promtool looks at elsewhere; a dollar that stands alone would begin a variable. */
const scrape = z.looseObject({ job_name: z.string().min(1) }).refine((one) => !/(^|[^$])\$([^$]|$)/.test(JSON.stringify(one)), {
  error: "a dollar begins a variable",
});

export const collector = z
  .strictObject({
    receivers: z.strictObject({
      otlp: z.strictObject({ protocols: z.strictObject({ grpc: endpoint, http: endpoint }) }),
      "prometheus/cloudwatch": z
        .strictObject({
          config: z.strictObject({
            global: z.strictObject({ scrape_interval: z.string(), scrape_timeout: z.string() }),
            scrape_configs: z.array(scrape).min(1),
          }),
        })
        .optional(),
    }),
    processors,
    exporters: z.strictObject({
      googlemanagedprometheus: z.strictObject({ project: z.string().min(1) }).optional(),
      googlecloud: z.strictObject({ project: z.string().min(1) }).optional(),
      awsxray: z.strictObject({ region: z.string().optional() }).optional(),
      "otlp/tempo": otlp.optional(),
      "otlp/jaeger": otlp.optional(),
      "otlphttp/loki": http.optional(),
      "otlphttp/prometheus": http.optional(),
      "otlphttp/cloudwatch": z
        .strictObject({
          metrics_endpoint: z.string().regex(/^https:\/\/monitoring\.[a-z0-9-]+\.amazonaws\.com\/v1\/metrics$/),
          auth: z.strictObject({ authenticator: z.literal("sigv4auth") }),
        })
        .optional(),
    }),
    extensions: z.strictObject({
      health_check: endpoint,
      sigv4auth: z.strictObject({ service: z.literal("monitoring"), region: z.string().min(1) }).optional(),
      ecs_observer: z
        .strictObject({
          refresh_interval: z.string(),
          cluster_name: z.string().min(1),
          cluster_region: z.string().optional(),
          result_file: z.string().endsWith(".yaml"),
          job_label_name: z.string(),
          services: z.array(
            z.strictObject({
              name_pattern: z.string(),
              metrics_ports: z.array(z.int()),
              metrics_path: z.string(),
              job_name: z.string(),
            }),
          ),
        })
        .optional(),
    }),
    service: z.strictObject({
      extensions: z.array(z.string()),
      pipelines: z.partialRecord(
        z.enum(["traces", "logs", "metrics", "metrics/cloudwatch"]),
        z.strictObject({
          receivers: z.array(z.string()).min(1),
          processors: z.array(z.string()),
          exporters: z.array(z.string()).min(1),
        }),
      ),
    }),
  })
  // The collector does not start when a pipeline or its service names what is not there, or when nothing uses what is.
  .check(({ value, issues }) => {
    const problem = (message: string) => issues.push({ code: "custom", message, input: value });
    const used = { receivers: new Set<string>(), processors: new Set<string>(), exporters: new Set<string>() };
    for (const [name, pipeline] of Object.entries(value.service.pipelines))
      for (const kind of ["receivers", "processors", "exporters"] as const)
        for (const one of pipeline?.[kind] ?? []) {
          if (!Object.hasOwn(value[kind], one)) problem(`the pipeline ${name} names ${one}, which is not there`);
          used[kind].add(one);
        }
    for (const kind of ["receivers", "processors", "exporters"] as const)
      for (const one of Object.keys(value[kind])) if (!used[kind].has(one)) problem(`nothing uses ${one}`);
    const extensions = Object.keys(value.extensions);
    if (extensions.toSorted().join() !== value.service.extensions.toSorted().join()) problem("extensions differ");
    for (const pipeline of Object.values(value.service.pipelines))
      if (pipeline?.processors[0] !== "memory_limiter" || !/^batch(\/|$)/.test(pipeline.processors.at(-1) ?? ""))
        problem("memory is limited first, and what is left is sent together");
  });

const span = z.string().regex(/^\d+(ms|s|m|h|d|w)$/);

export const loki = z.strictObject({
  auth_enabled: z.literal(false),
  server: z.strictObject({ http_listen_port: z.int(), grpc_listen_port: z.int() }),
  common: z.strictObject({
    path_prefix: z.string(),
    replication_factor: z.literal(1),
    ring: z.strictObject({ instance_addr: z.string(), kvstore: z.strictObject({ store: z.literal("inmemory") }) }),
    storage: z.strictObject({ filesystem: z.strictObject({ chunks_directory: z.string(), rules_directory: z.string() }) }),
  }),
  schema_config: z.strictObject({
    configs: z.tuple([
      z.strictObject({
        from: z.iso.date(),
        store: z.literal("tsdb"),
        object_store: z.literal("filesystem"),
        schema: z.literal("v13"),
        index: z.strictObject({ prefix: z.string(), period: z.literal("24h") }),
      }),
    ]),
  }),
  limits_config: z.strictObject({
    // Whole days: https://grafana.com/docs/loki/latest/operations/storage/retention/
    retention_period: span.refine((text) => /^\d+[dw]$/.test(text)),
    reject_old_samples: z.boolean(),
    reject_old_samples_max_age: span,
    ingestion_rate_mb: z.number(),
    ingestion_burst_size_mb: z.number(),
    max_label_names_per_series: z.int(),
    allow_structured_metadata: z.boolean(),
  }),
  // Retention without the store of requests to delete does not start.
  compactor: z.strictObject({
    working_directory: z.string(),
    retention_enabled: z.literal(true),
    delete_request_store: z.literal("filesystem"),
  }),
  analytics: z.strictObject({ reporting_enabled: z.literal(false) }),
});

export const tempo = z.strictObject({
  server: z.strictObject({ http_listen_port: z.int() }),
  distributor: z.strictObject({
    receivers: z.strictObject({ otlp: z.strictObject({ protocols: z.strictObject({ grpc: endpoint }) }) }),
  }),
  ingester: z.strictObject({ max_block_duration: span }),
  compactor: z.strictObject({ compaction: z.strictObject({ block_retention: span }) }),
  storage: z.strictObject({
    trace: z.strictObject({
      backend: z.literal("local"),
      local: z.strictObject({ path: z.string() }),
      wal: z.strictObject({ path: z.string() }),
    }),
  }),
  overrides: z.strictObject({
    defaults: z.strictObject({
      ingestion: z.strictObject({
        rate_limit_bytes: z.int(),
        burst_size_bytes: z.int(),
        max_traces_per_user: z.int(),
      }),
    }),
  }),
  usage_report: z.strictObject({ reporting_enabled: z.literal(false) }),
});
