import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { shown } from "../../lib/text.ts";
import { isCalled } from "../called.ts";
import { readMigrations } from "../files/read-folder.ts";
import type { Migration } from "../migration.ts";
import { refuseOtherHistory } from "./histories.ts";
import { type Applied, appliedMigrations, ensureRecords, halfDone } from "./records.ts";
import { restorePoint } from "./restore-point.ts";
import { runText } from "./run-text.ts";
import { type SessionOptions, withSession } from "./session.ts";

export type MigrateOptions = SessionOptions & {
  /** A folder, or what was read of it. */
  readonly migrations: string | readonly Migration[];
  /** Only these, by name. */
  readonly only?: readonly string[];
  /** The last one to be applied, by number or name. */
  readonly to?: string | undefined;
};

export type Migrated = { readonly applied: readonly string[]; readonly already: number };

/** Brings a database to where the folder is. Two at once do it once; one that fails leaves what came before it. */
export async function applyMigrations({ migrations, only, to, ...options }: MigrateOptions): Promise<Migrated> {
  const all = typeof migrations === "string" ? readMigrations(migrations) : migrations;
  const wanted = upTo(all, to).filter(({ name }) => only === undefined || only.includes(name));
  return withSession(options, async (session) => {
    const { client, tell } = session;
    await session.freshen();
    const before = await appliedMigrations(client);
    refuseChanged(wanted, before);
    const open = openOf(wanted, before);
    const [first] = open;
    if (first === undefined) return { applied: [], already: wanted.length };
    if (before.length === 0) await refuseOtherHistory(client);
    await ensureRecords(client);
    await restorePoint(client, first.name, tell);
    noteLate(wanted, before, open, (migration) =>
      tell({ event: "note", migration, says: "it comes after others that were applied already, though its number is lower" }),
    );
    const half = await halfDone(client);
    for (const { name, up } of open) {
      const start = performance.now();
      tell({ event: "began", migration: name });
      await runText(session, { name, direction: "up", text: up, sha256: up.sha256, half: half.find((one) => one.name === name) });
      tell({ event: "applied", migration: name, ms: Math.round(performance.now() - start) });
    }
    return { applied: open.map(({ name }) => name), already: wanted.length - open.length };
  });
}

export function openOf(migrations: readonly Migration[], applied: readonly Applied[]): readonly Migration[] {
  const known = new Set(applied.map(({ name }) => name));
  return migrations.filter(({ name }) => !known.has(name));
}

/** Those up to and with the one that is called so. */
export function upTo(migrations: readonly Migration[], to: string | undefined): readonly Migration[] {
  return to === undefined ? migrations : migrations.slice(0, indexOf(migrations, to) + 1);
}

export function indexOf(migrations: readonly Migration[], called: string): number {
  const found = migrations.findIndex((one) => isCalled(one, called));
  if (found >= 0) return found;
  throw new UserError("unknown-migration", `there is no migration ${shown(called)}`, {
    hint:
      didYouMean(
        called,
        migrations.map(({ name }) => name),
      ) ?? "gantry migrate status lists them",
  });
}

export function changedOf(migrations: readonly Migration[], applied: readonly Applied[]): readonly Migration[] {
  const known = new Map(applied.map(({ name, sha256 }) => [name, sha256]));
  return migrations.filter(({ name, up }) => (known.get(name) ?? up.sha256) !== up.sha256);
}

export function refuseChanged(migrations: readonly Migration[], applied: readonly Applied[]): void {
  const changed = changedOf(migrations, applied);
  const [first] = changed;
  if (!first) return;
  throw new UserError("migration-changed", `${changed.map(({ up }) => up.file).join(", ")} changed after it was applied`, {
    hint: "put it back as it was, and what should be different into a new migration",
    places: [{ file: first.up.file, line: 1, column: 1 }],
  });
}

function noteLate(
  all: readonly Migration[],
  applied: readonly Applied[],
  open: readonly Migration[],
  note: (name: string) => void,
): void {
  const known = new Set(applied.map(({ name }) => name));
  const last = all.findLastIndex(({ name }) => known.has(name));
  for (const one of open) if (all.indexOf(one) < last) note(one.name);
}
