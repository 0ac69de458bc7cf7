import { durationMs } from "../../lib/quantities.ts";
import { yaml } from "../text/yaml.ts";
import { tools, type Watch } from "./watch.ts";
import { span } from "./words.ts";

const dayMs = 86_400_000;

/** Loki as one process: what is older than the spec keeps is deleted, in whole days, and what is too much is refused. */
export function lokiFile({ environment }: Watch): string {
  const keepMs = environment.logs?.keep === undefined ? 30 * dayMs : durationMs(environment.logs.keep);
  return yaml({
    auth_enabled: false,
    server: { http_listen_port: tools.loki.port, grpc_listen_port: 9095 },
    common: {
      path_prefix: "/loki",
      replication_factor: 1,
      ring: { instance_addr: "127.0.0.1", kvstore: { store: "inmemory" } },
      storage: { filesystem: { chunks_directory: "/loki/chunks", rules_directory: "/loki/rules" } },
    },
    schema_config: {
      configs: [
        {
          from: "2024-04-01",
          store: "tsdb",
          object_store: "filesystem",
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
    limits_config: {
      retention_period: span(Math.max(1, Math.ceil(keepMs / dayMs)) * dayMs),
      reject_old_samples: true,
      reject_old_samples_max_age: "1w",
      ingestion_rate_mb: 8,
      ingestion_burst_size_mb: 16,
      max_label_names_per_series: 15,
      allow_structured_metadata: true,
    },
    compactor: {
      working_directory: "/loki/compactor",
      retention_enabled: true,
      delete_request_store: "filesystem",
    },
    analytics: { reporting_enabled: false },
  });
}
