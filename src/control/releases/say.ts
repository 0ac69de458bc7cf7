import { randomUUID } from "node:crypto";
import type { Actor, Command } from "../../delivery/machine.ts";
import type { Release } from "../../delivery/release.ts";
import { ConflictError, GantryError, UserError } from "../../lib/errors.ts";
import { shown } from "../../lib/text.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Control } from "../control.ts";
import { retryRelease } from "./begin.ts";
import { materialOf } from "./material.ts";
import { rolesOf } from "./roles.ts";

// What people say to releases, whichever way it comes.

const verbs = ["promote", "promote-full", "pause", "resume", "abort", "retry", "skip", "approve", "reject"];
/** Of the characters of a reason, so many are kept. */
export const longestReason = 500;

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
  if (command.verb === "retry") {
    if (material === undefined)
      throw new ConflictError("not-tried-again", `what release ${release.id} was made of is not kept any more`, {
        hint: "gantry release begins a new one",
      });
    return oneAtATime(release.environment, async () => {
      const next = await retryRelease(control, release, material, command);
      return { release: next.id, ok: true, because: `begun anew as ${next.id}` };
    });
  }
  refuseOthers(release, command);
  const reply = await engine.command(release.id, command);
  if (reply === undefined)
    throw new GantryError("not-reachable", `nobody has answered for release ${release.id} yet`, {
      hint: "it is read all the same: gantry rollout status shows what became of it",
    });
  return { release: release.id, ok: reply.ok, because: reply.because };
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
    ...(reason === undefined ? {} : { reason: reason.slice(0, longestReason) }),
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
