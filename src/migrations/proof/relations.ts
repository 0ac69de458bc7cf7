import type { Client } from "pg";
import { quoted } from "../sql/quote.ts";

/** A relation at one moment, and what was done to it until then. Indexes are relations too. */
export type Relation = {
  readonly oid: string;
  /** As a person writes it: without `public.`. */
  readonly name: string;
  readonly kind: RelationKind;
  /** The table that an index is of. */
  readonly of: string | undefined;
  /** The file it is kept in: another one means that all of it was written anew, or that it was emptied. */
  readonly file: string;
  readonly bytes: number;
  readonly rowsRead: number;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
};

export type RelationKind = "table" | "partitioned" | "index" | "partitioned index" | "view" | "matview" | "sequence" | "foreign";

const kinds: Readonly<Record<string, RelationKind>> = {
  r: "table",
  p: "partitioned",
  i: "index",
  I: "partitioned index",
  v: "view",
  m: "matview",
  S: "sequence",
  f: "foreign",
};

export type Relations = ReadonlyMap<string, Relation>;

type Row = Omit<Relation, "kind" | "name" | "of"> & {
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly of: string | null;
};

/**
 * Counters of this transaction and not yet told to anybody (`xact_`), or those of the server. Rows that an index led to are counted
 * apart from those that a scan of the table has read.
 */
const ask = (xact: "xact_" | "") => `
  SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind, i.indrelid::text AS of,
    c.relfilenode::text AS file,
    CASE WHEN c.relkind IN ('r', 'm', 'i', 'S') THEN coalesce(pg_relation_size(c.oid), 0)::float8 ELSE 0 END AS bytes,
    (coalesce(pg_stat_get_${xact}tuples_returned(c.oid), 0) + CASE WHEN c.relkind IN ('r', 'm')
      THEN coalesce(pg_stat_get_${xact}tuples_fetched(c.oid), 0) ELSE 0 END)::float8 AS "rowsRead",
    coalesce(pg_stat_get_${xact}tuples_inserted(c.oid), 0)::float8 AS inserted,
    coalesce(pg_stat_get_${xact}tuples_updated(c.oid), 0)::float8 AS updated,
    coalesce(pg_stat_get_${xact}tuples_deleted(c.oid), 0)::float8 AS deleted
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)' AND c.relkind <> 'c'`;

export async function relationsNow(client: Client, counters: "transaction" | "server"): Promise<Relations> {
  const { rows } = await client.query<Row>(ask(counters === "transaction" ? "xact_" : ""));
  return new Map(rows.map((row) => [row.oid, relationOf(row)]));
}

function relationOf({ schema, name, kind, of, ...rest }: Row): Relation {
  return { ...rest, name: shownName(schema, name), kind: kinds[kind] ?? "table", of: of ?? undefined };
}

/** A name as it would be written: quoted where it has to be, without the schema that is looked into anyway. */
export function shownName(schema: string, name: string): string {
  return schema === "public" ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;
}
