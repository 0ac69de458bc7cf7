import { onceFor } from "../../lib/once-for.ts";
import type { Environment, EnvironmentService } from "../../spec/environment.ts";
import { shortName } from "../names.ts";
import { isNginx } from "../nginx.ts";
import { callsOf } from "../variables.ts";

/** A service as the cluster knows it: under the name of its deployment, which is its host name too. */
export type Workload = {
  readonly key: string;
  readonly name: string;
  readonly container: string;
  readonly service: EnvironmentService;
  /** The port that it listens on itself. */
  readonly port?: number;
  /** Who ends TLS in its pod: nginx as the service itself, nginx beside it, nobody. */
  readonly tls: "own" | "beside" | "none";
};

/** Where nginx listens that ends TLS beside a service. */
export const tlsPort = 8443;

/** The user that the images run as; those of nginx bring their own. */
export const userId = 10001;
export const nginxUserId = 101;
export const nginxImage = "nginxinc/nginx-unprivileged:1.28-alpine";

/** A cron job's pods are named after it, with the time added. */
export const longestJob = 52;
const longestName = 63;

/** Names of what stands beside the services. */
const reserved = new Set([
  "acme-challenges",
  "cloud-services",
  "default-deny",
  "internal-ca",
  "letsencrypt",
  "log-shipper",
  "names",
  "self-signed",
  "terraform",
  "tls-sidecar",
  "trusted",
]);

/** Asked for by every object of every service, so it is worked out once for each environment. */
export const workloadsOf = onceFor((environment: Environment): readonly Workload[] => {
  const taken = new Set<string>();
  return Object.entries(environment.services).map(([key, service]) => {
    const wanted = service.deployment?.name ?? key;
    // Two services that ask for one name are still two.
    const given = taken.has(wanted) ? key : wanted;
    const free = reserved.has(given) ? `${given}-service` : given;
    const name = shortName(free, service.kind === "cron" ? longestJob : longestName);
    taken.add(name);
    const port = service.port ?? (service.health === undefined ? undefined : 8080);
    const tls = !isServing(service) || environment.network?.tlsInside !== true ? "none" : isNginx(service) ? "own" : "beside";
    return { key, name, container: service.deployment?.container ?? key, service, tls, ...(port === undefined ? {} : { port }) };
  });
});

/** Others reach it by its name. */
export function isServing({ kind }: EnvironmentService): boolean {
  return kind === "service" || kind === "frontend" || kind === "proxy";
}

/** The port that other pods dial. */
export function podPort({ tls, port = 8080 }: Workload): { readonly name: string; readonly number: number } {
  if (tls === "none") return { name: "http", number: port };
  return { name: "https", number: tls === "beside" ? tlsPort : port };
}

/** The port of its name: what a URL leaves out. */
export function servicePort({ tls }: Workload): number {
  return tls === "none" ? 80 : 443;
}

export function urlOf(workload: Workload): string {
  return `${workload.tls === "none" ? "http" : "https"}://${workload.name}`;
}

export function callersOf(environment: Environment, { key }: Workload): readonly Workload[] {
  return callersByService(environment).get(key) ?? [];
}

const callersByService = onceFor((environment: Environment): ReadonlyMap<string, readonly Workload[]> => {
  const found = new Map<string, Workload[]>();
  for (const caller of workloadsOf(environment))
    for (const called of callsOf(caller.service)) found.set(called, [...(found.get(called) ?? []), caller]);
  return found;
});

export function workloadOf(environment: Environment, key: string): Workload | undefined {
  return byKey(environment).get(key);
}

const byKey = onceFor(
  (environment: Environment): ReadonlyMap<string, Workload> => new Map(workloadsOf(environment).map((one) => [one.key, one])),
);

export function selector({ name }: Workload): { readonly [label: string]: string } {
  return { "app.kubernetes.io/name": name };
}
