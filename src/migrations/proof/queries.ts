import { readFileSync } from "node:fs";
import type { Place } from "../../lib/problem.ts";
import { parseSql } from "../sql/parse.ts";
import { loadParser } from "../sql/parser.ts";
import type { Node } from "libpg-query";

/** A statement that code sends, with `$1` where it puts a value. */
export type Query = { readonly sql: string; readonly place: Place; readonly node: Node };

const sent = new Set(["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]);

/** The statements of a file; what reads and writes no rows is left out, and of the same one the first is kept. */
export async function readQueries(file: string): Promise<readonly Query[]> {
  const parser = await loadParser();
  const sql = readFileSync(file, "utf8").replace(/^\uFEFF/, " ");
  const { statements, offsets } = parseSql(parser, sql, (offset) => ({ file, ...lineOf(sql, offset) }));
  const all = statements
    .filter(({ kind }) => sent.has(kind))
    .map(({ text, from, node }) => {
      const { line, column } = offsets.placeOf(from);
      return { sql: text, place: { file, line, column }, node };
    });
  return [...new Map(all.toReversed().map((one) => [one.sql, one])).values()].toReversed();
}

function lineOf(sql: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = sql.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}
