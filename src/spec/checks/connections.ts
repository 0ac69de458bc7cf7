import { refName } from "../derive.ts";
import { type EnvironmentContext, entries } from "./context.ts";

/**
 * What a server keeps apart from its services: three connections that Postgres gives to nobody else but a superuser, and room for a
 * migration, a dump, whatever measures it, and somebody who looks.
 */
const kept = 10;

/** At their most, the pools of all services fit into what the database gives out. */
export function checkConnections({ here, name, report, placeAt }: EnvironmentContext): void {
  if (here.managed === "elsewhere") return;
  // Both colours stand there whole until the old one is retired.
  const colours = here.release?.strategy === "blue-green" ? 2 : 1;
  const all = poolsOf(here, colours);
  for (const [resource, one] of entries(here.resources)) {
    if (one.kind !== "postgres" || one.external === true || one.maxConnections === undefined) continue;
    const pools = all.get(resource) ?? [];
    const needed = pools.reduce((sum, { instances, each }) => sum + instances * each, 0);
    const limit = here.limits?.connections;
    const given = Math.min(one.maxConnections, limit ?? Number.POSITIVE_INFINITY);
    if (pools.length === 0 || needed + kept <= given) continue;
    const sum = pools.map(({ service, instances, each }) => `${service} ${instances} × ${each}`).join(", ");
    report(
      "too-many-connections",
      limit === given ? ["limits", "connections"] : ["resources", resource, "maxConnections"],
      `the pools of ${name} take up to ${needed} connections of ${resource} (${sum}${colours > 1 ? ", in both colours" : ""}), and it gives out ${given}, of which ${kept} are for migrations, backups and people`,
      `make the pools smaller (pool.max), lower scale.max, or raise ${limit === given ? "the limit" : `maxConnections to ${needed + kept} or more`}`,
      { also: pools.map(({ service }) => placeAt(["services", service, "pool", "max"])) },
    );
  }
}

type Pool = { readonly service: string; readonly instances: number; readonly each: number };

/** The pools of the services that use each resource. */
function poolsOf({ services }: EnvironmentContext["here"], colours: number): ReadonlyMap<string, readonly Pool[]> {
  const pools = new Map<string, Pool[]>();
  for (const [service, { kind, pool, scale, uses = [] }] of entries(services)) {
    if (pool === undefined) continue;
    const instances = kind === "cron" ? 1 : (scale?.max ?? 1) * colours;
    for (const resource of new Set(uses.map((use) => refName(use, "resources")))) {
      if (resource === undefined) continue;
      const found = pools.get(resource) ?? [];
      pools.set(resource, found);
      found.push({ service, instances, each: pool.max });
    }
  }
  return pools;
}
