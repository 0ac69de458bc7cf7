import { countedByGateway } from "../telemetry/traffic-series.ts";

/** How often everything is looked at; and the gateway where time runs faster, since windows are short then. */
export const tickMs = 1_000;
export const fastTickMs = 250;

/** What is looked at less often, by how its names begin: as `watchersOf` does. */
const slower: readonly (readonly [prefix: string, everyMs: number])[] = [
  ["pg_", 5_000],
  ["redis_", 5_000],
  ["node_filesystem_", 10_000],
  ["cost_", 30_000],
];

/** How often a metric is sampled at speed. Recordings are made as often as the rules are asked, which speed divides. */
export function sampledEveryMs(metric: string): number | undefined {
  if (metric.includes(":")) return undefined;
  const family = metric.replace(/_(?:bucket|count|sum)$/, "");
  if (countedByGateway.includes(family) || family === "cold_start_duration_seconds") return fastTickMs;
  return slower.find(([prefix]) => metric.startsWith(prefix))?.[1] ?? tickMs;
}
