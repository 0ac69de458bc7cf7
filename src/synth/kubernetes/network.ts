import type { Environment } from "../../spec/environment.ts";
import { callsOf, resourcesOf } from "../variables.ts";
import { noted } from "../text/yaml.ts";
import { type Fields, type Manifest, manifest } from "./manifest.ts";
import { cluster } from "./cluster.ts";
import { type Workload, callersOf, isServing, podPort, selector, workloadOf } from "./workload.ts";

const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map((cidr) => ({ ipBlock: { cidr } }));

/** Everywhere but where nodes answer pods about themselves. */
const anywhere = { ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } };

/** Nothing may pass but what the policies beside it name. */
export function denyByDefault(): readonly Manifest[] {
  return [
    policy("default-deny", {}, { policyTypes: ["Ingress", "Egress"] }),
    policy(
      "names",
      {},
      {
        policyTypes: ["Egress"],
        // Which pods answer differs from cloud to cloud, and where a node answers itself no selector matches it.
        egress: [
          noted("Whoever resolves names here: pods, or a cache on the node.", {
            ports: ["UDP", "TCP"].map((protocol) => ({ protocol, port: 53 })),
          }),
        ],
      },
    ),
  ];
}

/** Who may call a service, and which services and stores it may reach itself. */
export function networkPolicy(environment: Environment, workload: Workload): readonly Manifest[] {
  const ingress = isServing(workload.service) ? callers(environment, workload) : [];
  const egress = [...calls(environment, workload), ...stores(environment, workload)];
  const policyTypes = [...(ingress.length > 0 ? ["Ingress"] : []), ...(egress.length > 0 ? ["Egress"] : [])];
  if (policyTypes.length === 0) return [];
  return [
    policy(workload.name, selector(workload), {
      policyTypes,
      ...(ingress.length > 0 ? { ingress } : {}),
      ...(egress.length > 0 ? { egress } : {}),
    }),
  ];
}

/** Whether Google's own collection asks it for metrics. */
export function isCollected({ cloud, tools }: Environment, { service }: Workload): boolean {
  return cloud === "gcp" && tools?.metrics?.includes("cloud") === true && service.metrics !== undefined && isServing(service);
}

function callers(environment: Environment, workload: Workload): Fields[] {
  const ports = [{ protocol: "TCP", port: podPort(workload).number }];
  const pods = callersOf(environment, workload).map((caller) => ({ podSelector: { matchLabels: selector(caller) } }));
  const spaces = [
    ...(environment.hosts.some(({ service }) => service === workload.key) ? [cluster.ingress.namespace] : []),
    ...(workload.service.scale?.idle !== undefined ? [cluster.keda.namespace] : []),
    ...(workload.service.metrics !== undefined && environment.tools?.metrics?.includes("prometheus")
      ? [cluster.monitoring.namespace]
      : []),
    ...(isCollected(environment, workload) ? [cluster.collectors.namespace] : []),
  ];
  const from = [...pods, ...spaces.map(inNamespace)];
  return from.length === 0 ? [] : [{ from, ports }];
}

function calls(environment: Environment, workload: Workload): Fields[] {
  return callsOf(workload.service).flatMap((key) => {
    const other = workloadOf(environment, key);
    if (other === undefined || !isServing(other.service)) return [];
    return [
      {
        to: [{ podSelector: { matchLabels: selector(other) } }],
        ports: [{ protocol: "TCP", port: podPort(other).number }],
      },
    ];
  });
}

/** A redis over TLS has a port of its own on some clouds. */
const storePorts: Readonly<Record<string, readonly number[]>> = {
  postgres: [5432],
  redis: [6378, 6379, 6380],
  search: [8108],
  workflows: [7233],
  scanner: [3310],
};

function stores(environment: Environment, { service }: Workload): Fields[] {
  return storePolicyTo(environment, resourcesOf(service));
}

/** Stores have private addresses that nobody knows beforehand, so the port is what narrows the way; those of others are anywhere. */
export function storePolicyTo(environment: Environment, names: readonly string[]): Fields[] {
  const inside = new Set<string>();
  const outside = new Set<string>();
  let minio = false;
  for (const name of names) {
    const resource = environment.resources[name];
    if (resource === undefined) continue;
    const usual = storePorts[resource.kind];
    const ports = resource.port === undefined ? usual : [resource.port];
    if (resource.kind === "partner") outside.add("443");
    else if (resource.kind === "bucket" && resource.engine === "minio") minio = true;
    else if (usual !== undefined) (resource.external === true ? outside : inside).add((ports ?? usual).join(" "));
  }
  const to = (where: Fields[], ports: string) => ({
    to: where,
    ports: ports.split(" ").map((port) => ({ protocol: "TCP", port: Number(port) })),
  });
  return [
    ...[...inside].toSorted().map((ports) => to(privateRanges, ports)),
    ...(minio ? [to([inNamespace(cluster.minio.namespace), ...privateRanges], "443 9000")] : []),
    ...[...outside].toSorted().map((ports) => to([anywhere], ports)),
  ];
}

/** The way to the cloud's own services, for those that hold rights in it. */
export function cloudPolicies(environment: Environment, needing: readonly Workload[]): readonly Manifest[] {
  if (needing.length === 0) return [];
  const metadata =
    environment.cloud === "gcp"
      ? [
          noted("The metadata server, which hands out the identity.", {
            to: ["169.254.169.252/32", "169.254.169.254/32"].map((cidr) => ({ ipBlock: { cidr } })),
            ports: [80, 988].map((port) => ({ protocol: "TCP", port })),
          }),
        ]
      : environment.cloud === "aws"
        ? [
            noted("The agent of Pod Identity, which hands out the credentials.", {
              to: [{ ipBlock: { cidr: "169.254.170.23/32" } }],
              ports: [{ protocol: "TCP", port: 80 }],
            }),
          ]
        : [];
  return [
    manifest("networking.k8s.io/v1", "NetworkPolicy", "cloud-services", {
      spec: {
        podSelector: {
          matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: needing.map(({ name }) => name) }],
        },
        policyTypes: ["Egress"],
        egress: [
          noted(
            "The cloud's services answer at addresses that change, private ones too; what a pod may do there, its identity says.",
            {
              to: [anywhere],
              ports: [{ protocol: "TCP", port: 443 }],
            },
          ),
          ...metadata,
        ],
      },
    }),
  ];
}

export function policy(name: string, matchLabels: Readonly<Record<string, string>>, rest: Fields): Manifest {
  const podSelector = Object.keys(matchLabels).length === 0 ? {} : { matchLabels };
  return manifest("networking.k8s.io/v1", "NetworkPolicy", name, { spec: { podSelector, ...rest } });
}

export function inNamespace(namespace: string): Fields {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } };
}
