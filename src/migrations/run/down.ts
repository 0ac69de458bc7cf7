import { UserError } from "../../lib/errors.ts";
import type { Migration } from "../migration.ts";
import { indexOf } from "./apply.ts";
import type { Client } from "./connect.ts";
import { type Applied, appliedMigrations, ensureRecords, halfDone } from "./records.ts";
import { restorePoint } from "./restore-point.ts";
import { runText } from "./run-text.ts";
import { type SessionOptions, withSession } from "./session.ts";

export type DownOptions = SessionOptions & {
  readonly migrations: readonly Migration[];
  /** So many, from the newest; or everything behind this one, which stays. */
  readonly back: Back;
};

export type Back = { readonly steps: number } | { readonly to: string };

export type Reverted = { readonly reverted: readonly string[]; readonly left: number };

/** Takes migrations back, the newest first. Nothing is done where one of them has no way back. */
export async function revertMigrations({ migrations, back, ...options }: DownOptions): Promise<Reverted> {
  return withSession(options, async (session) => {
    const { client, tell } = session;
    await session.freshen();
    const { going, left } = await goingBack(client, migrations, back);
    const [first] = going;
    if (first === undefined) return { reverted: [], left };
    await ensureRecords(client);
    await restorePoint(client, first.name, tell);
    const half = await halfDone(client);
    for (const { name, up, down } of going) {
      const start = performance.now();
      tell({ event: "began", migration: name });
      await runText(session, {
        name,
        direction: "down",
        text: down,
        sha256: up.sha256,
        half: half.find((one) => one.name === name),
      });
      tell({ event: "reverted", migration: name, ms: Math.round(performance.now() - start) });
    }
    return { reverted: going.map(({ name }) => name), left };
  });
}

export type Going = Migration & { readonly down: NonNullable<Migration["down"]> };

/** What would be taken back, in the order in which it would. */
export async function goingBack(
  client: Client,
  migrations: readonly Migration[],
  back: Back,
): Promise<{ readonly going: readonly Going[]; readonly left: number }> {
  const applied = await appliedMigrations(client);
  const known = new Set(applied.map(({ name }) => name));
  const had = migrations.filter(({ name }) => known.has(name));
  const stays = "to" in back ? indexOf(migrations, back.to) : undefined;
  if (stays !== undefined && !known.has(migrations[stays]?.name ?? ""))
    throw new UserError("unknown-migration", `${migrations[stays]?.name ?? ""} was not applied, so there is no way back to it`, {
      hint: "gantry migrate status says what was",
    });
  const chosen =
    "steps" in back
      ? had.slice(Math.max(0, had.length - back.steps))
      : had.filter((one) => migrations.indexOf(one) > (stays ?? -1));
  const going = chosen.toReversed();
  refuseStrangers(applied, migrations, going);
  const without = going.filter(({ down }) => down === undefined);
  const [first] = without;
  if (first !== undefined)
    throw new UserError(
      "no-way-back",
      `nothing says how ${without.map(({ name }) => name).join(", ")} ${without.length === 1 ? "is" : "are"} undone`,
      {
        hint: `write ${first.up.file.replace(/(\.up)?\.sql$/, ".down.sql")}; or go back by a backup`,
        places: [{ file: first.up.file, line: 1, column: 1 }],
      },
    );
  return { going: going as readonly Going[], left: applied.length - going.length };
}

/** What was applied after the oldest of them and is not in the folder may need what they made. */
function refuseStrangers(applied: readonly Applied[], migrations: readonly Migration[], going: readonly Migration[]): void {
  const oldest = going.at(-1);
  if (oldest === undefined) return;
  const since = applied.findIndex(({ name }) => name === oldest.name);
  const names = new Set(migrations.map(({ name }) => name));
  const strange = applied.slice(since).filter(({ name }) => !names.has(name));
  if (strange.length === 0) return;
  throw new UserError("no-way-back", `${strange.map(({ name }) => name).join(", ")} came later and is not in the folder`, {
    hint: "take the commit that has it, and go back with that",
  });
}
