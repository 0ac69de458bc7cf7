import type { Answer, Gate } from "../../../delivery/gate.ts";
import type { Observed } from "../../../delivery/observed.ts";
import { count } from "../../../lib/text.ts";
import type { Held } from "../../../migrations/judge-release.ts";
import { readMigrations } from "../../../migrations/files/read-folder.ts";
import type { Platform } from "../../platform.ts";
import { heldText, judgeMissing } from "../contract-gate.ts";
import { databaseOf } from "../databases.ts";
import { type Look, answered } from "./look.ts";

/** The database has had every migration that this release comes with. */
export async function migratedAnswer(
  gate: Extract<Gate, { gate: "migrated" }>,
  { release, material, nowMs }: Look,
  platform: Platform,
  tasks: Observed["tasks"],
): Promise<Answer> {
  const { resource } = gate;
  const folder = material.migrations[resource];
  const own = Object.entries(tasks).find(([id]) => id.endsWith(`migrate ${resource}`))?.[1];
  if (folder !== undefined) {
    const database = await databaseOf(platform, release, material, resource);
    const missing = (await database?.missing(folder)) ?? [];
    const judge = (names: readonly string[]) =>
      judgeMissing(platform, release, material.environment, {
        resource,
        open: readMigrations(folder).filter(({ name }) => names.includes(name)),
      });
    // What this release has held back is not missing: it waits for revisions that still need what it takes away.
    const held = missing.length === 0 ? [] : (heldBy(own?.evidence) ?? (await judge(missing)).held);
    const lacking = missing.filter((name) => !held.some(({ migration }) => migration === name));
    const [first] = lacking;
    if (first !== undefined)
      return answered("fail", `${resource} lacks ${count(lacking.length, "migration")}, the first of them ${first}`, nowMs, {
        missing: lacking,
      });
    return held.length === 0
      ? answered("pass", `${resource} has had every migration`, nowMs)
      : answered("pass", `${resource} has had every migration that may run; ${heldText(held)}`, nowMs, { held });
  }
  // What a command of the product's own has done is known by how it ended.
  if (own?.state === "passed") return answered("pass", own.because, nowMs);
  return answered("inconclusive", `nobody knows whether ${resource} is migrated: nothing in this release has done it`, nowMs);
}

function heldBy(evidence: unknown): readonly Held[] | undefined {
  return (evidence as { readonly held?: readonly Held[] } | undefined)?.held;
}
