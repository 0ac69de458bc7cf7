import type { Release } from "../../delivery/release.ts";
import { listed } from "../../lib/text.ts";
import type { Migration } from "../../migrations/migration.ts";
import { type Held, type InPlay, cameAs, judgeRelease } from "../../migrations/judge-release.ts";
import { loadParser } from "../../migrations/sql/parser.ts";
import type { Environment } from "../../spec/environment.ts";
import { usesOf } from "../../targets/local/service-env.ts";
import type { Platform } from "../platform.ts";
import type { CameWith } from "./came-with.ts";

const looksBack = 200;

export type Verdict = {
  /** Not run by this release, and why. */
  readonly held: readonly Held[];
  /** Why it may not go on at all. */
  readonly refused: readonly string[];
};

/** Whose migrations they are; a release, or somebody who runs them by hand and brings no code. */
export type At = Pick<Release, "product" | "environment"> & Partial<Pick<Release, "id" | "changes" | "leftovers">>;

/** What of the migrations that are missing in a database may run now. */
export async function judgeMissing(
  platform: Platform,
  at: At,
  environment: Environment,
  { resource, open }: { readonly resource: string; readonly open: readonly Migration[] },
): Promise<Verdict> {
  const of = environment.resources[resource];
  const { destructive, reversibleOnly } = (of?.kind === "postgres" ? of.migrations : undefined) ?? {};
  if (open.length === 0 || (destructive === undefined && reversibleOnly !== true)) return { held: [], refused: [] };
  const policy = {
    ...(destructive === undefined ? {} : { destructive }),
    ...(reversibleOnly === undefined ? {} : { reversibleOnly }),
  };
  const inPlay = destructive === "over two releases" ? await inPlayNow(platform, at, environment, resource) : [];
  return judgeRelease(await loadParser(), open, { policy, inPlay });
}

export const heldText = (held: readonly Held[]): string =>
  held
    .map(({ migration, does, because }) => `${migration} waits${does.length === 0 ? "" : `, for it ${listed(does)}`}: ${because}`)
    .join("; ");

/** Every revision that uses the database and can be answered by: what serves, what runs, and what could be gone back to at once. */
async function inPlayNow(platform: Platform, at: At, environment: Environment, resource: string): Promise<readonly InPlay[]> {
  const { store } = platform;
  const { product, environment: key } = at;
  const { services } = environment;
  const using = new Set(
    Object.entries(services).flatMap(([name, service]) => (usesOf(service).includes(resource) ? [name] : [])),
  );
  // Where none says that it uses it, any could.
  const uses = (service: string): boolean => using.size === 0 || using.has(service);
  const earlier = (await store.runs.list(product, { environment: key, kind: "release", limit: looksBack }))
    .map(({ data }) => data as Release)
    .filter(({ id }) => id !== at.id);
  const found = new Map<string, Omit<InPlay, "cameWith">>();
  const add = (service: string, revision: string, why: string): void => {
    const own = at.changes?.some((one) => one.service === service && one.to === revision) ?? false;
    if (!own && uses(service) && !found.has(`${service} ${revision}`))
      found.set(`${service} ${revision}`, { service, revision, why });
  };
  for (const one of await store.revisions(product, key))
    if (one.servingSince !== null && one.retiredAt === null) add(one.service, one.revision, "serves");
  const view = (await platform.agent.state()).environments.find((one) => one.environment === key);
  for (const { service, revisions } of view?.services ?? [])
    for (const one of revisions) if (one.resting !== true) add(service, one.revision, "runs");
  for (const [service, revisions] of Object.entries(at.leftovers ?? {})) for (const one of revisions) add(service, one, "runs");
  for (const { changes, from } of inWindow(earlier, Date.now()))
    for (const one of changes) if (one.from !== undefined) add(one.service, one.from, `can be gone back to until ${from}`);
  return Promise.all([...found.values()].map(async (one) => ({ ...one, cameWith: await cameWith(store, at, one, resource) })));
}

function inWindow(releases: readonly Release[], nowMs: number) {
  return releases.flatMap(({ changes, phase, switchedAtMs, plan }) => {
    const untilMs = (switchedAtMs ?? 0) + plan.windowMs;
    if (phase === "degraded" || switchedAtMs === undefined || (phase !== "watching" && untilMs <= nowMs)) return [];
    return [{ changes, from: `${new Date(untilMs).toISOString().slice(0, 16).replace("T", " ")} UTC` }];
  });
}

/** The migrations that a revision came with, as it remembers them. Of one from before revisions did so nobody knows. */
async function cameWith(
  store: Platform["store"],
  { product, environment }: At,
  { service, revision }: Pick<InPlay, "service" | "revision">,
  resource: string,
): Promise<InPlay["cameWith"]> {
  const kept = await store.releases.revisionKept(product, environment, service, revision);
  const own = (kept?.migrations as CameWith | null | undefined)?.[resource];
  return own === undefined ? undefined : new Set(own.map(cameAs));
}
