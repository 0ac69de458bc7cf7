import type { Environment } from "../../spec/environment.ts";
import { noted } from "../text/yaml.ts";
import type { Fields } from "./manifest.ts";
import { secretStore } from "./secrets.ts";
import { type Workload, workloadsOf } from "./workload.ts";

/** A cluster in the other region that stands ready. A cold one is made when it is needed. */
export function hasStandby({ standby }: Environment): boolean {
  return standby !== undefined && standby.mode !== "cold";
}

/** What the environment's second region has otherwise than its first. */
export function standbyPatches(environment: Environment): readonly Fields[] {
  const { standby } = environment;
  if (standby === undefined) return [];
  return workloadsOf(environment).flatMap((workload) => [
    ...storeOf(environment, workload, standby.region),
    ...(workload.service.kind === "cron" ? [suspended(workload)] : []),
    ...(workload.service.kind === "worker" ? [asleep(workload)] : []),
  ]);
}

/** The copies of the secrets in its own region. */
function storeOf(environment: Environment, workload: Workload, region: string): readonly Fields[] {
  if (environment.cloud !== "aws") return [];
  return secretStore(environment, workload).map(({ apiVersion, kind, metadata }) => ({
    apiVersion,
    kind,
    metadata: { name: metadata.name },
    spec: { provider: { aws: { region } } },
  }));
}

function suspended({ name }: Workload): Fields {
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name },
    spec: { suspend: noted("One region works at a time: the cut-over lets this one begin.", true) },
  };
}

function asleep({ name }: Workload): Fields {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: { replicas: noted("One region works at a time: the cut-over lets this one begin.", 0) },
  };
}

/** The registry there, which has copies under the same names: that of the first region may be lost with it. */
export function imagesThere(environment: Environment): readonly Fields[] {
  if (environment.cloud !== "aws") return [];
  const { standby, region } = environment;
  if (standby === undefined || region === undefined) return [];
  const names = new Set(
    workloadsOf(environment).flatMap(({ service }) =>
      service.build === undefined || service.image === undefined ? [] : [service.image.replace(/:[^/:]*$/, "")],
    ),
  );
  return [...names].flatMap((name) => {
    const newName = name.replace(`.dkr.ecr.${region}.`, `.dkr.ecr.${standby.region}.`);
    return newName === name ? [] : [{ name, newName }];
  });
}
