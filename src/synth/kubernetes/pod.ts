import { bytesOf, durationMs } from "../../lib/quantities.ts";
import type { Environment } from "../../spec/environment.ts";
import { isNginx } from "../nginx.ts";
import { noted } from "../text/yaml.ts";
import { variablesOf } from "../variables.ts";
import type { Fields } from "./manifest.ts";
import { trustedEnv, trustedMounts, trustedVolumes } from "./trusted.ts";
import { outputKey, plainText, terraformValues } from "./values.ts";
import { type Workload, isServing, nginxUserId, podPort, selector, userId } from "./workload.ts";

/** How long a pod still answers after it was told to end: until then, not everybody knows that it has gone. */
const leavingSeconds = 5;

export type PodOptions = { readonly restartPolicy?: "Never" };

/** A pod that passes the restricted profile. */
export function podTemplate(environment: Environment, workload: Workload, { restartPolicy }: PodOptions = {}): Fields {
  const { name, service, tls, port } = workload;
  const drainSeconds = Math.ceil(durationMs(service.drain ?? "30s") / 1_000);
  const scraped =
    environment.tools?.metrics?.includes("prometheus") === true && service.metrics !== undefined && isServing(service);
  const annotations = {
    ...(tls === "beside" ? { "tls-sidecar/port": String(port ?? 8080) } : {}),
    ...(scraped ? scrapeAnnotations(workload, service.metrics) : {}),
  };
  const spread = (service.scale?.max ?? 1) > 1 && restartPolicy === undefined;
  return {
    metadata: { labels: selector(workload), ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: {
      serviceAccountName: name,
      // The service has no business with the cluster's API, and needs no variables about its neighbours.
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy,
      securityContext: {
        runAsNonRoot: true,
        ...(service.build !== undefined ? { runAsUser: userId, runAsGroup: userId } : {}),
        ...(isNginx(service) ? { runAsUser: nginxUserId, runAsGroup: nginxUserId } : {}),
        seccompProfile: { type: "RuntimeDefault" },
      },
      ...(restartPolicy === undefined ? { terminationGracePeriodSeconds: drainSeconds + leavingSeconds } : {}),
      ...(spread
        ? {
            topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
              maxSkew: 1,
              topologyKey,
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: selector(workload) },
            })),
          }
        : {}),
      containers: [container(environment, workload)],
      volumes: [...volumes(workload), ...trustedVolumes(environment, service)],
    },
  };
}

function container(environment: Environment, workload: Workload): Fields {
  const { key, container: name, service, tls, port } = workload;
  const own = { name: tls === "own" ? "https" : "http", containerPort: port };
  return {
    name,
    // What is built here gets its registry and version from the overlay; what others built is named whole.
    image: service.build === undefined ? service.image : imageName(key, workload),
    ...(port === undefined ? {} : { ports: [own] }),
    envFrom: [
      { configMapRef: { name: workload.name } },
      ...(variablesOf(environment, service).some(({ from }) => from === "secret")
        ? [{ secretRef: { name: workload.name } }]
        : []),
    ],
    ...optional("env", [...env(environment, workload), ...trustedEnv(environment, service)]),
    ...probes(workload, own.name),
    ...(port === undefined ? {} : { lifecycle: { preStop: { sleep: { seconds: leavingSeconds } } } }),
    resources: resources(workload),
    securityContext: confined,
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      ...(service.stack?.framework === "nextjs" ? [{ name: "next-cache", mountPath: "/app/.next/cache" }] : []),
      ...trustedMounts(environment, service),
      ...(tls === "own" ? [{ name: "tls", mountPath: "/tls", readOnly: true }] : []),
      ...(isNginx(service)
        ? [
            { name: "conf", mountPath: "/etc/nginx/conf.d" },
            { name: "nginx", mountPath: "/etc/nginx/templates", readOnly: true },
            ...(tls === "own" ? [reloadMount("nginx")] : []),
          ]
        : []),
    ],
  };
}

/** Nothing is gained, nothing is written outside of the volumes. */
export const confined: Fields = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

export function reloadMount(volume: string): Fields {
  return { name: volume, mountPath: "/docker-entrypoint.d/90-reload.sh", subPath: "reload.sh", readOnly: true };
}

function volumes({ name, service, tls }: Workload): Fields[] {
  const nginx = isNginx(service);
  return [
    { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
    ...(service.stack?.framework === "nextjs" ? [{ name: "next-cache", emptyDir: { sizeLimit: "1Gi" } }] : []),
    ...(tls === "none" ? [] : [{ name: "tls", secret: { secretName: tlsSecret(name) } }]),
    ...(nginx
      ? [
          { name: "conf", emptyDir: {} },
          { name: "nginx", configMap: { name: `${name}-nginx`, defaultMode: executable } },
        ]
      : []),
  ];
}

export const executable = noted("0555: the entrypoint runs what is executable.", 0o555);

export function tlsSecret(name: string): string {
  return `${name}-tls`;
}

/** The image's name in the base: its last part, which the overlay completes. */
export function imageName(key: string, { service }: Workload): string {
  return service.build?.image ?? key;
}

/** Values that only Terraform knows, under the variable's own name. */
function env(environment: Environment, { service }: Workload): Fields[] {
  return variablesOf(environment, service).flatMap((one) =>
    one.from === "resource" && plainText(environment, one) === undefined
      ? [
          {
            name: one.name,
            valueFrom: { configMapKeyRef: { name: terraformValues, key: outputKey(one.resource, one.attribute) } },
          },
        ]
      : [],
  );
}

function probes({ service }: Workload, port: string): Fields {
  const { health } = service;
  if (health === undefined) return {};
  const seconds = (text: string) => Math.max(1, Math.round(durationMs(text) / 1_000));
  const periodSeconds = seconds(health.every ?? "10s");
  const timing = { periodSeconds, timeoutSeconds: seconds(health.timeout ?? "5s"), failureThreshold: health.failures ?? 3 };
  const scheme = port === "https" ? { scheme: "HTTPS" } : {};
  const get = (path: string) => ({ httpGet: { path, port, ...scheme }, ...timing });
  return {
    startupProbe: { ...get(health.path), failureThreshold: Math.ceil(seconds(health.start ?? "1m") / periodSeconds) },
    livenessProbe: get(health.path),
    readinessProbe: get(health.ready ?? health.path),
  };
}

/** Requests equal limits: the percentages of an autoscaler are of what a pod has, and no pod lives off another's. */
function resources({ service: { size } }: Workload): Fields {
  const given = { cpu: cpuText(size?.cpu ?? 1), memory: memoryText(size?.memory ?? "512Mi") };
  return { requests: given, limits: given };
}

function cpuText(cpu: number): string {
  return Number.isInteger(cpu) ? String(cpu) : `${Math.round(cpu * 1_000)}m`;
}

/** 1.5Gi is no quantity that everything in a cluster compares well: whole numbers are. */
function memoryText(memory: string): string {
  return /^\d+(Ki|Mi|Gi|Ti)$/.test(memory) ? memory : `${Math.ceil(bytesOf(memory) / 2 ** 20)}Mi`;
}

function scrapeAnnotations(workload: Workload, path: string | undefined): Readonly<Record<string, string>> {
  const { name, number } = podPort(workload);
  return {
    "prometheus.io/scrape": "true",
    "prometheus.io/scheme": name,
    "prometheus.io/port": String(number),
    ...(path === undefined ? {} : { "prometheus.io/path": path }),
  };
}

function optional(key: string, list: readonly Fields[]): Fields {
  return list.length === 0 ? {} : { [key]: list };
}
