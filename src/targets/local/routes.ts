import { hostsOf } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Route } from "../../wire/machine.ts";
import { hostOf, partsOfKey, sharedHostOf } from "./names.ts";

/** The hosts of an environment: one for each service, one for all of it by paths, and the real ones for whoever sends their names. */
export function routesOf(environment: Environment, key: string, listening: readonly string[]): readonly Route[] {
  const own = listening.map((service) => ({ host: hostOf(service, key), path: "/", service }));
  const services = Object.fromEntries(Object.entries(environment.services).filter(([name]) => listening.includes(name)));
  const shared = hostsOf([sharedHostOf(key)], services);
  const real = partsOfKey(key).preview === undefined ? environment.hosts : [];
  const named = real
    .filter((one) => listening.includes(one.service))
    .map((one) => ({ host: one.host.replace(/:\d+$/, "").toLowerCase(), path: one.path, service: one.service }))
    .filter((one) => one.host !== "localhost");
  const all = [...own, ...shared, ...named];
  return all.filter((one, index) => all.findIndex((other) => other.host === one.host && other.path === one.path) === index);
}

/** Where a browser goes for all of an environment, if there is something to see at the root. */
export function sharedUrl(key: string, routes: readonly Route[], port: number): string | undefined {
  return routes.some((one) => one.host === sharedHostOf(key) && one.path === "/")
    ? `http://${sharedHostOf(key)}:${port}`
    : undefined;
}
