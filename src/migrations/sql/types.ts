import type { CollateClause, Node, TypeName } from "libpg-query";
import { quoted, quotedName } from "./quote.ts";
import { as, nameOfWords, wordsOf } from "./tree.ts";

/** A column's type, as far as migrations tell it. */
export type ColumnType = {
  /** Undefined for a type of Postgres, and where the statement does not say it. */
  readonly schema?: string;
  /** As Postgres keeps it: `int4`, `varchar`, `timestamptz`. */
  readonly name: string;
  /** What stands in brackets behind it: `20`, `10, 2`. */
  readonly modifiers: readonly string[];
  readonly dimensions: number;
  readonly collation?: string;
  /** As it may be pasted into SQL; absent where that is not known. */
  readonly text?: string;
};

/** What `serial` and its kin stand for. */
export const serials: Readonly<Record<string, string>> = {
  serial: "int4",
  serial4: "int4",
  bigserial: "int8",
  serial8: "int8",
  smallserial: "int2",
  serial2: "int2",
};

const spelled: Readonly<Record<string, string>> = {
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  float4: "real",
  float8: "double precision",
  bool: "boolean",
  bpchar: "char",
  varchar: "varchar",
  varbit: "bit varying",
  numeric: "numeric",
  bit: "bit",
  time: "time",
  timetz: "timetz",
  timestamp: "timestamp",
  timestamptz: "timestamptz",
  interval: "interval",
  json: "json",
};

export function columnTypeOf(type: TypeName | undefined, collate?: CollateClause): ColumnType | undefined {
  const words = wordsOf(type?.names);
  const { name: said, schema } = nameOfWords(words);
  if (said === "" || type?.setof === true || type?.pct_type === true) return undefined;
  const own = schema === "pg_catalog" ? {} : schema === undefined ? {} : { schema };
  const name = words.length === 1 ? (serials[said] ?? said) : said;
  const all = (type?.typmods ?? []).map(modifierText);
  // An interval's first one is a mask of its fields; 32767 is all of them.
  const modifiers = name === "interval" && all[0] === "32767" ? all.slice(1) : all;
  const isKnown = !modifiers.includes(undefined) && !(name === "interval" && all[0] !== undefined && all[0] !== "32767");
  const known = modifiers.flatMap((one) => one ?? []);
  const dimensions = type?.arrayBounds?.length ?? 0;
  const collation = collate === undefined ? undefined : quotedName(nameOfWords(wordsOf(collate.collname)));
  const text = textOf({ ...own, name }, known, dimensions, words);
  return {
    ...own,
    name,
    modifiers: known,
    dimensions,
    ...(collation === undefined ? {} : { collation }),
    ...(isKnown ? { text: collation === undefined ? text : `${text} COLLATE ${collation}` } : {}),
  };
}

function textOf(
  name: { readonly schema?: string; readonly name: string },
  modifiers: readonly string[],
  dimensions: number,
  words: readonly string[],
): string {
  // `"char"` is another type than `char`, and only the latter is one of the catalogue's when it is written.
  const isOwn = name.schema === undefined && !(words.length === 1 && ["char", "bit"].includes(name.name));
  const word =
    (isOwn ? (name.name === "bpchar" && modifiers.length === 0 ? "bpchar" : spelled[name.name]) : undefined) ?? quotedName(name);
  return `${word}${modifiers.length === 0 ? "" : `(${modifiers.join(", ")})`}${"[]".repeat(dimensions)}`;
}

function modifierText(node: Node): string | undefined {
  const constant = as(node, "A_Const");
  if (constant?.ival !== undefined) return String(constant.ival.ival ?? 0);
  if (constant?.sval?.sval !== undefined) return `'${constant.sval.sval.replaceAll("'", "''")}'`;
  const words = wordsOf(as(node, "ColumnRef")?.fields);
  return words.length === 1 ? quoted(words[0] ?? "") : undefined;
}
