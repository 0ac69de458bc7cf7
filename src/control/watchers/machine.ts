import { statfs } from "node:fs/promises";
import { bytesOf } from "../../lib/quantities.ts";
import type { Environment } from "../../spec/environment.ts";
import { processRow } from "../../system/process-table.ts";
import type { EnvironmentView } from "../../wire/machine.ts";
import type { Reading } from "./watcher.ts";

/** What the replicas of services use, in the names that containers have. */
export function readReplicas(view: EnvironmentView, environment: Environment): readonly Reading[] {
  return view.services.flatMap(({ service, revisions }) =>
    revisions.flatMap(({ revision, replicas }) => {
      const { cpu, memory } = environment.services[service]?.size ?? {};
      return replicas.flatMap(({ id, pid, state, restarts }): Reading[] => {
        const labels = { service, revision, replica: id };
        const process = pid === undefined ? undefined : processRow(pid);
        const reading = (name: string, value: number | undefined): Reading[] =>
          value === undefined ? [] : [{ name, labels, value }];
        return [
          ...reading("container_restarts_total", restarts),
          ...reading("container_ready", state === "ready" ? 1 : 0),
          ...reading("container_cpu_usage_seconds_total", process && process.cpuMs / 1_000),
          ...reading("container_memory_working_set_bytes", process?.rssBytes),
          ...reading("container_spec_memory_limit_bytes", memory === undefined ? undefined : bytesOf(memory)),
          ...reading("container_spec_cpu_cores", cpu),
        ];
      });
    }),
  );
}

/** The disk that everything of an environment lies on, as seen by whatever is kept there. */
export async function readDisk(folder: string, kept: readonly string[]): Promise<readonly Reading[]> {
  const { bsize, blocks, bavail } = await statfs(folder);
  return kept.flatMap((resource) => [
    { name: "node_filesystem_size_bytes", labels: { resource }, value: blocks * bsize },
    { name: "node_filesystem_avail_bytes", labels: { resource }, value: bavail * bsize },
  ]);
}
