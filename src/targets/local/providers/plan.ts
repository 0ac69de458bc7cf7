import { UserError } from "../../../lib/errors.ts";
import { listed } from "../../../lib/text.ts";
import type { Problem } from "../../../lib/problem.ts";
import type { Environment } from "../../../spec/environment.ts";
import { refName } from "../../../spec/derive.ts";
import { copesWithout, usesOf } from "../service-env.ts";
import { isFacility } from "./facilities.ts";
import { offerPostgres } from "./postgres.ts";
import { offerProgram } from "./program.ts";
import type { Offer, ProviderContext, Resource } from "./provider.ts";
import { offerRedis } from "./redis.ts";

// Which resources an environment needs here, who provides each, and whether what is missing can be done without.

export type Planned = {
  readonly offers: ReadonlyMap<string, Extract<Offer, { by: string }>>;
  /** What every service that uses it copes without. */
  readonly absent: readonly { readonly name: string; readonly missing: string; readonly by: readonly string[] }[];
};

export async function planResources(environment: Environment, context: ProviderContext): Promise<Planned> {
  const needed = neededResources(environment);
  const offered = await Promise.all(
    [...needed].map(async ([name, services]) => ({ name, services, offer: await offer(name, environment, context) })),
  );
  const offers = new Map<string, Extract<Offer, { by: string }>>();
  const absent: { name: string; missing: string; by: readonly string[] }[] = [];
  const problems: Problem[] = [];
  for (const { name, services, offer: one } of offered) {
    if (one === undefined) continue;
    if ("by" in one) {
      offers.set(name, one);
      continue;
    }
    const stuck = services.filter((service) => !copes(environment, service, name));
    if (stuck.length === 0) absent.push({ name, missing: one.missing, by: services });
    else
      problems.push({
        code: "missing-resource",
        severity: "error",
        message: `${listed(stuck)} ${stuck.length === 1 ? "uses" : "use"} ${name}, and nothing on this machine provides it`,
        hint: `${one.missing}; or say copesWithout: [${name}] of ${listed(stuck)}, if that is so`,
        path: `resources.${name}`,
        environment: environment.environment,
        places: [],
      });
  }
  if (problems.length > 0) throw new UserError("missing-resource", `${environment.environment} cannot run here`, { problems });
  return { offers, absent };
}

/** The resources that services here work with, and what those stand on; with the services that need each. */
function neededResources(environment: Environment): ReadonlyMap<string, readonly string[]> {
  const needed = new Map<string, Set<string>>();
  const add = (name: string, service: string) => {
    const resource = environment.resources[name];
    if (resource === undefined || resource.kind === "partner") return;
    let of = needed.get(name);
    if (!of) needed.set(name, (of = new Set()));
    of.add(service);
    const below = standsOn(resource);
    if (below !== undefined) add(below, service);
  };
  for (const [service, one] of Object.entries(environment.services))
    if (one.here !== undefined) for (const name of usesOf(one)) add(name, service);
  return new Map([...needed].map(([name, services]) => [name, [...services]]));
}

function standsOn(resource: Resource): string | undefined {
  return resource.kind === "queue" ? refName(resource.on, "resources") : undefined;
}

/** Whoever copes without a redis copes without the queues in it. */
function copes(environment: Environment, service: string, resource: string): boolean {
  const one = environment.services[service];
  const below = environment.resources[resource];
  const on = below === undefined ? undefined : standsOn(below);
  return one !== undefined && (copesWithout(one, resource) || (on !== undefined && copesWithout(one, on)));
}

async function offer(name: string, environment: Environment, context: ProviderContext): Promise<Offer | undefined> {
  const resource = environment.resources[name];
  if (resource === undefined || isFacility(resource)) return undefined;
  switch (resource.kind) {
    case "postgres":
      return offerPostgres(name, resource, context);
    case "redis":
      return offerRedis(name, resource, context);
    case "search":
    case "workflows":
    case "scanner":
      return offerProgram(name, resource, context);
    default:
      // A queue in a redis comes with that redis; an emulator plays what is provided here by others.
      return undefined;
  }
}
