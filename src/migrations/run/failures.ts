import { GantryError } from "../../lib/errors.ts";
import { filesPlace } from "./file-place.ts";
import { sqlState } from "./connect.ts";
import type { MigrationText } from "../migration.ts";

export type Ran = {
  readonly text: MigrationText;
  /** Where what was sent begins in the text. */ readonly from: number;
  readonly sql: string;
  readonly inTransaction: boolean;
};

/** What the server says of a statement, with its place in the file. Anything else comes back as it is. */
export function failureOf(error: unknown, { text, from, sql, inTransaction }: Ran): unknown {
  const state = sqlState(error);
  if (state === undefined || error instanceof GantryError) return error;
  const { message, position } = error as Error & { readonly position?: string };
  const place = filesPlace(text, from + unitsBefore(sql, Number(position ?? 1)));
  const { file } = text;
  return new GantryError("migration-fails", `${file}:${place.line}:${place.column}: ${message} (${state})`, {
    hint: hintFor(state, inTransaction),
    places: [{ file, ...place }],
    cause: error,
  });
}

/** Postgres counts characters from 1, JavaScript UTF-16 units from 0. */
function unitsBefore(sql: string, position: number): number {
  let at = 0;
  for (let left = position - 1; left > 0 && at < sql.length; left -= 1) at += (sql.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

function hintFor(state: string, whole: boolean): string {
  if (state === "25001" && whole) return "write `-- gantry: no transaction` at its top: Postgres does this only outside of one";
  if (state === "25001") return "put it into a file of its own";
  if (state === "42501") return "this user may not do it: it runs as whoever owns the table, or has been granted it";
  if (state === "57014")
    return "it took longer than it may while it holds its locks: make it smaller, or raise --statement-timeout for this run; nothing of it was done";
  return whole
    ? "nothing of this file was done; mend it and call again"
    : "what stands before it was done and stays; mend the file from here on and call again";
}
