import type { AlterTableCmd, ColumnDef, Constraint } from "libpg-query";
import type { Parser } from "./parser.ts";
import { type Statement, type Token, tokensOf } from "./parse.ts";
import { as } from "./tree.ts";

/** One action of ALTER TABLE, with its text as it is written. */
export type AlterCommand = { readonly command: AlterTableCmd; readonly from: number; readonly to: number; readonly text: string };

/** What ALTER TABLE does, action by action, and the words before the first (`ALTER TABLE ONLY shop.orders`). */
export type Alter = { readonly head: string; readonly commands: readonly AlterCommand[] };

/** The statement's actions stand between commas that are in no brackets; its head ends with the relation's name. */
export function alterOf(parser: Parser, statement: Statement): Alter | undefined {
  const alter = as(statement.node, "AlterTableStmt");
  if (alter === undefined) return undefined;
  const tokens = tokensOf(parser, statement.text).filter((one) => !isComment(one));
  const start = afterName(tokens, statement.at(alter.relation?.location) - statement.from);
  const pieces = betweenCommas(tokens.slice(start), statement.text);
  const first = pieces[0]?.from ?? statement.text.length;
  const commands = (alter.cmds ?? []).flatMap((node, nth) => {
    const [command, piece] = [as(node, "AlterTableCmd"), pieces[nth]];
    if (command === undefined || piece === undefined) return [];
    return [
      {
        command,
        from: statement.from + piece.from,
        to: statement.from + piece.to,
        text: statement.text.slice(piece.from, piece.to),
      },
    ];
  });
  return { head: statement.text.slice(0, first).trimEnd(), commands };
}

/** A column as it is written: its type, and its constraints one by one. */
export type ColumnText = {
  readonly type: string;
  readonly constraints: readonly {
    readonly constraint: Constraint;
    readonly text: string;
    readonly from: number;
    readonly to: number;
  }[];
};

export function columnTextOf(
  parser: Parser,
  statement: Statement,
  { to }: AlterCommand,
  column: ColumnDef,
  sql: string,
): ColumnText {
  const constraints = (column.constraints ?? []).flatMap((node) => as(node, "Constraint") ?? []);
  const starts = constraints.map((one) => statement.at(one.location));
  const type = statement.at(column.typeName?.location);
  return {
    type: withoutComments(parser, sql.slice(type, Math.min(to, ...starts))),
    constraints: constraints.map((constraint, nth) => {
      const from = starts[nth] ?? to;
      const end = Math.min(to, ...starts.filter((one) => one > from));
      const text = sql.slice(from, end).trim();
      return { constraint, text: withoutComments(parser, text), from, to: from + text.length };
    }),
  };
}

/** What is cut out of a line would else go on in the comment at its end. */
function withoutComments(parser: Parser, text: string): string {
  if (!/--|\/\*/.test(text)) return text.trim();
  const comments = tokensOf(parser, text).filter(isComment).toReversed();
  return comments.reduce((rest, { from, to }) => rest.slice(0, from) + rest.slice(to), text).trim();
}

/** The text of a statement with words put in behind the token that a test finds. */
export function withWordsBehind(parser: Parser, text: string, words: string, test: (token: Token) => boolean): string {
  const token = tokensOf(parser, text).find(test);
  return token === undefined ? text : `${text.slice(0, token.to)} ${words}${text.slice(token.to)}`;
}

function isComment({ kind }: Token): boolean {
  return kind === "SQL_COMMENT" || kind === "C_COMMENT";
}

function afterName(tokens: readonly Token[], nameAt: number): number {
  let at = tokens.findIndex((one) => one.from >= nameAt) + 1;
  while (tokens[at]?.text === ".") at += 2;
  return tokens[at]?.text === "*" ? at + 1 : at;
}

function betweenCommas(tokens: readonly Token[], text: string): readonly { readonly from: number; readonly to: number }[] {
  const pieces: { from: number; to: number }[] = [];
  let depth = 0;
  let piece: { from: number; to: number } | undefined;
  for (const token of tokens) {
    if (token.text === "(" || token.text === "[") depth++;
    if (token.text === ")" || token.text === "]") depth--;
    if (token.text === "," && depth === 0) {
      if (piece) pieces.push(piece);
      piece = undefined;
    } else piece = { from: piece?.from ?? token.from, to: Math.min(token.to, text.length) };
  }
  return piece ? [...pieces, piece] : pieces;
}
