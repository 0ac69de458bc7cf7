import type { Client } from "pg";
import { shownName } from "./relations.ts";

/** What rows of a table have to be like. */
export type Table = {
  readonly oid: string;
  readonly name: string;
  readonly columns: readonly Column[];
  readonly keys: readonly (readonly string[])[];
  readonly references: readonly Reference[];
  /** Conditions on its columns, as Postgres writes them: CHECK, and what a partition takes. */
  readonly checks: readonly Condition[];
};

export type Column = {
  readonly name: string;
  /** As it is written in a cast. */
  readonly type: string;
  readonly base: BaseType;
  readonly notNull: boolean;
  /** `given`: the server fills it, or nobody may. */
  readonly filledBy: "us" | "the server";
  /** What its domain demands, said of this column. */
  readonly demands: readonly string[];
};

/** What is below domains. `modifier` is the length of varchar and bit, or precision and scale of numeric. */
export type BaseType = {
  readonly schema: string;
  readonly name: string;
  readonly kind: "base" | "enum" | "range" | "multirange" | "composite" | "pseudo";
  readonly modifier: number;
  readonly array: boolean;
  readonly labels: readonly string[];
  /** As it is written in a cast, of an array its element. */
  readonly written: string;
};

export type Reference = {
  readonly columns: readonly string[];
  readonly to: string;
  readonly toColumns: readonly string[];
};

export type Condition = { readonly columns: readonly string[]; readonly sql: string; readonly name: string };

const skipped = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'";

const ask = `
WITH RECURSIVE below AS (
  SELECT t.oid AS top, t.oid, t.typbasetype, t.typtypmod, ARRAY[]::oid[] AS domains, t.typnotnull AS demanded FROM pg_type t
  UNION ALL
  SELECT b.top, t.oid, t.typbasetype, CASE WHEN t.typtypmod = -1 THEN b.typtypmod ELSE t.typtypmod END, b.domains || b.oid, b.demanded OR t.typnotnull
  FROM below b JOIN pg_type t ON t.oid = b.typbasetype WHERE b.typbasetype <> 0
), bases AS (SELECT top, oid, typtypmod, domains, demanded FROM below WHERE typbasetype = 0)
SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name,
  (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull OR b.demanded,
      'filledBy', CASE WHEN a.attgenerated <> '' OR a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%' THEN 'the server' ELSE 'us' END,
      'demands', (SELECT coalesce(json_agg(pg_get_expr(k.conbin, 0, true)), '[]') FROM pg_constraint k WHERE k.contypid = ANY (b.domains || a.atttypid) AND k.contype = 'c'),
      'base', json_build_object('schema', tn.nspname, 'name', e.typname,
        'kind', CASE e.typtype WHEN 'b' THEN 'base' WHEN 'e' THEN 'enum' WHEN 'r' THEN 'range' WHEN 'm' THEN 'multirange' WHEN 'c' THEN 'composite' ELSE 'pseudo' END,
        'modifier', CASE WHEN b.typtypmod <> -1 THEN b.typtypmod ELSE a.atttypmod END, 'array', t.typcategory = 'A' AND t.typelem <> 0,
        'labels', (SELECT coalesce(json_agg(l.enumlabel ORDER BY l.enumsortorder), '[]') FROM pg_enum l WHERE l.enumtypid = e.oid),
        'written', format_type(e.oid, NULL))) ORDER BY a.attnum)
    FROM pg_attribute a JOIN bases b ON b.top = a.atttypid JOIN pg_type t ON t.oid = b.oid
      JOIN pg_type e ON e.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
      JOIN pg_namespace tn ON tn.oid = e.typnamespace LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
  (SELECT json_agg(ARRAY(SELECT a.attname FROM unnest(i.indkey[0:i.indnkeyatts - 1]) k JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k)
      ORDER BY i.indisprimary DESC, i.indexrelid)
    FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique) AS keys,
  (SELECT json_agg(json_build_object('columns', ARRAY(SELECT a.attname FROM unnest(k.conkey) WITH ORDINALITY x(num, at) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.num ORDER BY x.at),
      'to', k.confrelid::text,
      'toColumns', ARRAY(SELECT a.attname FROM unnest(k.confkey) WITH ORDINALITY x(num, at) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.num ORDER BY x.at)) ORDER BY k.conname)
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' AND NOT EXISTS (SELECT 1 FROM pg_constraint p WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid)) AS references,
  (SELECT json_agg(json_build_object('name', k.conname, 'sql', pg_get_expr(k.conbin, k.conrelid),
      'columns', ARRAY(SELECT a.attname FROM unnest(k.conkey) x JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x)) ORDER BY k.conname)
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c') AS checks,
  pg_get_partition_constraintdef(c.oid) AS takes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND ${skipped}
  AND NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e')
ORDER BY c.oid`;

type Row = {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly Column[] | null;
  readonly keys: readonly (readonly string[])[] | null;
  readonly references: readonly Reference[] | null;
  readonly checks: readonly Condition[] | null;
  readonly takes: string | null;
};

/** The tables that hold rows themselves: of a partitioned one its partitions. */
export async function readTables(client: Client): Promise<readonly Table[]> {
  const { rows } = await client.query<Row>(ask);
  return rows.map(({ oid, schema, name, columns, keys, references, checks, takes }) => {
    const all = columns ?? [];
    const named = all.map((column) => column.name);
    const partition =
      takes === null ? [] : [{ name: "its bounds", sql: takes, columns: named.filter((one) => mentions(takes, one)) }];
    return {
      oid,
      name: shownName(schema, name),
      columns: all,
      keys: keys ?? [],
      references: references ?? [],
      checks: [...(checks ?? []), ...partition],
    };
  });
}

const mentions = (sql: string, column: string): boolean => sql.split(/[^\p{L}\p{N}_$]+/u).includes(column);
