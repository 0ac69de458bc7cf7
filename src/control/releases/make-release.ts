import { randomBytes } from "node:crypto";
import path from "node:path";
import { compilePlan, lacksRoom } from "../../delivery/compile/compile-plan.ts";
import { orderOf } from "../../delivery/compile/order-of.ts";
import type { Room } from "../../delivery/compile/room.ts";
import { withAlerts } from "../../delivery/compile/with-alerts.ts";
import { beginRelease } from "../../delivery/begin-release.ts";
import type { Actor } from "../../delivery/machine.ts";
import type { Change, Release } from "../../delivery/release.ts";
import { ConflictError, UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { count, shown } from "../../lib/text.ts";
import type { Environment, EnvironmentService } from "../../spec/environment.ts";
import type { EnvironmentRow, Store } from "../../store/store.ts";
import { isListening } from "../../spec/is-listening.ts";
import { servicesOf } from "../../targets/local/deploy.ts";
import { planResources } from "../../targets/local/providers/plan.ts";
import type { EnvironmentView, RevisionSpec } from "../../wire/machine.ts";
import type { Progress } from "../../wire/up.ts";
import { latencyBoundsMs } from "../../wire/traffic.ts";
import type { Step } from "../bring-up.ts";
import type { Platform } from "../platform.ts";
import { portsFor } from "../ports.ts";
import { provideAll, providing } from "../provide.ts";
import { addressesOf, buildAll, keepRevisions, revisionsOf } from "../revisions.ts";
import { type CameWith, cameWith } from "./came-with.ts";
import { copyMigrations } from "./copy-migrations.ts";
import type { Material } from "./material.ts";
import { type Source, commitSource, folderSource } from "./sources.ts";

/** `api`, `api=v1.2.0`, `api=../fix`, `api=api-1a2b3c4d`. */
export type Wanted = { readonly service: string; readonly version?: string; readonly folder?: string };

export type Asked = {
  readonly environment: Environment;
  readonly root: string;
  /** Everything that runs there, where none is named. */
  readonly wanted: readonly Wanted[];
  /** Of those for which none is said. */
  readonly version?: string | undefined;
  readonly by: Actor;
  readonly why?: string | undefined;
  readonly tell: (progress: Progress) => void;
};

export type Made = {
  readonly release: Release;
  readonly material: Material;
  /** Asked for, and served already. */
  readonly unchanged: readonly string[];
  /** The migrations that the code of each service comes with; of an earlier revision its own. */
  readonly came: Readonly<Record<string, CameWith>>;
};

/** From code and configuration to a release that stands before its first step. Nothing that serves is touched. */
export async function makeRelease(platform: Platform, asked: Asked): Promise<Made> {
  const { environment, root, by, tell } = asked;
  const wanted = wantedIn(asked);
  const { store, agent, place } = platform;
  const key = environment.environment;
  const { product } = environment;
  await platform.ensureAgent();
  const row = await rowOf(platform, product, key);
  const machine = await agent.state();
  const before = machine.environments.find((one) => one.environment === key);
  const services = servicesAsked(environment, wanted);
  const step: Step = (subject, did, since) =>
    tell({ kind: "step", environment: key, subject, did, ms: Math.round(performance.now() - since) });

  const sources = new Map<string, Source | { readonly revision: string }>();
  for (const one of wanted) sources.set(one.service, await sourceOf(platform, one, { product, key, root }));
  const fresh = services.filter(([name]) => !("revision" in (sources.get(name) ?? {})));
  const rootOf = (service: string): string => {
    const source = sources.get(service);
    return source !== undefined && "root" in source ? source.root : root;
  };

  const ports = portsFor(row.ports, before);
  const { context } = providing(platform, { environment, key, root, tell, ports, migrates: false });
  const plan = await planResources(environment, context);
  const [artifacts, resources] = await Promise.all([
    buildAll(fresh, { rootOf, artifacts: place.artifacts }, step),
    provideAll(platform, { environment, key, plan, step }),
  ]);
  const specs = revisionsOf(fresh, artifacts, {
    platform,
    environment,
    key,
    speed: row.speed,
    resources,
    services: await addressesOf(servicesOf(environment).running, { key, ports, gatewayPort: machine.gatewayPort }),
    secret: context.secret,
  });
  const migrationsOf = (service: string) => cameWith(environment, rootOf(service));
  await keepRevisions(store, { product, environment: key }, specs, { artifacts, migrationsOf });

  const made = new Map<
    string,
    { readonly spec: RevisionSpec; readonly artifact: string; readonly version: string; readonly names: readonly string[] }
  >();
  for (const [name] of services) {
    const source = sources.get(name);
    if (source !== undefined && "revision" in source) {
      const kept = await store.releases.revisionKept(product, key, name, source.revision);
      if (kept !== undefined)
        made.set(name, { spec: kept.spec as RevisionSpec, artifact: kept.artifact, version: source.revision, names: [] });
      continue;
    }
    const [spec, artifact] = [specs.get(name), artifacts.get(name)];
    if (spec === undefined || artifact === undefined) continue;
    made.set(name, { spec, artifact: artifact.id, version: source?.version ?? artifact.id, names: source?.names ?? [] });
  }

  const order = orderOf(Object.fromEntries(services));
  const serving = await servingOf(platform, product, key);
  const changes: Change[] = [];
  const unchanged: string[] = [];
  for (const [name, service] of services) {
    const one = made.get(name);
    if (one === undefined) continue;
    const from = serving.get(name);
    if (from === one.spec.revision) {
      unchanged.push(name);
      continue;
    }
    changes.push({
      service: name,
      ...(from === undefined ? {} : { from }),
      to: one.spec.revision,
      version: one.version,
      artifact: one.artifact,
      after: (order[name] ?? []).filter((other) => made.get(other)?.spec.revision !== serving.get(other)),
      serves: isListening(service),
      replicas: replicasOf(before, name, from, one.spec),
    });
  }
  const room = roomOf(environment, before, changes);
  if (room !== undefined) refuseCrowded(environment, changes, room);
  const codeRoot = wanted.map(({ service }) => rootOf(service)).find((one) => one !== root) ?? root;
  const material: Material = {
    schemaVersion: 1,
    environment,
    speed: row.speed,
    root: codeRoot,
    migrations: await copyMigrations(environment, codeRoot, path.join(place.folder, "migrations")),
    names: Object.fromEntries([...made].map(([name, { names }]) => [name, names])),
  };
  const release = beginRelease({
    id: newId(),
    product,
    environment: key,
    startedBy: by,
    changes,
    why: asked.why,
    plan: withAlerts(
      compilePlan(environment, changes, { speed: row.speed, latencyBoundsMs, ...(room === undefined ? {} : { room }) }),
      changes,
    ),
    nowMs: Date.now(),
  });
  const came = Object.fromEntries(fresh.map(([name]) => [name, migrationsOf(name)]));
  return { release, material, unchanged, came };
}

/** Short enough to be typed, and of its time, so that the newest sorts last. */
export function newId(): string {
  return `${Math.floor(Date.now() / 1_000).toString(36)}${randomBytes(2).toString("hex")}`;
}

export async function rowOf(platform: Platform, product: string, key: string): Promise<EnvironmentRow> {
  const row = (await platform.store.environments(product)).find((one) => one.name === key);
  if (row?.state === "up") return row;
  throw new ConflictError("not-up", `${key} is not up, so there is nothing to release to`, { hint: `gantry up ${key}` });
}

export async function servingOf(
  { store }: { readonly store: Pick<Store, "revisions"> },
  product: string,
  key: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await store.revisions(product, key);
  return new Map(
    rows.filter((one) => one.servingSince !== null && one.retiredAt === null).map(({ service, revision }) => [service, revision]),
  );
}

function wantedIn({ environment, wanted, version }: Asked): readonly Wanted[] {
  if (version === undefined && wanted.length === 0)
    throw new UserError("usage", "a release is of services, or of a version of all of them", {
      hint: "gantry release <service> --to <env>, or --version <commit>",
    });
  if (version === undefined) return wanted;
  if (wanted.length > 0)
    return wanted.map((one) => (one.version === undefined && one.folder === undefined ? { ...one, version } : one));
  const { running, atTimes } = servicesOf(environment);
  return [...running, ...atTimes].map(([service]) => ({ service, version }));
}

function servicesAsked(environment: Environment, wanted: readonly Wanted[]): readonly (readonly [string, EnvironmentService])[] {
  const { running, atTimes } = servicesOf(environment);
  const here = new Map([...running, ...atTimes]);
  for (const { service } of wanted)
    if (!here.has(service))
      throw new UserError(
        "unknown-service",
        Object.hasOwn(environment.services, service)
          ? `${service} says nothing of how it runs here`
          : `${environment.environment} has no service ${shown(service)}`,
        { hint: didYouMean(service, [...here.keys()]) ?? `one of: ${[...here.keys()].join(", ")}` },
      );
  const names = new Set(wanted.map(({ service }) => service));
  return [...here].filter(([name]) => names.has(name));
}

async function sourceOf(
  platform: Platform,
  { service, version, folder }: Wanted,
  { product, key, root }: { readonly product: string; readonly key: string; readonly root: string },
): Promise<Source | { readonly revision: string }> {
  if (folder !== undefined) return folderSource(folder);
  if (version === undefined) return folderSource(root);
  if ((await platform.store.releases.revisionKept(product, key, service, version)) !== undefined) return { revision: version };
  const commit = await commitSource(root, version, path.join(platform.place.folder, "checkouts"));
  if (commit !== undefined) return commit;
  throw new UserError(
    "unknown-version",
    `${shown(version)} is no folder, no commit or tag of the repository, and no revision of ${service} in ${key}`,
    {
      hint: `gantry history ${key} lists the revisions that there were`,
    },
  );
}

/** As many as serve now: whoever takes over has to bear the same. */
function replicasOf(before: EnvironmentView | undefined, service: string, from: string | undefined, spec: RevisionSpec): number {
  const old = before?.services.find((one) => one.service === service)?.revisions.find((one) => one.revision === from);
  const wanted = old === undefined || old.resting === true ? 0 : old.wanted;
  return Math.max(1, Math.min(spec.scale.max, Math.max(spec.scale.min, wanted)));
}

/** What an environment with a limit still has room for, beside what runs. */
function roomOf({ limits }: Environment, before: EnvironmentView | undefined, changes: readonly Change[]): Room | undefined {
  const most = limits?.pods;
  if (most === undefined) return undefined;
  const moved = new Map(changes.map((change) => [change.service, change]));
  let [running, spare, takeable] = [0, 0, 0];
  for (const { service, revisions, split } of before?.services ?? [])
    for (const { revision, resting, wanted: runs } of revisions) {
      if (resting === true) continue;
      // Whoever serves and sleeps is woken by the next request.
      const serves = split.shares.some((share) => share.revision === revision && share.weight > 0);
      const wanted = serves ? Math.max(1, runs) : runs;
      running += wanted;
      const change = moved.get(service);
      if (change !== undefined && revision !== change.from && revision !== change.to) spare += wanted;
      else takeable += Math.max(0, wanted - 1);
    }
  return { most, free: most - running, spare, takeable };
}

/** Better before anything is touched than in the middle. */
function refuseCrowded(environment: Environment, changes: readonly Change[], room: Room): void {
  const lacks = lacksRoom(environment, changes, room);
  if (lacks === 0) return;
  const { most, free } = room;
  const how = environment.release?.strategy ?? "rolling";
  throw new ConflictError(
    "at-limit",
    `${environment.environment} may have ${count(most, "replica")} and has ${most - free}: ${how === "rolling" ? "a rolling update" : how} lacks ${lacks} to run beside them`,
    {
      hint: `raise limits.pods to ${most + lacks}, have fewer services or replicas in it, or say release: recreate(), which stops the old first and has a gap`,
    },
  );
}
