import { createHmac } from "node:crypto";
import type { Environment } from "../spec/environment.ts";
import { facilitiesOf, facilityHere, isFacility } from "../targets/local/providers/facilities.ts";
import type { Planned } from "../targets/local/providers/plan.ts";
import { refName } from "../spec/derive.ts";
import type { ProviderContext } from "../targets/local/providers/provider.ts";
import type { ResourceHere } from "../targets/local/service-env.ts";
import type { BringUp, Step } from "./bring-up.ts";
import { type Platform, sealedWith } from "./platform.ts";
import type { Ports } from "./ports.ts";

export type Providing = Pick<BringUp, "environment" | "key" | "root" | "fresh" | "tell"> & {
  readonly ports: Ports;
  /** A release applies migrations in a step of its own. */
  readonly migrates: boolean;
};

/** What providers of resources work with, and the secrets that had to be made up meanwhile. */
export function providing(
  platform: Platform,
  { environment, key, root, fresh, tell, ports, migrates }: Providing,
): { readonly context: ProviderContext; readonly madeUp: ReadonlySet<string> } {
  const { secrets, agent } = platform;
  const madeUp = new Set<string>();
  const context: ProviderContext = {
    environment,
    key,
    place: { ...platform.place, root },
    agent,
    secrets,
    secret(name) {
      const known = secrets.get(name, environment.environment);
      if (known !== undefined) return known;
      if (!secrets.isMade(`secret/${name}`)) madeUp.add(name);
      return secrets.made(`secret/${name}`);
    },
    ports: (name) => ports.of(name),
    sealed: sealedWith(platform.machineKey),
    digest: (told) => createHmac("sha256", platform.machineKey).update(JSON.stringify(told)).digest("hex").slice(0, 16),
    fresh: fresh === true,
    migrates,
    onStep: ({ subject, did, ms }) => tell({ kind: "step", environment: key, subject, did, ms }),
  };
  return { context, madeUp };
}

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
