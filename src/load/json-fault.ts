// Where a text stops being JSON. The engine's own message names no place for most mistakes, and its words change between versions.

export type JsonFault = { readonly offset: number; readonly said: string };

type Expected = "value" | "first value" | "first key" | "key" | "colon" | "more of list" | "more of object" | "end";

const space = /[ \t\n\r]*/y;
const text = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y; // oxlint-disable-line no-control-regex -- JSON allows none in text
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y;
const word = /[\w$.+-]+/y;

/** The first mistake in a text that is not JSON, in words. */
export function jsonFault(source: string): JsonFault {
  const open: ("list" | "object")[] = [];
  let expected: Expected = "value";
  let at = 0;
  let comma = 0;
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0] ?? "";
  };
  const after = (): Expected => {
    const around = open.at(-1);
    return around === undefined ? "end" : around === "list" ? "more of list" : "more of object";
  };
  for (;;) {
    at += match(space).length;
    const character = source[at];
    const fault = (said: string, offset = at): JsonFault => ({ offset, said });
    if (character === undefined)
      return expected === "value" && open.length === 0
        ? fault("the file is empty", 0)
        : fault(`the file ends where ${missing[expected]} is missing`);
    const closes = character === (open.at(-1) === "list" ? "]" : "}") && open.length > 0;
    if (closes && (expected === "value" || expected === "key") && source[comma] === ",")
      return fault(`there is a comma before ${character}, with nothing behind it`, comma);
    if (closes && expected !== "colon" && expected !== "value" && expected !== "key") {
      open.pop();
      at++;
      expected = after();
      continue;
    }
    switch (expected) {
      case "value":
      case "first value": {
        if (character === "{" || character === "[") {
          open.push(character === "{" ? "object" : "list");
          expected = character === "{" ? "first key" : "first value";
          at++;
          continue;
        }
        const read = character === '"' ? match(text) : match(scalar);
        if (read === "") return fault(noValue(character, match(word)));
        at += read.length;
        expected = after();
        continue;
      }
      case "first key":
      case "key": {
        const read = match(text);
        if (read === "") return fault(noKey(character, match(word)));
        at += read.length;
        expected = "colon";
        continue;
      }
      case "colon":
        if (character !== ":") return fault("a colon is missing behind the key");
        at++;
        expected = "value";
        comma = at - 1;
        continue;
      case "end":
        return fault("something stands behind the end");
      default:
        if (character !== ",") return fault(`${missing[expected]} is missing`);
        comma = at++;
        expected = expected === "more of list" ? "value" : "key";
    }
  }
}

const missing: Readonly<Record<Expected, string>> = {
  value: "a value",
  "first value": "a value or ]",
  "first key": "a key or }",
  key: "a key",
  colon: "a colon",
  "more of list": "a comma or ]",
  "more of object": "a comma or }",
  end: "nothing",
};

function noKey(character: string, found: string): string {
  if (found === "" && character !== "'")
    return character === "," ? "a key is missing before this comma" : noValue(character, found);
  return `a key has to stand in double quotes${found === "" ? "" : `, as "${found.slice(0, 40)}"`}`;
}

function noValue(character: string, found: string): string {
  if (character === '"') return "this text does not end on its line, or holds a character that has to be escaped";
  if (character === "'") return "text has to stand in double quotes";
  if (character === "/" || character === "#") return "JSON has no comments";
  return found === "" ? "a value is missing" : `${found.slice(0, 40)} is no value of JSON`;
}
