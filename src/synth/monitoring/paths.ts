import type { Watch } from "./watch.ts";

/** What is one environment's alone. */
export function folderOf({ layout, environment }: Pick<Watch, "layout" | "environment">): string {
  return `${layout.monitoring}/${environment.environment}`;
}

export function alertmanagerPath(watch: Watch): string {
  return `${folderOf(watch)}/alertmanager/alertmanager.yml`;
}

export function collectorPath(watch: Watch): string {
  return `${folderOf(watch)}/collector.yaml`;
}

export function lokiPath(watch: Watch): string {
  return `${folderOf(watch)}/loki.yaml`;
}

export function tempoPath(watch: Watch): string {
  return `${folderOf(watch)}/tempo.yaml`;
}
