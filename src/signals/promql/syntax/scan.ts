import { type PromqlProblem, problemAt } from "./problem.ts";

// The grammar's parser and everything behind it walk the tree by recursion. What is looked at here, before anything is parsed,
// bounds how deep that tree can be, and says of brackets and strings what a grammar cannot say well.

const mostCharacters = 32_768;
const mostNesting = 100;
/** Tokens on the way from the outside to any place: a chain of 500 `or` is as deep a tree as 500 brackets. */
const mostOnTheWay = 1_000;

const token =
  /(?<space>[\s]+|#[^\n]*)|(?<word>[\p{L}\p{N}_:.]+)|(?<open>[([{])|(?<close>[)\]}])|(?<quote>["'`])|(?<other>[\s\S])/uy;
const closes = { "(": ")", "[": "]", "{": "}" } as const;

/** The first thing that is wrong with the text as a row of tokens. */
export function scanProblem(text: string): PromqlProblem | undefined {
  if (text.length > mostCharacters)
    return problemAt(
      { from: mostCharacters, to: text.length },
      `the expression has ${text.length} characters; at most ${mostCharacters} are read`,
      "record parts of it as series of their own",
    );
  const open: { readonly bracket: keyof typeof closes; readonly from: number; readonly before: number }[] = [];
  let onTheWay = 0;
  let at = 0;
  let any = false;
  while (at < text.length) {
    token.lastIndex = at;
    const found = token.exec(text)?.groups;
    const piece =
      found?.["space"] ?? found?.["word"] ?? found?.["open"] ?? found?.["close"] ?? found?.["quote"] ?? found?.["other"];
    if (found === undefined || piece === undefined) break;
    const from = at;
    at += piece.length;
    if (found["space"] !== undefined) continue;
    any = true;
    if (++onTheWay > mostOnTheWay)
      return problemAt({ from, to: at }, "the expression is too long a chain", "record parts of it as series of their own");
    if (found["quote"] !== undefined) {
      const end = endOfString(text, from);
      if (end === undefined)
        return problemAt({ from, to: lineEnd(text, from) }, "this string is not closed", `end it with ${piece}`);
      at = end;
    } else if (found["open"] !== undefined) {
      open.push({ bracket: piece as keyof typeof closes, from, before: onTheWay });
      if (open.length > mostNesting)
        return problemAt(
          { from, to: at },
          `nested more than ${mostNesting} deep`,
          "record the inner parts as series of their own",
        );
    } else if (found["close"] !== undefined) {
      const last = open.pop();
      if (last === undefined) return problemAt({ from, to: at }, `nothing is open that ${piece} could close`, "take it away");
      if (closes[last.bracket] !== piece)
        return problemAt(
          { from, to: at },
          `${closes[last.bracket]} was expected here, not ${piece}`,
          `${last.bracket} is open since column ${last.from + 1}`,
        );
      onTheWay = last.before;
    }
  }
  const last = open.at(-1);
  if (last !== undefined)
    return problemAt(
      { from: last.from, to: last.from + 1 },
      `${last.bracket} is not closed`,
      `close it with ${closes[last.bracket]}`,
    );
  return any ? undefined : problemAt({ from: 0, to: text.length }, "there is no expression", "write one, as up == 0");
}

/** The place behind the string that begins at `from`; undefined where it does not end. */
function endOfString(text: string, from: number): number | undefined {
  const quote = text[from];
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === quote) return at + 1;
    if (quote === "`") continue;
    if (text[at] === "\n") return undefined;
    if (text[at] === "\\") at++;
  }
  return undefined;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

/** The token that stands at or behind a place, for a sentence about it. */
export function tokenAt(text: string, from: number): { readonly from: number; readonly to: number; readonly text: string } {
  let at = from;
  for (;;) {
    token.lastIndex = at;
    const groups = at < text.length ? token.exec(text)?.groups : undefined;
    const piece = groups?.["word"] ?? groups?.["open"] ?? groups?.["close"] ?? groups?.["quote"] ?? groups?.["other"];
    if (piece !== undefined) return { from: at, to: at + piece.length, text: piece };
    const space = groups?.["space"];
    if (space === undefined) return { from: text.length, to: text.length, text: "" };
    at += space.length;
  }
}
