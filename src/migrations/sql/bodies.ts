import { UserError } from "../../lib/errors.ts";
import { breakParser, type Parser } from "./parser.ts";
import { parseSql, type Statement, tokensOf } from "./parse.ts";
import { as } from "./tree.ts";

/** What a DO block or a function does, as far as it can be read without running it. */
export type Body = {
  readonly of: "DO block" | "function";
  readonly statements: readonly Statement[];
  /** SQL that is put together while it runs, or a body that cannot be read: nobody knows what it does. */
  readonly unknown: readonly { readonly from: number; readonly to: number; readonly what: string }[];
};

/** The static SQL inside of a statement, with places in the same text as the statement's own. */
export function bodyOf(parser: Parser, statement: Statement): Body | undefined {
  const block = as(statement.node, "DoStmt");
  const routine = as(statement.node, "CreateFunctionStmt");
  const options = (block?.args ?? routine?.options ?? []).flatMap((node) => as(node, "DefElem") ?? []);
  const of = block ? "DO block" : "function";
  const quotedBody = options.find((one) => one.defname === "as");
  if (quotedBody === undefined) return undefined;
  const language = as(options.find((one) => one.defname === "language")?.arg, "String")?.sval ?? (block ? "plpgsql" : "sql");
  const source = sourceOf(parser, statement, statement.at(quotedBody.location) - statement.from);
  const whole = { from: statement.from, to: statement.to };
  if (source === undefined)
    return { of, statements: [], unknown: [{ ...whole, what: "a body whose text is written with escapes" }] };
  if (language.toLowerCase() === "sql") return { of, statements: inner(parser, source.text, source.from), unknown: [] };
  if (language.toLowerCase() !== "plpgsql") return { of, statements: [], unknown: [{ ...whole, what: `a body in ${language}` }] };
  return { of, ...plpgsql(parser, statement, source) };
}

type Source = { readonly text: string; readonly from: number };

/** The text between its quotes, where it stands as it is meant: in dollars, or in quotes without any quote or backslash in it. */
function sourceOf(parser: Parser, statement: Statement, behind: number): Source | undefined {
  const token = tokensOf(parser, statement.text).find((one) => one.from >= behind && one.kind === "SCONST");
  const opening = token && (/^\$[^$]*\$/.exec(token.text)?.[0] ?? /^'/.exec(token.text)?.[0]);
  if (token === undefined || opening === undefined) return undefined;
  const text = token.text.slice(opening.length, -opening.length);
  if (opening === "'" && /['\\]/.test(text)) return undefined;
  return { text, from: statement.from + token.from + opening.length };
}

function plpgsql(parser: Parser, statement: Statement, source: Source): Omit<Body, "of"> {
  let tree: unknown;
  try {
    tree = parser.parsePlPgSQLSync(statement.text);
  } catch (error) {
    if (error instanceof RangeError) breakParser();
    const what = `a body that cannot be read (${(error as Error).message})`;
    return { statements: [], unknown: [{ from: statement.from, to: statement.to, what }] };
  }
  const statements: Statement[] = [];
  const unknown: { from: number; to: number; what: string }[] = [];
  for (const one of allStatements(tree)) {
    const line = startOfLine(source.text, one.line);
    if (one.dynamic) {
      const at = source.text.slice(line).search(/\bexecute\b/i);
      const from = source.from + line + Math.max(at, 0);
      unknown.push({ from, to: endOfLine(statement, from), what: "SQL that is put together while it runs (EXECUTE)" });
      continue;
    }
    // The text of a statement is as it stands in the body, but for an INTO, which the parser takes out.
    const at = source.text.indexOf(one.query, line);
    const from = source.from + (at === -1 ? line : at);
    const parsed = inner(parser, one.query, from);
    statements.push(...(at === -1 ? parsed.map((each) => ({ ...each, from, to: endOfLine(statement, from) })) : parsed));
  }
  return { statements, unknown };
}

type PlStatement = { readonly line: number; readonly query: string; readonly dynamic: boolean };

function allStatements(tree: unknown): readonly PlStatement[] {
  const found: PlStatement[] = [];
  const open: unknown[] = [tree];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one !== "object" || one === null) continue;
    for (const [key, value] of Object.entries(one) as [
      string,
      { lineno?: number; sqlstmt?: { PLpgSQL_expr?: { query?: string } } },
    ][]) {
      if (key === "PLpgSQL_stmt_execsql")
        found.push({ line: value.lineno ?? 1, query: value.sqlstmt?.PLpgSQL_expr?.query ?? "", dynamic: false });
      else if (key.startsWith("PLpgSQL_stmt_dyn")) found.push({ line: value.lineno ?? 1, query: "", dynamic: true });
      open.push(value);
    }
  }
  return found.toSorted((a, b) => a.line - b.line);
}

function inner(parser: Parser, sql: string, from: number): readonly Statement[] {
  try {
    const { statements } = parseSql(parser, sql, () => ({ file: "", line: 1, column: 1 }));
    return statements.map((one) => ({
      ...one,
      from: from + one.from,
      to: from + one.to,
      at: (location) => from + one.at(location),
    }));
  } catch (error) {
    // Inside of a body stands also what is no SQL of its own; whoever runs it will hear of it.
    if (error instanceof UserError && error.code === "migration-syntax") return [];
    throw error;
  }
}

function startOfLine(text: string, line: number): number {
  let at = 0;
  for (let nth = 1; nth < line; nth++) {
    const next = text.indexOf("\n", at);
    if (next === -1) break;
    at = next + 1;
  }
  return at;
}

function endOfLine(statement: Statement, from: number): number {
  const end = statement.text.indexOf("\n", from - statement.from);
  return end === -1 ? statement.to : statement.from + end;
}
