import { durationMs, shareOf } from "../../lib/quantities.ts";
import type { Environment } from "../../spec/environment.ts";
import { type YamlValue, noted } from "../text/yaml.ts";
import { catchUpSeconds } from "./catch-up.ts";
import { cluster } from "./cluster.ts";
import { type Fields, type Manifest, manifest } from "./manifest.ts";
import { podTemplate } from "./pod.ts";
import { type Workload, isServing, podPort, selector, servicePort } from "./workload.ts";

/** What a service is in the cluster, as long as nothing in it is one cloud's or one environment's. */
export function workloadObjects(environment: Environment, workload: Workload): readonly Manifest[] {
  const { name, service } = workload;
  return [
    manifest("v1", "ServiceAccount", name, { automountServiceAccountToken: false }),
    service.kind === "cron" ? cronJob(environment, workload) : deployment(environment, workload),
    ...(isServing(service) ? [serviceObject(workload)] : []),
    ...scaling(environment, workload),
  ];
}

function deployment(environment: Environment, workload: Workload): Manifest {
  const { name, service } = workload;
  const { min = 1 } = service.scale ?? {};
  return manifest(
    "apps/v1",
    "Deployment",
    name,
    {
      spec: {
        // Where an autoscaler counts the pods, a number here would undo its work with each apply.
        ...(isScaled(workload) ? {} : { replicas: min }),
        revisionHistoryLimit: 5,
        strategy: strategy(environment),
        selector: { matchLabels: selector(workload) },
        template: podTemplate(environment, workload),
      },
    },
    labelsOf(workload),
  );
}

/** By these labels the sidecar finds the pods that it belongs in. */
function labelsOf({ service, tls }: Workload): Fields {
  return { labels: { "app.kubernetes.io/component": service.kind, ...(tls === "beside" ? { "tls-sidecar": "true" } : {}) } };
}

function strategy({ release, limits }: Environment): Fields {
  if (release?.strategy === "recreate") return { type: "Recreate" };
  const { surge, unavailable } = release?.strategy === "rolling" ? release : { surge: undefined, unavailable: undefined };
  if (surge !== undefined || unavailable !== undefined)
    return { type: "RollingUpdate", rollingUpdate: { maxSurge: surge ?? 1, maxUnavailable: unavailable ?? 0 } };
  if (limits?.pods === undefined) return { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } };
  return {
    type: "RollingUpdate",
    rollingUpdate: noted(
      "One more where the quota has room for it. At the quota a pod makes room first, and a quarter of less than four pods is none:\nthe only pod is never taken away before its successor is ready.",
      { maxSurge: 1, maxUnavailable: "25%" },
    ),
  };
}

function cronJob(environment: Environment, workload: Workload): Manifest {
  const { name, service } = workload;
  const limitSeconds = Math.ceil(durationMs(service.limit ?? "1h") / 1_000);
  return manifest("batch/v1", "CronJob", name, {
    spec: {
      schedule: service.schedule ?? "",
      timeZone: "Etc/UTC",
      concurrencyPolicy: service.overlap === "allow" ? "Allow" : "Forbid",
      startingDeadlineSeconds: startingDeadline(service, limitSeconds),
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        spec: {
          activeDeadlineSeconds: limitSeconds,
          backoffLimit: 2,
          template: podTemplate(environment, workload, { restartPolicy: "Never" }),
        },
      },
    },
  });
}

/** How late a run may begin. What was due last within it is made up for, once. */
function startingDeadline({ missed, overlap, schedule = "" }: Workload["service"], limitSeconds: number): YamlValue {
  const waitsSeconds = overlap === "wait" ? limitSeconds : 0;
  if (missed === "catch up")
    return noted("A run that nobody was there to start is made up for.", Math.max(catchUpSeconds(schedule), waitsSeconds));
  return overlap === "wait" ? noted("A run that its predecessor kept waiting is made up for.", waitsSeconds) : 200;
}

function serviceObject(workload: Workload): Manifest {
  const { name, number } = podPort(workload);
  return manifest("v1", "Service", workload.name, {
    spec: {
      selector: selector(workload),
      ports: [{ name, port: servicePort(workload), targetPort: number, appProtocol: name }],
    },
  });
}

function isScaled({ service: { scale } }: Workload): boolean {
  return (scale?.max ?? 1) > (scale?.min ?? 1) || scale?.idle !== undefined;
}

function scaling(environment: Environment, workload: Workload): readonly Manifest[] {
  const { name, service } = workload;
  if (service.kind === "cron") return [];
  const { min = 1, max = 1, on, idle } = service.scale ?? {};
  // No more than the environment may have in all.
  const most = Math.min(max, environment.limits?.pods ?? max);
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name };
  const spared =
    min > 1
      ? [
          manifest("policy/v1", "PodDisruptionBudget", name, {
            spec: { maxUnavailable: 1, selector: { matchLabels: selector(workload) } },
          }),
        ]
      : [];
  if (!isScaled(workload)) return spared;
  if (idle !== undefined && isServing(service)) return [...scaleToZero(environment, workload, most), ...spared];
  const cpu = on?.cpu ?? (on?.memory === undefined ? "70%" : undefined);
  const metrics = Object.entries({ cpu, memory: on?.memory }).flatMap(([resource, share]) =>
    share === undefined
      ? []
      : [
          {
            type: "Resource",
            resource: { name: resource, target: { type: "Utilization", averageUtilization: Math.round(shareOf(share) * 100) } },
          },
        ],
  );
  const spec = {
    scaleTargetRef,
    minReplicas: Math.max(1, min),
    maxReplicas: withConnections(environment, workload, most),
    metrics,
  };
  return [manifest("autoscaling/v2", "HorizontalPodAutoscaler", name, { spec }), ...spared];
}

/** A horizontal autoscaler counts to one at the least: KEDA counts on, by the requests that its HTTP add-on holds. */
function scaleToZero(environment: Environment, workload: Workload, most: number): readonly Manifest[] {
  const { key, name, service } = workload;
  const { idle, on } = service.scale ?? {};
  const hosts = environment.hosts.filter((one) => one.service === key).map(({ host }) => host);
  const route = manifest("http.keda.sh/v1beta1", "InterceptorRoute", name, {
    spec: {
      target: { service: name, port: servicePort(workload) },
      rules: noted(
        `Requests for these hosts that come by keda-add-ons-http-interceptor-proxy in ${cluster.keda.namespace} wake a service that sleeps: the first is held\nuntil a pod is ready. Whoever calls the service itself wakes nobody.`,
        [{ hosts: [...new Set([...hosts, name])] }],
      ),
      scalingMetric: { concurrency: { targetValue: 100 } },
    },
  });
  const scaled = manifest("keda.sh/v1alpha1", "ScaledObject", name, {
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicaCount: noted("One pod while it is used, none while it is idle.", 0),
      maxReplicaCount: withConnections(environment, workload, most),
      cooldownPeriod: Math.ceil(durationMs(idle?.after ?? "30m") / 1_000),
      triggers: [
        {
          type: "external-push",
          metadata: {
            scalerAddress: `keda-add-ons-http-external-scaler.${cluster.keda.namespace}:9090`,
            interceptorRoute: name,
          },
        },
        { type: "cpu", metricType: "Utilization", metadata: { value: String(Math.round(shareOf(on?.cpu ?? "70%") * 100)) } },
      ],
    },
  });
  return [route, scaled];
}

function withConnections({ limits }: Environment, { service }: Workload, most: number): YamlValue {
  const pool = service.pool?.max;
  if (pool === undefined || limits?.connections === undefined) return most;
  return noted(
    `With a pool of ${pool} each they open ${most * pool} of the ${limits.connections} connections that the environment may have.`,
    most,
  );
}
