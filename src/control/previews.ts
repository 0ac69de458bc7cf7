import { rmSync } from "node:fs";
import path from "node:path";
import type { Actor } from "../delivery/machine.ts";
import { ConflictError, UserError } from "../lib/errors.ts";
import { durationMs } from "../lib/quantities.ts";
import type { Environment } from "../spec/environment.ts";
import { partsOfKey, previewKey, sharedHostOf } from "../targets/local/names.ts";
import { dropEnvironmentDatabases } from "../targets/local/providers/postgres.ts";
import type { EnvironmentSummary, PreviewView, Progress } from "../wire/up.ts";
import type { Platform } from "./platform.ts";
import { whoOf } from "./releases/actor-of.ts";
import { bringUp } from "./up.ts";

// A preview: an environment of its own beside the one it is taken from, with a copy of its database, its own hosts, and an end.

const nameRule = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
const usualTtlMs = 3 * 86_400_000;

export async function createPreview(
  platform: Platform,
  {
    name,
    environment,
    root,
    ttlMs,
    fresh = false,
    wait = false,
    tell,
  }: {
    readonly name: string;
    readonly environment: Environment;
    readonly root: string;
    readonly ttlMs?: number;
    readonly fresh?: boolean;
    readonly wait?: boolean;
    readonly tell: (progress: Progress) => void;
  },
): Promise<EnvironmentSummary> {
  if (!nameRule.test(name) || name.includes("---"))
    throw new UserError("bad-name", `${JSON.stringify(name.slice(0, 60))} cannot be a preview's name`, {
      hint: "lower-case letters, digits and dashes, at most 40, as pr-42",
    });
  // A part of a host's name has at most 63 characters, and the preview's stands before each service's.
  const longest = Math.max(...Object.keys(environment.services).map((service) => service.length));
  if (name.length + 3 + longest > 63 || environment.environment.length + 1 + name.length > 100)
    throw new UserError("bad-name", `${name} is too long for a preview of ${environment.environment}`, {
      hint: `at most ${Math.max(1, Math.min(60 - longest, 99 - environment.environment.length))} characters, so that its hosts can have names`,
    });
  const rows = await platform.store.environments(environment.product);
  const of = rows.find((one) => one.name === environment.environment);
  if (of?.state !== "up") throw notUp(environment.environment);
  const live = environment.previews?.live;
  // How long a preview lives is a span that a policy waits for, so speed shortens it.
  const ms = (ttlMs ?? (live === undefined ? usualTtlMs : durationMs(live))) / of.speed;
  const key = previewKey(environment.environment, name);
  const summary = await bringUp(platform, {
    environment,
    key,
    root,
    speed: of.speed,
    expiresAt: new Date(Date.now() + ms),
    fresh,
    early: !wait,
    tell,
  });
  // It may have gone down meanwhile: what is taken from nothing does not stay.
  const now = (await platform.store.environments(environment.product)).find((one) => one.name === environment.environment);
  if (now?.state !== "down" && now !== undefined) return summary;
  await takeDown(platform, { product: environment.product, key, data: true, tell });
  throw notUp(environment.environment);
}

function notUp(environment: string): ConflictError {
  return new ConflictError("not-up", `${environment} is not up, so there is nothing to preview beside`, {
    hint: `gantry up ${environment}`,
  });
}

export async function listPreviews(platform: Platform, product: string): Promise<readonly PreviewView[]> {
  const previews = (await platform.store.environments(product)).filter((one) => one.previewOf !== null);
  // All that the agent sees is much to ask for one number: not where nobody needs it.
  if (previews.length === 0) return [];
  const port = (await platform.agent.state()).gatewayPort;
  return previews.map((one) => ({
    name: partsOfKey(one.name).preview ?? one.name,
    of: one.previewOf ?? "",
    url: `http://${sharedHostOf(one.name)}:${port}`,
    state: one.state,
    createdAt: one.createdAt.toISOString(),
    ...(one.expiresAt ? { expiresAt: one.expiresAt.toISOString() } : {}),
  }));
}

/** Takes an environment down, and with `data` everything that it kept; a preview always goes with all it had. */
export async function takeDown(
  platform: Platform,
  {
    product,
    key,
    data,
    by = { kind: "person", name: platform.actor, known: "login" },
    tell,
  }: {
    readonly product: string;
    readonly key: string;
    readonly data: boolean;
    readonly by?: Actor;
    readonly tell: (progress: Progress) => void;
  },
): Promise<void> {
  const { agent, store, place, secrets } = platform;
  const rows = await store.environments(product);
  const row = rows.find((one) => one.name === key);
  const whole = data || row?.previewOf !== null;
  const timed = async (did: string, work: () => Promise<unknown>) => {
    const since = performance.now();
    await work();
    tell({ kind: "step", environment: key, subject: key, did, ms: Math.round(performance.now() - since) });
  };
  await timed("drained and stopped", () => agent.removeEnvironment(key));
  if (!whole) {
    await store.setEnvironmentState(product, key, "down");
  } else {
    await timed("its data removed", async () => {
      if (row) await dropEnvironmentDatabases(platform.place.postgres, row.data as Environment, key);
      await platform.facilities.forget(key);
      await store.removeEnvironment(product, key);
      secrets.forgetMade(`${key}/`);
      for (const folder of [path.join(place.resources, key), path.join(place.logs, key)])
        rmSync(folder, { recursive: true, force: true });
    });
  }
  await store.addEvent({
    product,
    environment: key,
    kind: whole ? "environment.removed" : "environment.down",
    ...whoOf(by),
    subject: key,
  });
  tell({ kind: "down", environment: key });
}

/** Previews whose time is over. */
export async function expiredPreviews(platform: Platform, product: string): Promise<readonly string[]> {
  return (await platform.store.expired(product, new Date())).filter((key) => partsOfKey(key).preview !== undefined);
}
