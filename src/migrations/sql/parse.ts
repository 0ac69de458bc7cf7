import type { Node } from "libpg-query";
import { UserError } from "../../lib/errors.ts";
import type { Place } from "../../lib/problem.ts";
import { printable } from "../../lib/text.ts";
import { type Offsets, offsetsOf } from "./offsets.ts";
import { breakParser, type Parser, parserIsBroken } from "./parser.ts";
import { type Kind, kindOf } from "./tree.ts";

/** More than a person or a tool writes as a migration; its tree would be some twenty times as large. */
export const mostBytes = 8 * 1024 * 1024;

export type Statement = {
  readonly node: Node;
  readonly kind: Kind;
  /** Where it stands in the text, in UTF-16 units: from its first word to its last, without comments around it and the semicolon. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** The place of a `location` in its tree. */
  readonly at: (location: number | undefined) => number;
};

export type Token = { readonly kind: string; readonly from: number; readonly to: number; readonly text: string };

export type ParsedSql = {
  readonly sql: string;
  readonly offsets: Offsets;
  readonly statements: readonly Statement[];
};

/** Reads SQL with Postgres' own grammar. What cannot be read is refused with its place. */
export function parseSql(parser: Parser, sql: string, placeOf: (offset: number) => Place): ParsedSql {
  refuseUnreadable(sql, placeOf);
  const offsets = offsetsOf(sql);
  if (sql.trim() === "") return { sql, offsets, statements: [] };
  const { stmts = [] } = guarded(() => parser.parseSync(sql), sql, offsets, placeOf);
  const at = (location: number | undefined) => offsets.ofByte(location ?? 0);
  const statements = stmts.flatMap(({ stmt, stmt_location: location = 0, stmt_len: length }) => {
    if (stmt === undefined) return [];
    const from = firstWord(sql, offsets.ofByte(location));
    const end = length === undefined || length === 0 ? sql.length : offsets.ofByte(location + length);
    const text = sql.slice(from, end).trimEnd();
    return [{ node: stmt, kind: kindOf(stmt), from, to: from + text.length, text, at }];
  });
  return { sql, offsets, statements };
}

/** The scanner's tokens, comments among them, with their places in the text. */
export function tokensOf(parser: Parser, sql: string): readonly Token[] {
  if (sql.trim() === "") return [];
  const { ofByte } = offsetsOf(sql);
  return parser.scanSync(sql).tokens.map(({ start, end, tokenName }) => {
    const [from, to] = [ofByte(start), ofByte(end)];
    return { kind: tokenName, from, to, text: sql.slice(from, to) };
  });
}

function refuseUnreadable(sql: string, placeOf: (offset: number) => Place): void {
  const nul = sql.indexOf("\0");
  if (nul !== -1)
    throw new UserError("migration-unreadable", "there is a NUL character in it, which no SQL can hold", {
      hint: "is it text? Take the character out",
      places: [placeOf(nul)],
    });
  if (sql.length > mostBytes || Buffer.byteLength(sql, "utf8") > mostBytes)
    throw new UserError("migration-too-large", `it is larger than ${mostBytes / 1024 / 1024} MB`, {
      hint: "data belong into COPY from a file, or into a backfill; the statements that change the schema into a file of their own",
      places: [placeOf(0)],
    });
}

function guarded<Result>(work: () => Result, sql: string, offsets: Offsets, placeOf: (offset: number) => Place): Result {
  const deep = () =>
    new UserError("migration-too-deep", "an expression in it is nested deeper than can be read", {
      hint: "Postgres itself may refuse it too: write it as a list, or as rows of VALUES",
      places: [placeOf(0)],
    });
  if (parserIsBroken()) throw deep();
  try {
    return work();
  } catch (error) {
    // Out of stack, or out of memory: the module cannot be trusted any more.
    if (error instanceof Error && ["RangeError", "RuntimeError"].includes(error.name)) {
      breakParser();
      throw deep();
    }
    const { message, sqlDetails } = error as Error & { sqlDetails?: { readonly cursorPosition: number } };
    if (sqlDetails === undefined) throw error;
    if (message.startsWith("memory exhausted")) throw deep();
    throw new UserError("migration-syntax", printable(message), {
      hint: "Postgres would say the same",
      places: [placeOf(Math.min(offsets.ofCharacter(sqlDetails.cursorPosition), sql.length))],
    });
  }
}

/** Past blanks and comments. */
function firstWord(sql: string, from: number): number {
  for (let at = from; at < sql.length;) {
    if (/\s/.test(sql.charAt(at)) || sql.charAt(at) === ";") at++;
    else if (sql.startsWith("--", at)) at = behind(sql, "\n", at);
    else if (sql.startsWith("/*", at)) at = behindComment(sql, at);
    else return at;
  }
  return sql.length;
}

function behind(sql: string, mark: string, from: number): number {
  const at = sql.indexOf(mark, from);
  return at === -1 ? sql.length : at + mark.length;
}

/** Comments of this kind nest. */
function behindComment(sql: string, from: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  let depth = 0;
  for (let mark = marks.exec(sql); mark; mark = marks.exec(sql)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return sql.length;
}
