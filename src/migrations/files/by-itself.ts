import path from "node:path";
import type { Migration } from "../migration.ts";
import { isOfflineText, revisionsIn } from "./alembic.ts";
import { migrationText, type Refuse, sha256Of } from "./folder-files.ts";
import { dbmateHalves, ownHalves } from "./halves.ts";

/** A text as the migration that it is by itself. */
export function migrationOf(file: string, text: string, refuse: Refuse = refused): Migration {
  const name = path.basename(file);
  const of = { id: /^\d+/.exec(name)?.[0] ?? name, name };
  if (name.endsWith(".down.sql")) return { ...of, up: migrationText(file, ""), down: migrationText(file, text) };
  return { ...of, ...(dbmateHalves(file, text) ?? ownHalves(file, { text, sha256: sha256Of(text) }, refuse)) };
}

/** All that stand in a text: what Alembic writes out are many. */
export function migrationsOf(file: string, text: string, refuse: Refuse = refused): readonly Migration[] {
  return isOfflineText(text) ? revisionsIn(file, text) : [migrationOf(file, text, refuse)];
}

function refused(problem: Error): never {
  throw problem;
}
