import type { Environment } from "../../spec/environment.ts";
import { shortName } from "../names.ts";
import { noted } from "../text/yaml.ts";
import { cluster } from "./cluster.ts";
import { type Fields, type Manifest, manifest } from "./manifest.ts";
import { inNamespace } from "./network.ts";
import { tlsSecret } from "./pod.ts";
import { type Workload, isServing, podPort } from "./workload.ts";

const issuer = "letsencrypt";

/** How the world gets in: by the hosts of the environment, over TLS. */
export function ingress(environment: Environment, namespace: string, workloads: readonly Workload[]): readonly Manifest[] {
  const entries = workloads.flatMap((workload) => {
    const hosts = environment.hosts.filter(({ service }) => service === workload.key);
    return hosts.length > 0 && isServing(workload.service) ? [{ workload, hosts }] : [];
  });
  if (entries.length === 0) return [];
  return [...acme(), ...entries.flatMap(({ workload, hosts }) => [...wakers(workload), ingressOf(workload, hosts, namespace)])];
}

/** One for each service behind it: what is verified of a back end belongs to that back end. */
function ingressOf(workload: Workload, hosts: Environment["hosts"], namespace: string): Manifest {
  const { name } = workload;
  const names = [...new Set(hosts.map(({ host }) => host))];
  const backend = { service: { name: isWoken(workload) ? wakerName(name) : name, port: { name: podPort(workload).name } } };
  return manifest(
    "networking.k8s.io/v1",
    "Ingress",
    name,
    {
      spec: {
        ingressClassName: cluster.ingress.className,
        tls: [{ hosts: names, secretName: `${name}-public-tls` }],
        rules: names.map((host) => ({
          host,
          http: {
            paths: hosts
              .filter((one) => one.host === host)
              .map(({ path }) => ({ path: prefix(path), pathType: "Prefix", backend })),
          },
        })),
      },
    },
    { annotations: { "cert-manager.io/issuer": issuer, ...(workload.tls === "none" ? {} : reEncrypted(name, namespace)) } },
  );
}

/** Its requests come by what holds them while it wakes. */
function isWoken({ service, tls }: Workload): boolean {
  return service.scale?.idle !== undefined && tls === "none";
}

function wakerName(name: string): string {
  return shortName(`${name}-interceptor`, 63);
}

/** An ingress knows services of its own namespace alone. */
function wakers(workload: Workload): readonly Manifest[] {
  if (!isWoken(workload)) return [];
  const externalName = `keda-add-ons-http-interceptor-proxy.${cluster.keda.namespace}.svc.cluster.local`;
  return [
    manifest("v1", "Service", wakerName(workload.name), {
      spec: { type: "ExternalName", externalName, ports: [{ name: podPort(workload).name, port: 8080 }] },
    }),
  ];
}

function prefix(path: string): string {
  return path.replace(/\/?\*.*$/, "") || "/";
}

/** The way on to the pod is encrypted too, and the controller checks who answers. */
function reEncrypted(name: string, namespace: string): Readonly<Record<string, string>> {
  const own = "nginx.ingress.kubernetes.io";
  return {
    [`${own}/backend-protocol`]: "HTTPS",
    [`${own}/proxy-ssl-secret`]: `${namespace}/${tlsSecret(name)}`,
    [`${own}/proxy-ssl-name`]: name,
    [`${own}/proxy-ssl-server-name`]: "on",
    [`${own}/proxy-ssl-verify`]: "on",
  };
}

/** Certificates that browsers know. */
function acme(): readonly Manifest[] {
  const solver: Fields = { http01: { ingress: { ingressClassName: cluster.ingress.className } } };
  return [
    manifest("cert-manager.io/v1", "Issuer", issuer, {
      spec: {
        acme: {
          server: "https://acme-v02.api.letsencrypt.org/directory",
          privateKeySecretRef: { name: `${issuer}-account` },
          solvers: [solver],
        },
      },
    }),
    manifest("networking.k8s.io/v1", "NetworkPolicy", "acme-challenges", {
      spec: {
        podSelector: { matchLabels: { "acme.cert-manager.io/http01-solver": "true" } },
        policyTypes: ["Ingress"],
        ingress: [
          noted("Pods of cert-manager's, there for as long as a challenge takes.", {
            from: [inNamespace(cluster.ingress.namespace)],
            ports: [{ protocol: "TCP", port: 8089 }],
          }),
        ],
      },
    }),
  ];
}
