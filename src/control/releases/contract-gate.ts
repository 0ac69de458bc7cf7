import { existsSync } from "node:fs";
import type { Release } from "../../delivery/release.ts";
import { listed } from "../../lib/text.ts";
import { readMigrations } from "../../migrations/files/read-folder.ts";
import { type Held, type InPlay, cameAs, judgeRelease } from "../../migrations/judge-release.ts";
import { loadParser } from "../../migrations/sql/parser.ts";
import { usesOf } from "../../targets/local/service-env.ts";
import type { Platform } from "../platform.ts";
import { type Material, materialOf } from "./material.ts";

const looksBack = 200;

export type Verdict = {
  /** Not run by this release, and why. */
  readonly held: readonly Held[];
  /** Why it may not go on at all. */
  readonly refused: readonly string[];
};

/** What of the migrations that are missing in a database this release may run. */
export async function judgeMissing(
  platform: Platform,
  release: Release,
  material: Material,
  { resource, folder, missing }: { readonly resource: string; readonly folder: string; readonly missing: readonly string[] },
): Promise<Verdict> {
  const of = material.environment.resources[resource];
  const { destructive, reversibleOnly } = (of?.kind === "postgres" ? of.migrations : undefined) ?? {};
  if (missing.length === 0 || (destructive === undefined && reversibleOnly !== true)) return { held: [], refused: [] };
  const open = readMigrations(folder).filter(({ name }) => missing.includes(name));
  const policy = {
    ...(destructive === undefined ? {} : { destructive }),
    ...(reversibleOnly === undefined ? {} : { reversibleOnly }),
  };
  const inPlay = destructive === "over two releases" ? await inPlayNow(platform, release, material, resource) : [];
  return judgeRelease(await loadParser(), open, { policy, inPlay });
}

export const heldText = (held: readonly Held[]): string =>
  held
    .map(({ migration, does, because }) => `${migration} waits${does.length === 0 ? "" : `, for it ${listed(does)}`}: ${because}`)
    .join("; ");

/** Every revision that uses the database and can be answered by: what serves, what runs, and what could be gone back to at once. */
async function inPlayNow(platform: Platform, release: Release, material: Material, resource: string): Promise<readonly InPlay[]> {
  const { store } = platform;
  const { product, environment: key } = release;
  const { services } = material.environment;
  const using = new Set(
    Object.entries(services).flatMap(([name, service]) => (usesOf(service).includes(resource) ? [name] : [])),
  );
  // Where none says that it uses it, any could.
  const uses = (service: string): boolean => using.size === 0 || using.has(service);
  const earlier = (await store.runs.list(product, { environment: key, kind: "release", limit: looksBack }))
    .map(({ data }) => data as Release)
    .filter(({ id }) => id !== release.id);
  const found = new Map<string, Omit<InPlay, "cameWith">>();
  const add = (service: string, revision: string, why: string): void => {
    const own = release.changes.some((one) => one.service === service && one.to === revision);
    if (!own && uses(service) && !found.has(`${service} ${revision}`))
      found.set(`${service} ${revision}`, { service, revision, why });
  };
  for (const one of await store.revisions(product, key))
    if (one.servingSince !== null && one.retiredAt === null) add(one.service, one.revision, "serves");
  const view = (await platform.agent.state()).environments.find((one) => one.environment === key);
  for (const { service, revisions } of view?.services ?? [])
    for (const one of revisions) if (one.resting !== true) add(service, one.revision, "runs");
  for (const [service, revisions] of Object.entries(release.leftovers ?? {}))
    for (const one of revisions) add(service, one, "runs");
  for (const { changes, from } of inWindow(earlier, Date.now()))
    for (const one of changes) if (one.from !== undefined) add(one.service, one.from, `can be gone back to until ${from}`);
  return Promise.all(
    [...found.values()].map(async (one) => ({ ...one, cameWith: await cameWith(store, earlier, one, resource) })),
  );
}

function inWindow(releases: readonly Release[], nowMs: number) {
  return releases.flatMap(({ changes, phase, switchedAtMs, plan }) => {
    const untilMs = (switchedAtMs ?? 0) + plan.windowMs;
    if (phase === "degraded" || switchedAtMs === undefined || (phase !== "watching" && untilMs <= nowMs)) return [];
    return [{ changes, from: `${new Date(untilMs).toISOString().slice(0, 16).replace("T", " ")} UTC` }];
  });
}

/** The migrations that a revision was released with. Without a copy of them nobody knows. */
async function cameWith(
  store: Platform["store"],
  releases: readonly Release[],
  { service, revision }: Pick<InPlay, "service" | "revision">,
  resource: string,
): Promise<InPlay["cameWith"]> {
  const all = new Set<string>();
  let known = false;
  for (const { id, changes } of releases) {
    if (!changes.some((one) => one.service === service && one.to === revision)) continue;
    const folder = (await materialOf(store, id))?.migrations[resource];
    if (folder === undefined || !existsSync(folder)) continue;
    known = true;
    for (const one of readMigrations(folder)) all.add(cameAs(one));
  }
  return known ? all : undefined;
}
