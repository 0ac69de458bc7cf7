import { randomUUID } from "node:crypto";
import type { Actor, Command } from "../../delivery/machine.ts";
import type { Release } from "../../delivery/release.ts";
import { GantryError, UserError } from "../../lib/errors.ts";
import { shown } from "../../lib/text.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Control } from "../control.ts";
import { retryRelease, startRollback } from "./begin.ts";
import { materialOf } from "./material.ts";
import { rolesOf } from "./roles.ts";
import { refuseMovedOn } from "./way-back.ts";

// What people say to releases, whichever way it comes.

const verbs = ["promote", "promote-full", "pause", "resume", "abort", "retry", "skip", "approve", "reject"];
const mostReason = 500;

export type Word = {
  readonly verb: string;
  readonly by: Actor;
  /** Said twice under one name, it is done once. */
  readonly id?: string | undefined;
  readonly step?: number | undefined;
  readonly reason?: string | undefined;
};

export type Said = { readonly release: string; readonly ok: boolean; readonly because: string };

export async function sayToRelease(control: Control, release: Release, word: Word): Promise<Said> {
  const { platform, engine, oneAtATime } = control;
  const material = await materialOf(platform.store, release.id);
  const command = commandOf(word, material?.environment);
  if (command.verb === "retry" && release.endedAtMs !== undefined && material !== undefined)
    return oneAtATime(release.environment, async () => {
      const next = await retryRelease(control, release, material, command.by);
      return { release: next.id, ok: true, because: `begun anew as ${next.id}` };
    });
  refuseOthers(release, command);
  const reply = await engine.command(release.id, command);
  if (reply === undefined)
    throw new GantryError("not-reachable", `nobody has answered for release ${release.id} yet`, {
      hint: "it is read all the same: gantry rollout status shows what became of it",
    });
  return { release: release.id, ok: reply.ok, because: reply.because };
}

export type RollBack = {
  readonly product: string;
  readonly key: string;
  readonly services: readonly string[];
  readonly by: Actor;
  readonly forced: boolean;
  readonly reason: string | undefined;
};

/** Back to what served before: what is on its way is taken back, else a release of its own goes there. */
export async function rollBack(
  control: Control,
  { product, key, services, by, forced: isForced, reason }: RollBack,
): Promise<{ readonly release: Release; readonly aborted: boolean }> {
  const { platform, engine, oneAtATime } = control;
  const { store } = platform;
  const forced = isForced ? { by, reason } : undefined;
  return oneAtATime(key, async () => {
    const under = (await store.runs.list(product, { environment: key, kind: "release", unfinished: true, limit: 10 }))
      .map((row) => engine.read(row) as Release)
      .find(
        ({ changes, plan }) =>
          plan.strategy !== "rollback" && (services.length === 0 || changes.some(({ service }) => services.includes(service))),
      );
    if (under === undefined)
      return { release: await startRollback(control, { product, key, services, by, forced }), aborted: false };
    // What is still on its way or watched is taken back as a whole: it knows best where it came from. On its way, what it goes
    // back to serves; where all traffic is on the new one, the old one has to run again.
    const environment = (await materialOf(store, under.id))?.environment;
    const to = under.changes.flatMap(({ service, from }) => (from === undefined ? [] : [{ service, revision: from }]));
    if (under.phase === "watching" && environment !== undefined)
      await refuseMovedOn(platform, { product, key, environment, to }, forced);
    const why = reason ?? "rolled back";
    const reply = await engine.command(under.id, { id: randomUUID(), atMs: Date.now(), by, verb: "abort", reason: why });
    if (reply?.ok === false)
      return { release: await startRollback(control, { product, key, services, by, forced }), aborted: false };
    return { release: under, aborted: true };
  });
}

function commandOf({ verb, by, id, step, reason }: Word, environment: Environment | undefined): Command {
  if (!verbs.includes(verb)) throw new UserError("usage", `a release knows no ${shown(verb)}`);
  return {
    id: id ?? randomUUID(),
    atMs: Date.now(),
    by,
    verb,
    ...(environment === undefined ? {} : { roles: rolesOf(environment, by.name) }),
    ...(step === undefined ? {} : { step }),
    ...(reason === undefined ? {} : { reason: reason.slice(0, mostReason) }),
  };
}

/** Whoever may not say yes hears it at once, and with another status than whoever comes too late. */
function refuseOthers({ plan, at }: Release, { verb, by, roles = [] }: Command): void {
  if (verb !== "approve" && verb !== "reject") return;
  const asked = plan.steps[at]?.gates.flatMap((gate) => (gate.gate === "approval" ? [gate.role] : [])) ?? [];
  if (asked.length === 0 || asked.some((role) => roles.includes(role))) return;
  throw new UserError("not-your-role", `${by.name} is not of ${asked.join(" or ")}, who have to say it`, {
    hint: "the roles of the spec name their members; --as says who you are",
  });
}
