import type { Environment } from "../../spec/environment.ts";
import type { Route } from "../../wire/machine.ts";
import { hostOf, partsOfKey, sharedHostOf } from "./names.ts";

/** The hosts of an environment: one for each service, one for all of it by paths, and the real ones for whoever sends their names. */
export function routesOf(environment: Environment, key: string, listening: readonly string[]): readonly Route[] {
  const own = listening.map((service) => ({ host: hostOf(service, key), path: "/", service }));
  const shared = sharedRoutes(environment, listening).map((one) => ({ ...one, host: sharedHostOf(key) }));
  const real = partsOfKey(key).preview === undefined ? environment.hosts : [];
  const named = real
    .filter((one) => listening.includes(one.service))
    .map((one) => ({ host: one.host.replace(/:\d+$/, "").toLowerCase(), path: one.path, service: one.service }))
    .filter((one) => one.host !== "localhost");
  const all = [...own, ...shared, ...named];
  return all.filter((one, index) => all.findIndex((other) => other.host === one.host && other.path === one.path) === index);
}

function sharedRoutes(
  environment: Environment,
  listening: readonly string[],
): readonly { readonly path: string; readonly service: string }[] {
  const paths = listening.flatMap((service) => (environment.services[service]?.paths ?? []).map((path) => ({ path, service })));
  const root = (["proxy", "frontend", "service"] as const)
    .map((kind) =>
      listening.find(
        (name) =>
          environment.services[name]?.kind === kind && (environment.services[name]?.paths === undefined || kind === "proxy"),
      ),
    )
    .find((found) => found !== undefined);
  return root === undefined ? paths : [...paths, { path: "/", service: root }];
}

/** Where a browser goes for all of an environment, if there is something to see at the root. */
export function sharedUrl(key: string, routes: readonly Route[], port: number): string | undefined {
  return routes.some((one) => one.host === sharedHostOf(key) && one.path === "/")
    ? `http://${sharedHostOf(key)}:${port}`
    : undefined;
}
