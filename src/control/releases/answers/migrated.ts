import type { Answer, Gate } from "../../../delivery/gate.ts";
import type { Observed } from "../../../delivery/observed.ts";
import { count } from "../../../lib/text.ts";
import type { Platform } from "../../platform.ts";
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
  if (folder !== undefined) {
    const database = await databaseOf(platform, release, material, resource);
    const missing = (await database?.missing(folder)) ?? [];
    const [first] = missing;
    return first === undefined
      ? answered("pass", `${resource} has had every migration`, nowMs)
      : answered("fail", `${resource} lacks ${count(missing.length, "migration")}, the first of them ${first}`, nowMs, {
          missing,
        });
  }
  // What a command of the product's own has done is known by how it ended.
  const own = Object.entries(tasks).find(([id]) => id.endsWith(`migrate ${resource}`))?.[1];
  if (own?.state === "passed") return answered("pass", own.because, nowMs);
  return answered("inconclusive", `nobody knows whether ${resource} is migrated: nothing in this release has done it`, nowMs);
}
