// A cheap look at a source file before any parser sees it. Parsers are recursive: nesting that no person writes exhausts their
// stack, and a native one takes the whole process with it.
//
// 1. What is counted is what makes a parser go deeper: open brackets, and the tokens of the unfinished expressions around a place.
// 2. A comma, a semicolon or a word that begins a statement finishes what stands before it; `else` does not.
// 3. Comments and the text of strings count for nothing. A regular expression may be misread; then less is counted, never more
//    than its line.

const mostCharacters = 4 * 2 ** 20;
const deepestBrackets = 1_000;
const mostUnfinished = 4_000;

export type Refusal = { readonly code: string; readonly message: string; readonly hint: string; readonly offset: number };

/** Why a file cannot be handed to a parser; undefined when it can. */
export function refusalOf(code: string): Refusal | undefined {
  if (code.length > mostCharacters)
    return {
      code: "too-large",
      message: `this file has ${(code.length / 2 ** 20).toFixed(1)} MiB; a spec may have ${mostCharacters / 2 ** 20}`,
      hint: "is it the right file? what is made by a program is better given as JSON",
      offset: 0,
    };
  const offset = depthExceededAt(code);
  if (offset === undefined) return undefined;
  return {
    code: "too-deep",
    message: `this file is nested more than ${deepestBrackets} levels deep, or one of its expressions has no end`,
    hint: "flatten it: no product is as deep as that",
    offset,
  };
}

const token =
  /\s+|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|"[^"\\\n]*(?:\\[^][^"\\\n]*)*"?|'[^'\\\n]*(?:\\[^][^'\\\n]*)*'?|[\w$\u0080-\uffff]+|[^]/y;
const templateText = /[^`\\$]*(?:(?:\\[^]|\$(?!\{))[^`\\$]*)*(?:`|\$\{|$)/y;
const beginsStatement: ReadonlySet<string> = new Set([
  "const",
  "let",
  "var",
  "function",
  "class",
  "interface",
  "import",
  "export",
]);

type Frame = { readonly template: boolean; unfinished: number; elses: number };

function depthExceededAt(code: string): number | undefined {
  const frames: Frame[] = [{ template: false, unfinished: 0, elses: 0 }];
  let total = 0;
  let at = 0;
  const open = (template: boolean) => void frames.push({ template, unfinished: 0, elses: 0 });
  const close = (): Frame | undefined => {
    if (frames.length === 1) return undefined;
    const frame = frames.pop();
    total -= (frame?.unfinished ?? 0) + (frame?.elses ?? 0);
    return frame;
  };
  const readTemplate = (from: number): number => {
    templateText.lastIndex = from;
    const text = templateText.exec(code)?.[0] ?? "";
    if (text.endsWith("${")) open(true);
    return from + text.length;
  };
  while (at < code.length) {
    token.lastIndex = at;
    const start = at;
    const word = token.exec(code)?.[0] ?? "";
    const frame = frames.at(-1);
    if (!frame || word === "") return undefined;
    at += word.length;
    if (/^(?:\s|\/\/|\/\*)/.test(word)) continue;
    if (word === "," || word === ";" || beginsStatement.has(word)) {
      total -= frame.unfinished;
      frame.unfinished = 0;
      continue;
    }
    total++;
    if (word === "else") frame.elses++;
    else frame.unfinished++;
    if (word === "(" || word === "[" || word === "{") open(false);
    else if (word === "`") at = readTemplate(at);
    else if ((word === ")" || word === "]" || word === "}") && close()?.template === true) at = readTemplate(at);
    if (frames.length > deepestBrackets || total > mostUnfinished) return start;
  }
  return undefined;
}
