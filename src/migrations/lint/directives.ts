import type { Parser } from "../sql/parser.ts";
import { type Statement, tokensOf } from "../sql/parse.ts";
import { firstFrom } from "./nearest-before.ts";

export type Ignore = {
  readonly rules: readonly string[];
  readonly reason: string | undefined;
  readonly from: number;
  readonly to: number;
  /** The statement behind it, or around it. */
  readonly statement: Statement | undefined;
  readonly used: Set<string>;
};

const marks = "ignore, no transaction, backfill, contract, compatible, down";
const mark = /^(?:--|\/\*)[ \t]*gantry:[ \t]*(\S*)/i;
const isMark = (text: string): boolean =>
  /^(?:--|\/\*)\s*gantry:\s*(?:ignore|no transaction|backfill|contract|compatible|down)\b/.test(text);

export type UnknownMark = { readonly says: string; readonly from: number; readonly to: number };

/** `-- gantry: ingore …`: whoever wrote it believes that it does something. */
export function unknownMarksIn(parser: Parser, sql: string): readonly UnknownMark[] {
  if (!/gantry:/i.test(sql)) return [];
  return tokensOf(parser, sql).flatMap(({ kind, text, from, to }) => {
    const word = kind.endsWith("COMMENT") ? mark.exec(text)?.[1] : undefined;
    return word === undefined || isMark(text)
      ? []
      : [{ says: `there is no mark ${JSON.stringify(word)}: ${marks}, in small letters`, from, to }];
  });
}

/** `-- gantry: ignore <rule>[, <rule>] because <reason>`, in front of the statement that it is about. */
export function ignoresIn(parser: Parser, sql: string, statements: readonly Statement[]): readonly Ignore[] {
  if (!/gantry:\s*ignore\b/.test(sql)) return [];
  return tokensOf(parser, sql).flatMap(({ kind, text, from, to }) => {
    const words = kind.endsWith("COMMENT")
      ? /^(?:--|\/\*)\s*gantry:\s*ignore\b\s*([\s\S]*?)\s*(?:\*\/)?$/.exec(text)?.[1]
      : undefined;
    if (words === undefined) return [];
    const [, named = words, reason] = /^([\s\S]*?)\s*\bbecause\b\s*([\s\S]*)$/.exec(words) ?? [];
    const rules = named.split(/[\s,]+/).filter((one) => one !== "");
    const statement = statements[firstFrom(statements, from + 1, ({ to: end }) => end)];
    return [{ rules, reason: reason === "" ? undefined : reason, from, to, statement, used: new Set<string>() }];
  });
}
