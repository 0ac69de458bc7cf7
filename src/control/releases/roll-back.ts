import { randomUUID } from "node:crypto";
import { beginRollback, isRollback } from "../../delivery/begin-release.ts";
import type { Actor } from "../../delivery/machine.ts";
import type { Change, Release } from "../../delivery/release.ts";
import { ConflictError, UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { listed, shown } from "../../lib/text.ts";
import type { Environment } from "../../spec/environment.ts";
import { isListening } from "../../spec/is-listening.ts";
import type { Control } from "../control.ts";
import { refuseFrozen } from "./begin.ts";
import { type BackOf, lastWayBack } from "./last-way-back.ts";
import { newId, rowOf, servingOf } from "./make-release.ts";
import { type Material, materialOf } from "./material.ts";
import { type Forced, refuseMovedOn } from "./way-back.ts";

/** Back to what served before: of these services, or of those that the last release changed. */
type BackAsked = BackOf & {
  readonly by: Actor;
  readonly reason: string | undefined;
  readonly forced: Forced | undefined;
  /** Also where somebody has just gone back. */
  readonly further: boolean;
};

/** The release that goes back, or the one that somebody has gone back by already. */
export type Back = { readonly release: Release; readonly how: "begun" | "aborted" | "back already" };

export async function rollBack(control: Control, asked: BackAsked): Promise<Back> {
  const { platform, engine } = control;
  const { product, key, services, by, reason, forced } = asked;
  const { store } = platform;
  await refuseUnknown(control, asked);
  const unfinished = (await store.runs.list(product, { environment: key, kind: "release", unfinished: true, limit: 10 }))
    .map((row) => engine.read(row) as Release)
    .filter(({ changes }) => services.length === 0 || changes.some(({ service }) => services.includes(service)));
  // Two people who want the same at the same time want it once.
  const going = unfinished.find((one) => isRollback(one) && one.phase === "progressing");
  if (going !== undefined && !asked.further) return { release: going, how: "back already" };
  const under = unfinished.find((one) => !isRollback(one));
  if (under === undefined) return startRollback(control, asked);
  // What is still on its way or watched is taken back as a whole: it knows best where it came from. On its way, what it goes
  // back to serves; where all traffic is on the new one, the old one has to run again.
  const environment = (await materialOf(store, under.id))?.environment;
  const to = under.changes.flatMap(({ service, from }) => (from === undefined ? [] : [{ service, revision: from }]));
  if (under.phase === "watching" && environment !== undefined)
    await refuseMovedOn(platform, { product, key, environment, to }, forced);
  const command = { id: randomUUID(), atMs: Date.now(), by, verb: "abort", reason: reason ?? "rolled back" };
  const reply = await engine.command(under.id, command);
  // It has ended in the meantime: well, or by going back itself.
  return reply?.ok === false ? startRollback(control, asked) : { release: under, how: "aborted" };
}

async function refuseUnknown({ platform }: Control, { product, key, services }: BackAsked): Promise<void> {
  const known = Object.keys(((await rowOf(platform, product, key)).data as Environment).services);
  const serving = await servingOf(platform, product, key);
  const unknown = services.find((service) => !known.includes(service) && !serving.has(service));
  if (unknown !== undefined)
    throw new UserError("unknown-service", `${key} has no service ${shown(unknown)}`, {
      hint: didYouMean(unknown, known) ?? `one of: ${known.join(", ")}`,
    });
}

async function startRollback(control: Control, asked: BackAsked): Promise<Back> {
  const { platform, engine } = control;
  const { product, key, by, reason, forced } = asked;
  const row = await rowOf(platform, product, key);
  const environment = row.data as Environment;
  await refuseFrozen(control, environment, key, "rollback");
  const last = asked.further ? undefined : await lastWayBack(control, asked, Date.now());
  if (last !== undefined && isRollback(last)) return { release: last, how: "back already" };
  if (last !== undefined) {
    const what = listed(last.changes.map(({ service, from = "nothing" }) => `${service} ${from}`));
    const why = last.because === undefined ? "" : ` (${last.because})`;
    throw new ConflictError("back-already", `release ${last.id} was taken back just now${why}: ${what} serves again`, {
      hint: `gantry rollback --to ${key} --further goes back to what was before that`,
    });
  }
  const changes = await changesBack(control, asked, environment);
  const to = changes.map((change) => ({ service: change.service, revision: change.to }));
  await refuseMovedOn(platform, { product, key, environment, to }, forced);
  const release = beginRollback({
    id: newId(),
    product,
    environment: key,
    startedBy: by,
    changes,
    why: reason,
    nowMs: Date.now(),
  });
  const material: Material = {
    schemaVersion: 1,
    environment,
    speed: row.speed,
    root: platform.place.root,
    migrations: {},
    names: {},
  };
  await platform.store.releases.putMaterial(release.id, product, key, material);
  await engine.begin(release);
  return { release, how: "begun" };
}

async function changesBack(
  control: Control,
  { product, key, services }: BackAsked,
  environment: Environment,
): Promise<readonly Change[]> {
  const { platform } = control;
  const serving = await servingOf(platform, product, key);
  const names = services.length > 0 ? [...new Set(services)] : await lastChanged(control, product, key);
  const changes: Change[] = [];
  const without: string[] = [];
  for (const service of names) {
    const from = serving.get(service);
    const previous = (await platform.store.releases.served(product, key, service)).find((one) => one.revision !== from);
    if (from === undefined || previous === undefined) {
      without.push(service);
      continue;
    }
    const spec = previous.spec as { readonly scale?: { readonly min?: number } };
    changes.push({
      service,
      from,
      to: previous.revision,
      version: await versionOf(control, product, key, service, previous.revision),
      artifact: previous.artifact,
      after: [],
      serves: environment.services[service] !== undefined && isListening(environment.services[service]),
      replicas: Math.max(1, spec.scale?.min ?? 1),
    });
  }
  if (changes.length > 0 && (services.length === 0 || without.length === 0)) return changes;
  const none = `${listed(without)} ${without.length === 1 ? "has" : "have"} no earlier revision in ${key} that was not taken back`;
  throw new ConflictError("nothing-to-return-to", without.length === 0 ? `nothing was released to ${key} yet` : none, {
    hint: `gantry history ${key} lists what there was`,
  });
}

/** What a revision was called when it was released. */
async function versionOf(
  { platform }: Control,
  product: string,
  key: string,
  service: string,
  revision: string,
): Promise<string> {
  const rows = await platform.store.runs.list(product, { environment: key, kind: "release", limit: 200 });
  for (const { data } of rows) {
    const change = (data as Release).changes.find((one) => one.service === service && one.to === revision);
    if (change !== undefined) return change.version;
  }
  return revision;
}

async function lastChanged({ platform }: Control, product: string, key: string): Promise<readonly string[]> {
  const rows = await platform.store.runs.list(product, { environment: key, kind: "release", limit: 50 });
  const last = rows.map(({ data }) => data as Release).find(({ phase }) => phase === "healthy" || phase === "watching");
  return last?.changes.map(({ service }) => service) ?? [];
}
