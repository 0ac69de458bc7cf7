import { setTimeout as sleep } from "node:timers/promises";
import type { Release } from "../../delivery/release.ts";
import { GantryError, UserError } from "../../lib/errors.ts";
import type { Environment } from "../../spec/environment.ts";
import { gameDayMark } from "../../wire/game-day-mark.ts";
import type { Progress } from "../../wire/up.ts";
import type { Given } from "../command.ts";
import { type LocalPlatform, ensureServer } from "../platform.ts";
import { showProgress } from "../progress.ts";
import { queryText } from "../running.ts";
import { whoAsks } from "../who.ts";

type Made = { readonly kind: "begun-release"; readonly release: Release };

/** The same code once more, as a revision of its own: it bears a mark. What is wrong with it is injected. */
export async function releaseMarked(
  platform: LocalPlatform,
  { environment, service, mark }: { readonly environment: Environment; readonly service: string; readonly mark: string },
  given: Given,
): Promise<Release> {
  const one = environment.services[service];
  if (one === undefined || environment.release === undefined)
    throw new UserError("nothing-to-rehearse", `${environment.environment} does not say how ${service} is released`, {
      hint: "give it a release: canary([…]), as docs/releases.md shows; without --release faults happen to what runs",
    });
  const services = { ...environment.services, [service]: { ...one, env: { ...one.env, [gameDayMark]: mark } } };
  const request = {
    environment: { ...environment, services },
    root: platform.place.root,
    services: [{ service }],
    dryRun: false,
    ...whoAsks(given),
  };
  let made: Made | undefined;
  const only = async function* (): AsyncGenerator<Progress> {
    for await (const line of platform.send<Progress | Made>("/v1/releases", request))
      if (line.kind === "begun-release") made = line;
      else yield line;
  };
  await showProgress(only(), given);
  if (made === undefined || made.release.changes.length === 0) throw new GantryError("internal", "nothing came of the release");
  return made.release;
}

const everyMs = 200;
const patienceMs = 60_000;

/** Looks until it holds. Servers that die meanwhile are started again. */
export async function releaseUntil(
  platform: LocalPlatform,
  about: {
    readonly product: string;
    readonly id: string;
    readonly signal?: AbortSignal;
    readonly onSeen?: (release: Release) => void;
  },
  holds: (release: Release) => boolean,
): Promise<Release | undefined> {
  let sinceMs = Date.now();
  while (about.signal?.aborted !== true) {
    try {
      const release = await platform.get<Release>(`/v1/releases/one?${queryText({ product: about.product, id: about.id })}`);
      sinceMs = Date.now();
      about.onSeen?.(release);
      if (holds(release)) return release;
    } catch (error) {
      if (!(error instanceof GantryError) || error.code !== "not-reachable" || Date.now() - sinceMs > patienceMs) throw error;
      await ensureServer(platform);
    }
    await sleep(everyMs);
  }
  return undefined;
}

/** Whatever it has come to, what served before serves again. */
export async function takeBack(
  platform: LocalPlatform,
  product: string,
  { id, environment }: Release,
  given: Given,
): Promise<Release | undefined> {
  await ensureServer(platform);
  const now = await platform.get<Release>(`/v1/releases/one?${queryText({ product, id })}`);
  if (now.phase !== "degraded" && now.phase !== "reverting") {
    const services = now.changes.map(({ service }) => service);
    for await (const line of platform.send("/v1/rollback", {
      product,
      environment,
      services,
      reason: "the game day is over",
      ...whoAsks(given),
    }))
      void line;
  }
  const ended = (one: Release): boolean => one.endedAtMs !== undefined || one.phase === "degraded";
  return releaseUntil(platform, { product, id, signal: AbortSignal.timeout(patienceMs) }, ended);
}

/** From the first request to a new revision until it was decided that it goes back. */
export function detectedAfterMs({ record, phase, plan }: Release): number | undefined {
  if (phase !== "degraded" && phase !== "reverting") return undefined;
  const shares = plan.steps.flatMap(({ name, weightPercent }) => (weightPercent > 0 ? [`step ${name}`] : []));
  const began = record.find(({ what }) => shares.includes(what))?.atMs;
  const turned = record.find(({ what }) => what.startsWith("goes back"))?.atMs;
  return began === undefined || turned === undefined ? undefined : turned - began;
}
