import type { Name } from "./tree.ts";

const reserved = new Set(
  (
    "all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char character " +
    "check coalesce collate collation column concurrently constraint create cross current_catalog current_date current_role " +
    "current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do else end except exists " +
    "extract false fetch float for foreign freeze from full grant greatest group grouping having ilike in initially inner inout int " +
    "integer intersect interval into is isnull join lateral leading least left like limit localtime localtimestamp merge_action national natural " +
    "nchar none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay placing position " +
    "precision primary real references returning right row select session_user setof similar smallint some substring symmetric " +
    "system_user table tablesample then time timestamp to trailing treat trim true union unique user using values varchar variadic " +
    "verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot " +
    "xmlserialize xmltable json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value"
  ).split(" "),
);

/** A name as it may be pasted into SQL: in quotes only where it needs them. */
export function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : inQuotes(name);
}

export const inQuotes = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export function quotedName({ schema, name }: Name): string {
  return schema === undefined ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;
}

/** A name made of others, cut as Postgres would cut it, but with the last word whole: `orders_total_not_null`. */
export function madeName(...words: readonly string[]): string {
  const last = `_${words.at(-1) ?? ""}`;
  let first = words.slice(0, -1).join("_");
  while (Buffer.byteLength(first + last, "utf8") > 63) first = first.replace(/.$/su, "");
  return first + last;
}

/** A text as it may be pasted into SQL. */
export function literal(text: string): string {
  return text.includes("\\") ? `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'` : `'${text.replaceAll("'", "''")}'`;
}
