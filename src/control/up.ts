import { nextAfter } from "../lib/cron.ts";
import { UserError } from "../lib/errors.ts";
import { count } from "../lib/text.ts";
import { exclusionsOf, traceShareOf } from "../signals/logs/exclusions.ts";
import { pruneArtifacts } from "../targets/local/artifact.ts";
import { servicesOf } from "../targets/local/deploy.ts";
import { partsOfKey } from "../targets/local/names.ts";
import { planResources } from "../targets/local/providers/plan.ts";
import { routesOf, sharedUrl } from "../targets/local/routes.ts";
import type { EnvironmentSummary, ServiceSummary } from "../wire/up.ts";
import type { BringUp } from "./bring-up.ts";
import type { Platform } from "./platform.ts";
import { portsFor } from "./ports.ts";
import { cameWith } from "./releases/came-with.ts";
import { provideAll, providing } from "./provide.ts";
import { addressesOf, buildAll, keepRevisions, revisionsOf } from "./revisions.ts";
import { deployAll, knows } from "./switch-over.ts";

// Brings one environment up, from whatever there is of it: what is right already stays as it is.
//
// 1. Nothing is started before it is known that everything needed is here.
// 2. Nothing that serves is touched before what takes its place is ready.
// 3. Said twice, it changes nothing the second time.

export async function bringUp(platform: Platform, asked: BringUp): Promise<EnvironmentSummary> {
  const { key, environment } = asked;
  const { product } = environment;
  const before = (await platform.store.environments(product)).find((one) => one.name === key);
  platform.atWork += 1;
  try {
    return await work(platform, asked, before?.ports ?? {});
  } catch (error) {
    // What was up is up still; what never was has failed.
    await platform.store.setEnvironmentState(product, key, before?.state === "up" ? "up" : "failed").catch(() => {});
    throw error;
  } finally {
    platform.atWork -= 1;
  }
}

async function work(
  platform: Platform,
  asked: BringUp,
  knownPorts: Readonly<Record<string, number>>,
): Promise<EnvironmentSummary> {
  const started = performance.now();
  const { environment, key, root, speed, tell } = asked;
  const { store, agent } = platform;
  const { product } = environment;
  await platform.ensureAgent();
  const machine = await agent.state();
  const before = machine.environments.find((one) => one.environment === key);
  const step = (subject: string, did: string, since: number) =>
    tell({ kind: "step", environment: key, subject, did, ms: Math.round(performance.now() - since) });

  const ports = portsFor(knownPorts, before);
  const { context, madeUp } = providing(platform, { ...asked, ports, migrates: true });

  const plan = await planResources(environment, context);
  for (const { name, missing, by } of plan.absent)
    tell({
      kind: "note",
      environment: key,
      text: `${name} is not here, and ${by.join(", ")} cope${by.length === 1 ? "s" : ""} without: ${missing}`,
    });
  const { running, atTimes, notHere } = servicesOf(environment);
  if (running.length + atTimes.length === 0)
    throw new UserError("nothing-here", `no service of ${environment.environment} says how it runs here`, {
      hint: 'say it of a service, as here: here("services/api.ts")',
    });
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
    buildAll([...running, ...atTimes], { rootOf: () => root, artifacts: platform.place.artifacts }, step),
    provideAll(platform, { environment, key, plan, step }),
  ]);
  for (const one of resources.values())
    if (one.note !== undefined) tell({ kind: "note", environment: key, text: `${one.name}: ${one.note}` });

  const services = await addressesOf(running, { key, ports, gatewayPort: machine.gatewayPort });
  const specs = revisionsOf([...running, ...atTimes], artifacts, {
    platform,
    environment,
    key,
    speed,
    resources,
    services,
    secret: context.secret,
  });
  await store.putEnvironment({ product, name: key, data: environment, speed, ports: ports.all(), state: "coming up" });
  const migrations = cameWith(environment, root);
  await keepRevisions(store, { product, environment: key }, specs, {
    artifacts,
    migrationsOf: () => migrations,
    isMigrated: true,
  });

  const routes = routesOf(environment, key, [...services.keys()]);
  await agent.route(key, {
    routes,
    ports: Object.fromEntries([...services].map(([name, { port }]) => [name, port])),
    ...(environment.limits?.pods === undefined ? {} : { mostReplicas: environment.limits.pods }),
    unlogged: exclusionsOf(environment),
    traceShare: traceShareOf(environment),
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
  for (const { name } of before?.resources ?? []) if (!plan.offers.has(name)) await agent.removeResource(key, name);
  const gone = (before?.services ?? []).filter((one) => !specs.has(one.service));
  for (const { service, revisions } of gone) {
    await agent.split(key, service, { shares: [], tags: {} });
    for (const { revision } of revisions) await agent.removeRevision(key, service, revision);
    await agent.removeService(key, service);
    changed.add(service);
  }
  await store.setEnvironmentState(product, key, "up");
  // What another has built and not yet written down is needed too.
  if (platform.atWork === 1) await pruneArtifacts(platform.place.artifacts, new Set(await store.artifactsInUse()));
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
      actorKnown: "login",
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
      const next = service.schedule === undefined ? undefined : nextAfter(service.schedule, new Date());
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
    ...(asked.early === true && !unchanged ? { starting: true } : {}),
  };
}
