import { request } from "node:http";
import { count } from "../lib/text.ts";
import type { Environment, EnvironmentService } from "../spec/environment.ts";
import { freePort } from "../system/free-port.ts";
import { type Artifact, buildArtifact, pruneArtifacts } from "../targets/local/artifact.ts";
import { isListening, retireOthers, revisionSpec, routeTo, servicesOf, startRevision } from "../targets/local/deploy.ts";
import { hostOf, partsOfKey, sharedHostOf } from "../targets/local/names.ts";
import { facilitiesOf, facilityHere, isFacility } from "../targets/local/providers/facilities.ts";
import { planResources } from "../targets/local/providers/plan.ts";
import type { ProviderContext } from "../targets/local/providers/provider.ts";
import { type ResourceHere, type ServiceAddress, refTo, serviceEnv } from "../targets/local/service-env.ts";
import type { EnvironmentView, MachineView, RevisionSpec, Route } from "../wire/machine.ts";
import type { EnvironmentSummary, Progress, ServiceSummary } from "../wire/up.ts";
import { nextRun } from "./cron.ts";
import { type Platform, sealedWith } from "./platform.ts";

// Brings one environment up, from whatever there is of it: what is right already stays as it is.
//
// 1. Nothing is started before it is known that everything needed is here.
// 2. Nothing that serves is touched before what takes its place is ready.
// 3. Said twice, it changes nothing the second time.

export type BringUp = {
  readonly environment: Environment;
  /** `dev`, or `dev.pr-42`. */
  readonly key: string;
  /** Where the code is that is built. */
  readonly root: string;
  readonly speed: number;
  readonly expiresAt?: Date;
  /** A preview's data as they are now. */
  readonly fresh?: boolean;
  readonly tell: (progress: Progress) => void;
  readonly signal?: AbortSignal;
};

export async function bringUp(platform: Platform, asked: BringUp): Promise<EnvironmentSummary> {
  try {
    return await work(platform, asked);
  } catch (error) {
    // What ran before runs still; what never ran has failed.
    const there = (await platform.agent.state().catch(() => undefined))?.environments.find(
      (one) => one.environment === asked.key,
    );
    const serves = there?.services.some((one) => one.split.shares.length > 0) ?? false;
    await platform.store.setEnvironmentState(asked.environment.product, asked.key, serves ? "up" : "failed").catch(() => {});
    throw error;
  }
}

async function work(platform: Platform, asked: BringUp): Promise<EnvironmentSummary> {
  const started = performance.now();
  const { environment, key, root, speed, tell } = asked;
  const { store, agent, secrets } = platform;
  const { product } = environment;
  await platform.ensureAgent();
  const machine = await agent.state();
  const before = machine.environments.find((one) => one.environment === key);
  const step = (subject: string, did: string, since: number) =>
    tell({ kind: "step", environment: key, subject, did, ms: Math.round(performance.now() - since) });

  const ports = await portsFor(platform, asked, machine);
  const madeUp = new Set<string>();
  const secret = (name: string): string => {
    const known = secrets.get(name, environment.environment);
    if (known !== undefined) return known;
    if (!secrets.isMade(`secret/${name}`)) madeUp.add(name);
    return secrets.made(`secret/${name}`);
  };
  const context: ProviderContext = {
    environment,
    key,
    place: { ...platform.place, root },
    agent,
    secrets,
    secret,
    ports: (name) => ports.of(name),
    sealed: sealedWith(platform.machineKey),
    fresh: asked.fresh === true,
    onStep: ({ subject, did, ms }) => tell({ kind: "step", environment: key, subject, did, ms }),
  };

  const plan = await planResources(environment, context);
  for (const { name, missing, by } of plan.absent)
    tell({
      kind: "note",
      environment: key,
      text: `${name} is not here, and ${by.join(", ")} cope${by.length === 1 ? "s" : ""} without: ${missing}`,
    });
  const { running, atTimes, notHere } = servicesOf(environment);
  for (const name of notHere)
    tell({ kind: "note", environment: key, text: `${name} says nothing of how it runs here (\`here\`): left out` });

  await store.putEnvironment({
    product,
    name: key,
    previewOf: partsOfKey(key).preview === undefined ? undefined : partsOfKey(key).environment,
    data: environment,
    speed,
    ports: ports.all(),
    state: "coming up",
    expiresAt: asked.expiresAt,
  });

  const [artifacts, resources] = await Promise.all([
    buildAll([...running, ...atTimes], { root, artifacts: platform.place.artifacts }, step),
    provideAll(platform, { environment, key, plan, step }),
  ]);
  for (const one of resources.values())
    if (one.note !== undefined) tell({ kind: "note", environment: key, text: `${one.name}: ${one.note}` });

  const services = new Map<string, ServiceAddress>();
  for (const [name, service] of running) {
    if (!isListening(service)) continue;
    services.set(name, { port: await ports.of(name), browserUrl: `http://${hostOf(name, key)}:${machine.gatewayPort}` });
  }
  const specs = new Map<string, RevisionSpec>();
  for (const [name, service] of [...running, ...atTimes]) {
    const artifact = artifacts.get(name);
    if (!artifact) continue;
    const env = serviceEnv({ environment, service: name, resources, services, secret });
    specs.set(name, revisionSpec(name, service, { artifact, env, speed, key: platform.machineKey }));
  }
  await store.putEnvironment({ product, name: key, data: environment, speed, ports: ports.all(), state: "coming up" });
  for (const [name, spec] of specs) {
    const { env: _, sealedEnv: __, ...told } = spec;
    await store.putRevision({
      product,
      environment: key,
      service: name,
      revision: spec.revision,
      artifact: artifacts.get(name)?.id ?? "",
      spec: told,
    });
  }

  const routes = routesOf(environment, key, [...services.keys()]);
  await agent.route(key, {
    routes,
    ports: Object.fromEntries([...services].map(([name, { port }]) => [name, port])),
    ...(environment.limits?.pods === undefined ? {} : { mostReplicas: environment.limits.pods }),
  });

  const changed = await deployAll(platform, asked, { specs, running, before, step });
  for (const [name, service] of atTimes) {
    const spec = specs.get(name);
    if (spec === undefined) continue;
    if (!knows(before, name, spec.revision)) changed.add(name);
    await agent.keepForJobs(key, name, spec);
    await store.setServing(product, key, name, spec.revision);
    tell({ kind: "begun", environment: key, subject: name, doing: `runs at ${service.schedule ?? ""}` });
  }
  const gone = (before?.services ?? []).filter((one) => !specs.has(one.service));
  for (const { service, revisions } of gone) {
    await agent.split(key, service, { shares: [], tags: {} });
    for (const { revision } of revisions) await agent.removeRevision(key, service, revision);
    changed.add(service);
  }
  await store.setEnvironmentState(product, key, "up");
  await pruneArtifacts(platform.place.artifacts, new Set(await store.artifactsInUse()));
  if (madeUp.size > 0)
    tell({
      kind: "note",
      environment: key,
      text: `${count(madeUp.size, "secret")} made up for here: ${[...madeUp].toSorted().join(", ")} (gantry secret set <name> sets one)`,
    });
  const unchanged = changed.size === 0 && before !== undefined;
  if (!unchanged)
    await store.addEvent({
      product,
      environment: key,
      kind: "environment.up",
      actor: platform.actor,
      subject: key,
      data: { revisions: Object.fromEntries([...specs].map(([name, spec]) => [name, spec.revision])) },
    });
  const url = sharedUrl(key, routes, machine.gatewayPort);
  return {
    environment: key,
    unchanged,
    ms: Math.round(performance.now() - started),
    speed,
    ...(url === undefined ? {} : { url }),
    services: [...running, ...atTimes].map(([name, service]): ServiceSummary => {
      const address = services.get(name);
      const next = service.schedule === undefined ? undefined : nextRun(service.schedule);
      return {
        service: name,
        kind: service.kind,
        revision: specs.get(name)?.revision ?? "",
        changed: changed.has(name),
        ...(address ? { url: address.browserUrl, port: address.port } : {}),
        ...(next ? { next: next.toISOString() } : {}),
      };
    }),
    resources: [...resources.values()].map(({ name, by }) => ({ name, by: by ?? "nothing" })),
    ...(asked.expiresAt ? { expiresAt: asked.expiresAt.toISOString() } : {}),
  };
}

type Step = (subject: string, did: string, since: number) => void;
type Named = readonly (readonly [string, EnvironmentService])[];

async function buildAll(
  services: Named,
  where: { readonly root: string; readonly artifacts: string },
  step: Step,
): Promise<ReadonlyMap<string, Artifact>> {
  const built = await Promise.all(
    services.map(async ([name, { here }]) => {
      if (here === undefined) return [];
      const since = performance.now();
      const artifact = await buildArtifact(name, here, where);
      if (!artifact.reused) step(name, "built", since);
      return [[name, artifact] as const];
    }),
  );
  return new Map(built.flat());
}

async function provideAll(
  platform: Platform,
  {
    environment,
    key,
    plan,
    step,
  }: {
    readonly environment: Environment;
    readonly key: string;
    readonly plan: Awaited<ReturnType<typeof planResources>>;
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
    const below = resource.kind === "queue" ? refTo(resource.on, "resources") : undefined;
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
    const server = await platform.facilities(key, facilitiesOf(environment, key, made));
    step("buckets, queues, keys", "ready", since);
    return those.map(([name, one]) => [name, facilityHere(name, one, { environment, key, server, made })] as const);
  }
}

/** Ports of an environment: those that it had before, as long as they are free. */
async function portsFor(platform: Platform, { environment, key }: BringUp, machine: MachineView) {
  const row = (await platform.store.environments(environment.product)).find((one) => one.name === key);
  const known: Record<string, number> = { ...row?.ports };
  const view = machine.environments.find((one) => one.environment === key);
  const inUse = new Set([
    ...(view?.services ?? []).flatMap((one) => one.port ?? []),
    ...(view?.resources ?? []).flatMap((one) => one.port ?? []),
  ]);
  const taken = new Map<string, Promise<number>>();
  const of = (name: string): Promise<number> => {
    const before = known[name];
    let found = taken.get(name);
    if (!found) taken.set(name, (found = before !== undefined && inUse.has(before) ? Promise.resolve(before) : freePort(before)));
    return found.then((port) => (known[name] = port));
  };
  return { of, all: () => known };
}

/** The hosts of an environment: one for each service, one for all of it by paths, and the real ones for whoever sends their names. */
function routesOf(environment: Environment, key: string, listening: readonly string[]): readonly Route[] {
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

function sharedUrl(key: string, routes: readonly Route[], port: number): string | undefined {
  return routes.some((one) => one.host === sharedHostOf(key) && one.path === "/")
    ? `http://${sharedHostOf(key)}:${port}`
    : undefined;
}

function knows(before: EnvironmentView | undefined, service: string, revision: string): boolean {
  return before?.services.find((one) => one.service === service)?.revisions.some((one) => one.revision === revision) ?? false;
}

/** Starts what is new, gives it the traffic when it is ready, and puts the old to rest. */
async function deployAll(
  platform: Platform,
  { key, environment, signal, tell }: BringUp,
  {
    specs,
    running,
    before,
    step,
  }: {
    readonly specs: ReadonlyMap<string, RevisionSpec>;
    readonly running: Named;
    readonly before: EnvironmentView | undefined;
    readonly step: Step;
  },
): Promise<Set<string>> {
  const { agent, store } = platform;
  const changed = new Set<string>();
  const later: (() => Promise<void>)[] = [];
  const failures: unknown[] = [];
  await Promise.all(
    running.map(async ([service]) => {
      const spec = specs.get(service);
      if (spec === undefined) return;
      const view = before?.services.find((one) => one.service === service);
      const serves = view?.split.shares.length === 1 && view.split.shares[0]?.revision === spec.revision;
      const state = view?.revisions.find((one) => one.revision === spec.revision)?.state;
      if (serves && (state === "ready" || state === "idle")) return;
      changed.add(service);
      const since = performance.now();
      tell({ kind: "begun", environment: key, subject: service, doing: "starts" });
      try {
        await startRevision(agent, { environment: key, service, ...(signal ? { signal } : {}) }, spec);
        step(service, "ready", since);
        const route = () => routeTo(agent, key, service, spec.revision);
        // What nobody serves yet is given over at once: others may wait for it. The rest changes hands together.
        if ((view?.split.shares.length ?? 0) === 0) await route();
        else later.push(route);
      } catch (error) {
        failures.push(error);
        await agent.removeRevision(key, service, spec.revision).catch(() => {});
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
  for (const route of later) await route();
  await Promise.all(
    running.map(async ([service]) => {
      const spec = specs.get(service);
      if (spec === undefined || !changed.has(service)) return;
      await store.setServing(environment.product, key, service, spec.revision);
      const known = (await store.revisions(environment.product, key))
        .filter((one) => one.service === service)
        .map((one) => one.revision);
      const there = (before?.services.find((one) => one.service === service)?.revisions ?? []).map((one) => one.revision);
      const newestFirst = [...known.filter((one) => there.includes(one)), ...there.filter((one) => !known.includes(one))];
      const forgotten = await retireOthers(agent, { environment: key, service, serving: spec.revision }, newestFirst);
      for (const revision of forgotten) await store.removeRevision(environment.product, key, service, revision);
    }),
  );
  return changed;
}

/** What a service says when it is asked through the gateway, as a user would. */
export function askThroughGateway(port: number, host: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, headers: { host }, timeout: 30_000, agent: false }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode ?? 0));
    });
    asked.once("error", reject);
    asked.once("timeout", () => asked.destroy(new Error("no answer within 30 s")));
    asked.end();
  });
}
