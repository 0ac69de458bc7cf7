import type { Environment } from "../spec/environment.ts";
import { facilitiesOf, facilityHere, isFacility } from "../targets/local/providers/facilities.ts";
import type { Planned } from "../targets/local/providers/plan.ts";
import { refName } from "../spec/derive.ts";
import type { ResourceHere } from "../targets/local/service-env.ts";
import type { Platform } from "./platform.ts";
import type { Step } from "./bring-up.ts";

/** Every resource of an environment, by whoever provides it here; each side by side. */
export async function provideAll(
  platform: Platform,
  {
    environment,
    key,
    plan,
    step,
  }: {
    readonly environment: Environment;
    readonly key: string;
    readonly plan: Planned;
    readonly step: Step;
  },
): Promise<ReadonlyMap<string, ResourceHere>> {
  const made = (name: string) => platform.secrets.made(name);
  const [offered, facilities] = await Promise.all([
    Promise.all(
      [...plan.offers].map(async ([name, offer]) => {
        const since = performance.now();
        const one = await offer.provide();
        step(name, one.by ?? "", since);
        return [name, one] as const;
      }),
    ),
    provideFacilities(),
  ]);
  const all = new Map<string, ResourceHere>([...offered, ...facilities]);
  for (const [name, resource] of Object.entries(environment.resources)) {
    const below = resource.kind === "queue" ? refName(resource.on, "resources") : undefined;
    const store = below === undefined ? undefined : all.get(below);
    // A queue in a redis has that redis's address, and a name in it.
    if (store)
      all.set(name, {
        ...store,
        name,
        kind: "queue",
        attributes: (service) => ({ ...store.attributes(service), id: { text: name }, name: { text: name } }),
      });
  }
  return all;

  async function provideFacilities(): Promise<readonly (readonly [string, ResourceHere])[]> {
    const those = Object.entries(environment.resources).flatMap(([name, one]) => (isFacility(one) ? [[name, one] as const] : []));
    if (those.length === 0) return [];
    const since = performance.now();
    const server = await platform.facilities.provide(key, facilitiesOf(environment, key, made));
    step("buckets, queues, keys", "ready", since);
    return those.map(([name, one]) => [name, facilityHere(name, one, { environment, key, server, made })] as const);
  }
}
