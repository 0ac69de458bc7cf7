import type { Environment } from "../../spec/environment.ts";
import { ownerOf } from "../migrations.ts";
import { shortName } from "../names.ts";
import { noted } from "../text/yaml.ts";
import { type Fields, type Manifest, manifest } from "./manifest.ts";
import { policy, storePolicyTo } from "./network.ts";
import { confined, imageName, podTemplate } from "./pod.ts";
import { type Workload, longestJob, workloadsOf } from "./workload.ts";

/**
 * How a database that answers nobody outside is migrated: a job that never runs by itself, with the image, the account and the secrets of
 * the service that the migrations belong to.
 */
export function migrations(
  environment: Environment,
): readonly { readonly file: string; readonly objects: readonly Manifest[] }[] {
  return Object.entries(environment.resources).flatMap(([key, resource]) => {
    if (resource.kind !== "postgres" || resource.migrations?.apply === undefined) return [];
    const { apply, folder } = resource.migrations;
    const home = ownerOf(folder, environment.services)?.service;
    const owner = workloadsOf(environment).find(({ key: one }) => one === home);
    if (owner === undefined) return [];
    const name = migrationJob(key);
    return [{ file: `services/${name}.yaml`, objects: [job(environment, name, owner, apply), ...way(environment, name, key)] }];
  });
}

/** The job that migrates a database, and the container in it. */
export function migrationJob(database: string): string {
  return shortName(`migrate-${database}`, longestJob);
}
export const migrationContainer = "migrate";

/** What changes tables is a client that waits for the database. */
const size: Fields = { cpu: "250m", memory: "512Mi" };

function job(environment: Environment, name: string, owner: Workload, command: string): Manifest {
  const { spec } = podTemplate(environment, owner, { restartPolicy: "Never" }) as { readonly spec: Fields };
  const [container] = spec["containers"] as readonly Fields[];
  return manifest("batch/v1", "CronJob", name, {
    spec: {
      schedule: noted(
        `Never by itself: a release makes a job of it, by \`kubectl create job --from=cronjob/${name}\`.`,
        "0 0 1 1 *",
      ),
      suspend: true,
      concurrencyPolicy: "Forbid",
      jobTemplate: {
        spec: {
          activeDeadlineSeconds: 3600,
          // What failed halfway is looked at by a person before it is tried again.
          backoffLimit: 0,
          ttlSecondsAfterFinished: 86400,
          template: {
            metadata: { labels: { "app.kubernetes.io/name": name } },
            spec: {
              serviceAccountName: spec["serviceAccountName"],
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              restartPolicy: "Never",
              securityContext: spec["securityContext"],
              containers: [
                {
                  name: migrationContainer,
                  image: imageName(owner.key, owner),
                  command: ["sh", "-c", command],
                  envFrom: container?.["envFrom"],
                  resources: { requests: size, limits: size },
                  securityContext: confined,
                  volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
                },
              ],
              volumes: [{ name: "tmp", emptyDir: { sizeLimit: "256Mi" } }],
            },
          },
        },
      },
    },
  });
}

function way(environment: Environment, name: string, database: string): readonly Manifest[] {
  const egress = storePolicyTo(environment, [database]);
  return [policy(name, { "app.kubernetes.io/name": name }, { policyTypes: ["Egress"], egress })];
}
