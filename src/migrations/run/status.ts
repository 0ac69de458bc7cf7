import type { Migration } from "../migration.ts";
import { type Client, withDatabase } from "./connect.ts";
import { identifier } from "./identifier.ts";
import { changedOf, openOf } from "./apply.ts";
import { type History, historiesIn } from "./histories.ts";
import { type Applied, type Half, appliedMigrations, halfDone } from "./records.ts";
import { statementsOf } from "./statements.ts";
import { isBackfill } from "./backfill-plan.ts";
import { filesPlace } from "./file-place.ts";

export type Standing = {
  readonly name: string;
  /** half-way: begun, and not done. changed: applied, and the file is another by now. missing: applied, and not in the folder. */
  readonly is: "applied" | "open" | "changed" | "half-way" | "missing";
  readonly file?: string;
  readonly reversible: boolean;
  /** What to do, where something is to be done. */
  readonly says?: string;
};

export type Stand = { readonly migrations: readonly Standing[]; readonly histories: readonly History[] };

/** What the database says, asked in a transaction in which it changes nothing for anybody. */
export async function asReadOnly<T>(url: string, work: (client: Client) => Promise<T>, role?: string): Promise<T> {
  return withDatabase(url, async (client) => {
    if (role !== undefined) await client.query(`SET ROLE ${identifier(role)}`);
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    try {
      return await work(client);
    } finally {
      await client.query("ROLLBACK").catch(() => {});
    }
  });
}

export async function standOf(client: Client, migrations: readonly Migration[]): Promise<Stand> {
  const [applied, half, histories] = [await appliedMigrations(client), await halfDone(client), await historiesIn(client)];
  const changed = new Set(changedOf(migrations, applied).map(({ name }) => name));
  const open = new Set(openOf(migrations, applied).map(({ name }) => name));
  const names = new Set(migrations.map(({ name }) => name));
  return {
    histories,
    migrations: [
      ...migrations.map((one): Standing => {
        const { name, up, down } = one;
        const base = { name, file: up.file, reversible: down !== undefined };
        const begun = half.find((other) => other.name === name);
        if (begun !== undefined) return { ...base, is: "half-way", says: halfText(begun) };
        if (changed.has(name))
          return {
            ...base,
            is: "changed",
            says: "put the file back as it was, and what should be different into a new migration",
          };
        return { ...base, is: open.has(name) ? "open" : "applied" };
      }),
      ...missingFrom(names, applied, half),
    ],
  };
}

function missingFrom(names: ReadonlySet<string>, applied: readonly Applied[], half: readonly Half[]): readonly Standing[] {
  return [
    ...applied
      .filter(({ name }) => !names.has(name))
      .map(({ name }): Standing => ({
        name,
        is: "missing",
        reversible: false,
        says: "it was applied, and is not in the folder",
      })),
    ...half
      .filter(({ name }) => !names.has(name) && !applied.some((one) => one.name === name))
      .map((one): Standing => ({
        name: one.name,
        is: "half-way",
        reversible: false,
        says: `${halfText(one)}; it is not in the folder`,
      })),
  ];
}

function halfText({ direction, progress, begun }: Half): string {
  const since = begun.toISOString().slice(0, 16).replace("T", " ");
  const goesOn = `gantry migrate ${direction} goes on from there`;
  const { backfill, done = [], running } = progress;
  if (backfill !== undefined) return `begun ${since} UTC, ${backfill.changed} rows done: ${goesOn}`;
  return `begun ${since} UTC, ${done.length} statements done${running === undefined ? "" : ", one more had begun"}: ${goesOn}`;
}

export type Planned = {
  readonly name: string;
  readonly file: string;
  readonly how: "in one transaction" | "statement by statement" | "in batches";
  /** First words of each statement, with its line. */
  readonly statements: readonly { readonly line: number; readonly sql: string }[];
  /** Of a way back: what does not come back with it. */
  readonly loses?: readonly string[];
  /** What keeps it from being run: code that is there may need what it takes away. */
  readonly stops?: readonly string[];
};

/** What of a text would be sent, and how. */
export async function plannedOf(migrations: readonly Pick<Migration, "name" | "up">[]): Promise<readonly Planned[]> {
  const planned: Planned[] = [];
  for (const { name, up } of migrations) {
    const statements = await statementsOf(up).catch(() => undefined);
    planned.push({
      name,
      file: up.file,
      how: isBackfill(up) ? "in batches" : up.inTransaction ? "in one transaction" : "statement by statement",
      statements: (statements ?? [{ sql: up.sql, from: 0 }]).map(({ sql, from }) => ({
        line: filesPlace(up, from).line,
        sql: shortened(sql),
      })),
    });
  }
  return planned;
}

function shortened(sql: string): string {
  const line = sql.slice(0, 400).replace(/\s+/g, " ").trim();
  return line.length <= 100 ? line : `${line.slice(0, 99)}…`;
}
