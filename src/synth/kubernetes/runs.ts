import type { Environment } from "../../spec/environment.ts";

export function runsOnKubernetes(environment: Environment): boolean {
  return environment.cloud !== "local" && ["gke", "eks", "aks"].includes(environment.runs ?? "");
}
