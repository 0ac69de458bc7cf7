import { yaml } from "../text/yaml.ts";
import { tools } from "./watch.ts";

/** Tempo as one process: a trace is kept two weeks, as long as somebody asks after it. */
export function tempoFile(): string {
  return yaml({
    server: { http_listen_port: tools.tempo.port },
    distributor: { receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } } },
    ingester: { max_block_duration: "5m" },
    compactor: { compaction: { block_retention: "336h" } },
    storage: {
      trace: { backend: "local", local: { path: "/var/tempo/blocks" }, wal: { path: "/var/tempo/wal" } },
    },
    overrides: {
      defaults: { ingestion: { rate_limit_bytes: 15_000_000, burst_size_bytes: 20_000_000, max_traces_per_user: 10_000 } },
    },
    usage_report: { reporting_enabled: false },
  });
}
