import type { Environment } from "../../spec/environment.ts";
import { isNginx, proxyTemplate, reloadScript } from "../nginx.ts";
import { certificate, certificateAuthority } from "./certificates.ts";
import { logShipper, shipperConfig } from "./logs.ts";
import type { Manifest } from "./manifest.ts";
import { migrations } from "./migration.ts";
import { denyByDefault, networkPolicy } from "./network.ts";
import { externalSecret } from "./secrets.ts";
import { workloadObjects } from "./workload-objects.ts";
import { urlOf, workloadOf, workloadsOf } from "./workload.ts";

/** Objects by the file that they stand in. */
export type ObjectFiles = ReadonlyMap<string, readonly Manifest[]>;

/** What is the same on every cloud, as one environment has it. */
export function cloudFree(environment: Environment): ObjectFiles {
  const files = new Map<string, readonly Manifest[]>();
  files.set("network.yaml", denyByDefault());
  if (hasTlsInside(environment)) files.set("certificates.yaml", certificateAuthority());
  for (const workload of workloadsOf(environment))
    files.set(`services/${workload.name}.yaml`, [
      ...workloadObjects(environment, workload),
      ...networkPolicy(environment, workload),
      ...externalSecret(environment, workload),
      ...certificate(workload),
    ]);
  for (const { file, objects } of migrations(environment)) files.set(file, objects);
  if (shipsLogs(environment)) files.set("log-shipper.yaml", logShipper());
  return files;
}

/** A config map that is made of files, so that a change of them starts new pods. */
export type Generated = { readonly name: string; readonly files: Readonly<Record<string, string>>; readonly folder: string };

export function generated(environment: Environment): readonly Generated[] {
  const all = workloadsOf(environment);
  const address = (key: string) => {
    const found = workloadOf(environment, key);
    return found === undefined ? key : urlOf(found);
  };
  return [
    ...all
      .filter(({ service }) => isNginx(service))
      .map(({ name, service, tls }) => ({
        name: `${name}-nginx`,
        folder: `nginx/${name}`,
        files: {
          "default.conf.template": proxyTemplate(environment, service, { tls: tls === "own", addressOf: address }),
          ...(tls === "own" ? { "reload.sh": reloadScript } : {}),
        },
      })),
    ...(shipsLogs(environment) ? [{ name: "log-shipper", folder: "log-shipper", files: { "config.alloy": shipperConfig } }] : []),
  ];
}

function hasTlsInside(environment: Environment): boolean {
  return workloadsOf(environment).some(({ tls }) => tls !== "none");
}

export function hasSidecars(environment: Environment): boolean {
  return workloadsOf(environment).some(({ tls }) => tls === "beside");
}

function shipsLogs({ tools }: Environment): boolean {
  return tools?.logs === "loki";
}
