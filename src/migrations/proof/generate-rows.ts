import type { Client } from "pg";
import type { Parser } from "../sql/parser.ts";
import { quoted } from "../sql/quote.ts";
import { allOf } from "../sql/tree.ts";
import { satisfy, type Free } from "./satisfy.ts";
import { readTables, type Column, type Condition, type Reference, type Table } from "./tables.ts";
import { valuesFor, type Value } from "./values.ts";

export type Filled = { readonly table: string; readonly rows: number };
export type Unfilled = { readonly table: string; readonly because: string };
export type Generated = { readonly filled: readonly Filled[]; readonly unfilled: readonly Unfilled[] };

export type GenerateOptions = {
  readonly parser: Parser;
  readonly rows: number;
  readonly seed: number;
  /** Tables that have had their turn, by oid; those of this turn are added. */
  readonly done: Set<string>;
  /** The tables as they will be: rows keep to what will be demanded of them as well. */
  readonly demanded?: readonly Table[];
};

/** Rows for every table, referenced tables first. The same for the same schema, number and seed. */
export async function generateRows(client: Client, options: GenerateOptions): Promise<Generated> {
  const tables = (await readTables(client)).map((table) => asDemanded(table, options.demanded));
  const counts = new Map<string, number>();
  const filled: Filled[] = [];
  const unfilled: Unfilled[] = [];
  // Triggers are not what is proved here, and references are kept to by how the rows are made.
  await client.query("SET session_replication_role = replica");
  try {
    for (const table of inOrder(tables)) {
      if (!options.done.has(table.oid)) {
        options.done.add(table.oid);
        const because = await fill(client, table, { ...options, tables, counts });
        const now = await countOf(client, table.name);
        if (now > 0) filled.push({ table: table.name, rows: now });
        else unfilled.push({ table: table.name, because: because ?? "its triggers or rules take rows away" });
      }
      counts.set(table.oid, await countOf(client, table.name));
    }
  } finally {
    await client.query("RESET session_replication_role");
  }
  return { filled, unfilled };
}

/** With the constraints that its columns are going to have. */
function asDemanded(table: Table, demanded: readonly Table[] | undefined): Table {
  const then = demanded?.find(({ oid }) => oid === table.oid);
  if (then === undefined) return table;
  const has = (names: readonly string[]) => names.every((name) => table.columns.some((one) => one.name === name));
  return {
    ...table,
    columns: table.columns.map((column) => {
      const later = then.columns.find(({ name }) => name === column.name);
      return { ...column, notNull: column.notNull || later?.notNull === true, demands: later?.demands ?? column.demands };
    }),
    keys: [...table.keys, ...then.keys.filter(has)],
    references: [...table.references, ...then.references.filter(({ columns }) => has(columns))],
    checks: [...table.checks, ...then.checks.filter(({ columns }) => has(columns))],
  };
}

async function countOf(client: Client, table: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM ONLY ${table}`);
  return rows[0]?.count ?? 0;
}

/** A table after those it refers to and cannot do without. Where they refer to each other, in the order in which they were made. */
function inOrder(tables: readonly Table[]): readonly Table[] {
  const ordered = new Set<Table>();
  const open = new Set<Table>();
  const visit = (table: Table): void => {
    if (ordered.has(table) || open.has(table)) return;
    open.add(table);
    for (const one of table.references) {
      for (const other of tables) if (other.oid === one.to) visit(other);
    }
    ordered.add(table);
  };
  for (const table of tables) visit(table);
  return [...ordered];
}

type Situation = GenerateOptions & { readonly tables: readonly Table[]; readonly counts: ReadonlyMap<string, number> };

/** Why there are no rows, where there are none. */
async function fill(client: Client, table: Table, situation: Situation): Promise<string | undefined> {
  const { parser, rows, seed } = situation;
  const ours = table.columns.filter(({ filledBy }) => filledBy === "us");
  const conditions = conditionsOf(table, ours);
  const sources = sourcesOf(table, situation);
  if (sources.missing !== undefined) return `it needs rows of ${sources.missing}, which has none`;
  const free: Free[] = ours
    .filter(({ name }) => !sources.values.has(name))
    .map((column) => {
      const literals = conditions
        .filter(({ columns }) => columns.includes(column.name))
        .flatMap(({ sql }) => literalsIn(parser, sql));
      const values = valuesFor({ table: table.name, column, seed, literals: [...new Set(literals)] });
      return { name: column.name, values: inKey(table, column.name, sources.values) ? distinctFirst(values) : values };
    });
  const without = free.find(({ name, values }) => values.length === 0 && ours.some((one) => one.name === name && one.notNull));
  if (without !== undefined) {
    const type = ours.find(({ name }) => name === without.name)?.type ?? "";
    return `nothing is known about ${type}, which ${without.name} is`;
  }
  const ourConditions = conditions.filter(({ columns }) => columns.every((name) => free.some((one) => one.name === name)));
  const { values, unmet } = await satisfy(client, free, ourConditions);
  const [first] = unmet;
  if (first !== undefined) return `no row was found that keeps to ${first.name} (${first.sql})`;
  const own = new Map([...values].map(([name, sql]) => [name, nullNowAndThen(table, name, sql, conditions)]));
  const self = selfReferences(table, own);
  const all = new Map([...own, ...sources.values, ...self]);
  if (all.size === 0) return insertEmpty(client, table, rows);
  const names = [...all.keys()].map(quoted);
  const filter = conditions.map(({ sql }) => `(${sql}) IS NOT FALSE`);
  const sql = `INSERT INTO ${table.name} (${names.join(", ")})
    SELECT * FROM (SELECT ${[...all].map(([name, value]) => `${value} AS ${quoted(name)}`).join(", ")}
      FROM generate_series(1, ${rows}) g ${sources.joins.join(" ")}) made
    ${filter.length > 0 ? `WHERE ${filter.join(" AND ")}` : ""} ON CONFLICT DO NOTHING`;
  try {
    const { rowCount } = await client.query(sql);
    return rowCount === 0 ? "no row was found that keeps to all of its conditions" : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

async function insertEmpty(client: Client, table: Table, rows: number): Promise<string | undefined> {
  try {
    for (let row = 0; row < Math.min(rows, 100); row += 1) await client.query(`INSERT INTO ${table.name} DEFAULT VALUES`);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Those that are only about columns which we fill: what the server computes is not known before. */
function conditionsOf({ checks }: Table, ours: readonly Column[]): readonly Condition[] {
  const known = new Set(ours.map(({ name }) => name));
  const demanded = ours.flatMap(({ name, demands }) =>
    demands.map((sql) => ({ name: `the domain of ${name}`, columns: [name], sql: sql.replace(/\bVALUE\b/g, quoted(name)) })),
  );
  return [...checks, ...demanded].filter(({ columns }) => columns.length > 0 && columns.every((name) => known.has(name)));
}

/** Numbers and texts that a condition speaks of: what is allowed is most often among them, or beside them. */
function literalsIn(parser: Parser, sql: string): readonly string[] {
  try {
    return allOf(parser.parseSync(`SELECT ${sql}`), "A_Const").flatMap((one) => {
      const { sval, ival, fval } = one as { sval?: { sval?: string }; ival?: { ival?: number }; fval?: { fval?: string } };
      if (sval !== undefined) return [sval.sval ?? ""];
      if (ival !== undefined) return [String(ival.ival ?? 0)];
      return fval?.fval === undefined ? [] : [fval.fval];
    });
  } catch {
    return [];
  }
}

/** The one column of a key that tells its rows apart: the last that no reference fills. */
function inKey({ keys }: Table, name: string, given: ReadonlyMap<string, string>): boolean {
  return keys.some((key) => key.findLast((one) => !given.has(one)) === name);
}

const distinctFirst = (values: readonly Value[]): readonly Value[] => [
  ...values.filter((one) => one.distinct),
  ...values.filter((one) => !one.distinct),
];

/** Every eighth row, where a column may be empty and nothing else depends on it. */
function nullNowAndThen({ columns, keys }: Table, name: string, sql: string, conditions: readonly Condition[]): string {
  const column = columns.find((one) => one.name === name);
  const bound =
    column?.notNull !== false || keys.some((key) => key.includes(name)) || conditions.some((one) => one.columns.includes(name));
  return bound ? sql : `CASE WHEN g % 8 = 0 THEN NULL ELSE ${sql} END`;
}

type Sources = { readonly values: ReadonlyMap<string, string>; readonly joins: readonly string[]; readonly missing?: string };

/** What comes from rows of other tables. The widest reference first: a narrower one most often follows from it. */
function sourcesOf(table: Table, { tables, counts }: Situation): Sources {
  const values = new Map<string, string>();
  const joins: string[] = [];
  const strides = new Map<Reference, number>();
  const outward = table.references.filter(({ to }) => to !== table.oid).toSorted((a, b) => b.columns.length - a.columns.length);
  for (const [index, reference] of outward.entries()) {
    const { columns, to, toColumns } = reference;
    if (columns.every((name) => values.has(name))) continue;
    const other = tables.find(({ oid }) => oid === to);
    const count = counts.get(to) ?? 0;
    const optional = columns.some((name) => !values.has(name) && table.columns.some((one) => one.name === name && !one.notNull));
    if (other === undefined || count === 0) {
      if (!optional) return { values, joins, missing: other?.name ?? "a partitioned table" };
      for (const name of columns) if (!values.has(name)) values.set(name, `NULL::${typeOf(table, name)}`);
      continue;
    }
    const shared = columns.flatMap((name, at) => {
      const value = values.get(name);
      return value === undefined ? [] : [`${quoted(toColumns[at] ?? "")} = ${value}`];
    });
    // Keys made of references only: all pairs, one after the other.
    const stride = outward
      .filter(
        (one) => strides.has(one) && table.keys.some((key) => [...one.columns, ...columns].every((name) => key.includes(name))),
      )
      .reduce((product, one) => product * (counts.get(one.to) ?? 1), 1);
    strides.set(reference, stride);
    const alias = `r${index}`;
    const picked = toColumns.map(quoted).join(", ");
    joins.push(
      shared.length > 0
        ? `LEFT JOIN LATERAL (SELECT ${picked} FROM ${other.name} WHERE ${shared.join(" AND ")} ORDER BY ${picked} OFFSET g % 3 LIMIT 1) ${alias} ON true`
        : `LEFT JOIN (SELECT row_number() OVER (ORDER BY ${picked}) - 1 AS nth, ${picked} FROM ${other.name}) ${alias} ON ${alias}.nth = ((g - 1) / ${stride}) % ${count}`,
    );
    const keyed = table.keys.some((key) => columns.some((name) => key.includes(name)));
    for (const [at, name] of columns.entries()) {
      if (values.has(name)) continue;
      const value = `${alias}.${quoted(toColumns[at] ?? "")}`;
      const mayBeNull = table.columns.some((one) => one.name === name && !one.notNull) && !keyed;
      values.set(name, mayBeNull ? `CASE WHEN g % 8 = 0 THEN NULL ELSE ${value} END` : value);
    }
  }
  return { values, joins };
}

const typeOf = (table: Table, name: string): string => table.columns.find((one) => one.name === name)?.type ?? "text";

/** A row that has to refer to one of its own table refers to itself; one that may, to none. */
function selfReferences(table: Table, own: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { columns, to, toColumns } of table.references) {
    if (to !== table.oid) continue;
    for (const [at, name] of columns.entries()) {
      const optional = table.columns.some((one) => one.name === name && !one.notNull);
      values.set(
        name,
        optional ? `NULL::${typeOf(table, name)}` : (own.get(toColumns[at] ?? "") ?? `NULL::${typeOf(table, name)}`),
      );
    }
  }
  return values;
}
