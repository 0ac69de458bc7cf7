import type { Client } from "pg";
import type { Migration } from "../migration.ts";
import { loadParser, type Parser } from "../sql/parser.ts";
import { createAsker, type Asker, type Compatibility, type Queries } from "./compatibility.ts";
import { contentsOf, goneBetween, lostBetween, type Contents, type Loss } from "./contents.ts";
import { describeSchema, type Description } from "./describe.ts";
import { differencesBetween, type Difference } from "./differences.ts";
import { generateRows, type Generated } from "./generate-rows.ts";
import type { Sessions } from "./observe.ts";
import { makeRoles, rolesNamedBy } from "./roles.ts";
import { readTables, type Table } from "./tables.ts";
import { runText, type Failure, type TextProof } from "./run-text.ts";

export type ProveOptions = {
  /** A session of a superuser in an empty database that is nobody else's. Whoever gives it ends it. */
  readonly open: () => Promise<Client>;
  readonly major: number;
  /** All there are, in their order. */
  readonly migrations: readonly Migration[];
  readonly isProved: (migration: Migration) => boolean;
  readonly rows: number;
  readonly seed: number;
  /** Statements of code, which have to work before and after. */
  readonly queries?: Queries;
  readonly onStep?: (doing: string) => void;
};

export type Proof = {
  readonly proved: readonly MigrationProof[];
  /** Roles that were made for the proof alone. */
  readonly roles: readonly string[];
  /** What stopped it before all were proved. */
  readonly stopped?: { readonly name: string; readonly failure: Failure };
};

export type MigrationProof = {
  readonly id: string;
  readonly name: string;
  readonly rows: Generated;
  readonly up: TextProof;
  /** It failed on generated rows, which the schema allowed; `holds` says on which others it did not. */
  readonly onRows?: Failure & { readonly holds: "on rows that keep to it" | "without rows" };
  /** Tables and columns that it takes away, with what is in them. */
  readonly drops: readonly string[];
  /** What code that sends these statements says of it. */
  readonly compatibility?: Compatibility;
  readonly down?: DownProof;
  /** Up a second time. */
  readonly again?: TextProof & { readonly differences: readonly Difference[] };
};

export type DownProof = TextProof & {
  /** How the schema differs from what it was before. None: it is the very same. */
  readonly differences: readonly Difference[];
  /** What rows lost on the way there and back. */
  readonly lost: readonly Loss[];
  /** What new code may have written by then, and is gone. */
  readonly drops: readonly string[];
};

type Situation = ProveOptions & {
  readonly sessions: Sessions;
  readonly parser: Parser;
  readonly done: Set<string>;
  readonly asker?: Asker;
};

/** Up, down and up again, of each migration to be proved, on rows that were made up. */
export async function proveMigrations(options: ProveOptions): Promise<Proof> {
  const parser = await loadParser();
  const sessions: Sessions = {
    worker: await options.open(),
    watcher: await options.open(),
    holders: [await options.open(), await options.open()],
  };
  const { worker } = sessions;
  const { queries } = options;
  const asks = queries !== undefined && queries.running.length + queries.next.length > 0;
  const situation: Situation = {
    ...options,
    sessions,
    parser,
    done: new Set(),
    ...(asks ? { asker: createAsker(queries) } : {}),
  };
  const roles = await makeRoles(worker, rolesNamedBy(options.migrations, parser));
  const last = options.migrations.findLastIndex(options.isProved);
  const proved: MigrationProof[] = [];
  for (const migration of options.migrations.slice(0, last + 1)) {
    if (!options.isProved(migration)) {
      const { failure } = await runText(sessions, parser, migration.up);
      if (failure !== undefined) return { proved, roles, stopped: { name: migration.name, failure } };
      continue;
    }
    options.onStep?.(migration.name);
    const one = await prove(migration, situation);
    proved.push(one);
    const failure = one.up.failure ?? one.down?.failure ?? one.again?.failure;
    if (failure !== undefined) return { proved, roles, stopped: { name: migration.name, failure } };
  }
  return { proved, roles };
}

type State = { readonly schema: Description; readonly contents: Contents };

async function stateOf({ sessions: { worker }, major }: Situation): Promise<State> {
  return { schema: await describeSchema(worker, major), contents: await contentsOf(worker) };
}

async function prove(migration: Migration, situation: Situation): Promise<MigrationProof> {
  const { sessions, parser, asker } = situation;
  const { worker } = sessions;
  const rows = await generateRows(worker, situation);
  const before = await stateOf(situation);
  await asker?.before(worker);
  const { up, onRows } = await upOnRows(migration, situation);
  // Those that are there now were others before.
  const sameRows = onRows === undefined;
  const told = { id: migration.id, name: migration.name, rows, up, ...(onRows === undefined ? {} : { onRows }) };
  if (up.failure !== undefined) return { ...told, drops: [] };
  const after = await stateOf(situation);
  const compatibility = await asker?.after(worker, sameRows);
  const drops = goneBetween(before.contents, after.contents);
  const there = { ...told, drops, ...(compatibility === undefined ? {} : { compatibility }) };
  if (migration.down === undefined) return there;

  const back = await runText(sessions, parser, migration.down);
  const restored = await stateOf(situation);
  const down: DownProof = {
    ...back,
    differences: back.failure === undefined ? differencesBetween(before.schema, restored.schema) : [],
    lost: back.failure === undefined && sameRows ? lostBetween(before.contents, restored.contents) : [],
    drops: goneBetween(after.contents, restored.contents),
  };
  if (back.failure !== undefined) return { ...there, down };
  const again = await runText(sessions, parser, migration.up);
  const differences =
    again.failure === undefined ? differencesBetween(after.schema, await describeSchema(worker, situation.major)) : [];
  return { ...there, down, again: { ...again, differences } };
}

/** Rows that are in the way of a new constraint say something about data, and nothing about the rest of the migration. */
async function upOnRows(
  migration: Migration,
  situation: Situation,
): Promise<{ up: TextProof; onRows?: MigrationProof["onRows"] }> {
  const { sessions, parser, done } = situation;
  const up = await runText(sessions, parser, migration.up);
  const { failure } = up;
  if (failure?.state?.startsWith("23") !== true || !migration.up.inTransaction) return { up };
  await emptyAll(sessions.worker);
  const demanded = await tablesAfter(migration, situation);
  if (demanded === undefined) return { up };
  done.clear();
  await generateRows(sessions.worker, { ...situation, demanded });
  const onOthers = await runText(sessions, parser, migration.up);
  if (onOthers.failure === undefined) return { up: onOthers, onRows: { ...failure, holds: "on rows that keep to it" } };
  await emptyAll(sessions.worker);
  const without = await runText(sessions, parser, migration.up);
  return without.failure === undefined ? { up: without, onRows: { ...failure, holds: "without rows" } } : { up };
}

/** What it would make of tables that are empty. */
async function tablesAfter({ up }: Migration, { sessions: { worker } }: Situation): Promise<readonly Table[] | undefined> {
  await worker.query("BEGIN");
  try {
    await worker.query(up.sql);
    return await readTables(worker);
  } catch {
    return undefined;
  } finally {
    await worker.query("ROLLBACK");
    await worker.query("RESET ALL");
  }
}

async function emptyAll(worker: Client): Promise<void> {
  const { rows } = await worker.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'`,
  );
  if (rows.length > 0) await worker.query(`TRUNCATE ${rows.map(({ name }) => name).join(", ")} CASCADE`);
}
