import type { Route, Split } from "../../wire/machine.ts";

export type RevisionKey = { readonly environment: string; readonly service: string; readonly revision: string };

export type ServiceTable = {
  readonly split: Split;
  /** An answer must begin within this. */
  readonly requestMs?: number;
};

export type EnvironmentTable = {
  readonly routes: readonly Route[];
  /** A loopback port for each service that has one. */
  readonly ports: Readonly<Record<string, number>>;
  readonly services: Readonly<Record<string, ServiceTable>>;
  /** Requests that are not written down where they succeed. */
  readonly unlogged?: readonly { readonly service: string; readonly path: string }[];
  /** The share of the traces begun here that is to be recorded. */
  readonly traceShare?: number;
};

/** All that the gateway is to route, at once. */
export type RouteTable = { readonly environments: Readonly<Record<string, EnvironmentTable>> };

export type Place<Service> = { readonly service: Service; readonly tag?: string };

export type RoutingTable<Service> = {
  /** Where a request for this host and path goes; `host` when nothing has that name, `path` when the host has no such path. */
  find(host: string, path: string): Place<Service> | "host" | "path";
};

type Paths<Service> = { readonly exact: Map<string, Service>; readonly prefixes: { prefix: string; service: Service }[] };

/** Looked up once per request, so it is made ready once per change. */
export function compileRoutes<Service>(
  table: RouteTable,
  serviceOf: (environment: string, service: string) => Service,
): RoutingTable<Service> {
  const hosts = new Map<string, Paths<Service>>();
  for (const [environment, { routes }] of Object.entries(table.environments))
    for (const route of routes) {
      const host = normaliseHost(route.host);
      const paths = hosts.get(host) ?? { exact: new Map<string, Service>(), prefixes: [] };
      hosts.set(host, paths);
      addRoute(paths, route.path, serviceOf(environment, route.service));
    }
  for (const { prefixes } of hosts.values()) prefixes.sort((a, b) => b.prefix.length - a.prefix.length);

  // A host is written the same way in nearly every request; its other spellings are few and bounded.
  return {
    find(host, path) {
      let paths = hosts.get(host);
      let tag: string | undefined;
      if (paths === undefined) {
        const name = normaliseHost(host);
        paths = hosts.get(name);
        const dashes = name.indexOf("---");
        const dot = name.indexOf(".");
        if (paths === undefined && dashes > 0 && dashes < (dot < 0 ? name.length : dot)) {
          paths = hosts.get(name.slice(dashes + 3));
          tag = name.slice(0, dashes);
        }
      }
      if (paths === undefined) return "host";
      const service = fittingService(paths, path);
      if (service === undefined) return "path";
      return tag === undefined ? { service } : { service, tag };
    },
  };
}

/** Lower case, without port and without the dot that a full name may end in. */
function normaliseHost(host: string): string {
  let name = host.toLowerCase();
  const colon = name.lastIndexOf(":");
  if (colon >= 0 && !name.endsWith("]")) name = name.slice(0, colon);
  return name.endsWith(".") ? name.slice(0, -1) : name;
}

function addRoute<Service>(paths: Paths<Service>, path: string, service: Service): void {
  // `/` is the whole host, as everybody means it; only a longer path without a star is exact.
  if (path === "/" || path === "/*") paths.prefixes.push({ prefix: "/", service });
  else if (path.endsWith("/*")) paths.prefixes.push({ prefix: path.slice(0, -1), service });
  else paths.exact.set(path, service);
}

/** The longest that fits. `/prefix/*` also takes `/prefix` itself. */
function fittingService<Service>({ exact, prefixes }: Paths<Service>, path: string): Service | undefined {
  if (exact.size > 0) {
    const found = exact.get(path);
    if (found !== undefined) return found;
  }
  for (const { prefix, service } of prefixes)
    if (path.startsWith(prefix) || (path.length === prefix.length - 1 && prefix.startsWith(path))) return service;
  return undefined;
}
