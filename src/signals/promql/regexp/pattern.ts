// RE2's syntax, as Prometheus takes it, as a tree. No look-around and no back-references: whatever is here matches in linear time.

export type Pattern =
  | { readonly kind: "empty" }
  | { readonly kind: "set"; readonly set: CharacterSet }
  | { readonly kind: "assert"; readonly that: "begin" | "end" | "lineBegin" | "lineEnd" | "word" | "notWord" }
  | { readonly kind: "cat"; readonly of: readonly Pattern[] }
  | { readonly kind: "alt"; readonly of: readonly Pattern[] }
  | { readonly kind: "repeat"; readonly of: Pattern; readonly min: number; readonly max: number; readonly greedy: boolean }
  | { readonly kind: "capture"; readonly of: Pattern; readonly index: number };

export type CharacterSet = {
  readonly negated: boolean;
  readonly ranges: readonly (readonly [number, number])[];
  /** Classes of Unicode, each a regular expression for one character. */
  readonly classes: readonly RegExp[];
  readonly folds: boolean;
};

export class PatternError extends Error {}

export type ParsedPattern = {
  readonly pattern: Pattern;
  /** The names of the captures, by their number; "" for those without. The whole match is number 0. */
  readonly captures: readonly string[];
};

type Flags = { readonly i: boolean; readonly s: boolean; readonly m: boolean; readonly U: boolean };
const mostNesting = 100;
const mostRepeats = 1_000;

/** Throws a PatternError that says what RE2 would not take. */
export function parsePattern(text: string, dotAll: boolean): ParsedPattern {
  const characters = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const captures = [""];
  let at = 0;
  let depth = 0;
  const next = (): string => (at < characters.length ? String.fromCodePoint(characters[at] ?? 0) : "");
  const take = (expected: string): boolean => {
    if (!Array.from(expected).every((one, index) => characters[at + index] === one.codePointAt(0))) return false;
    at += expected.length;
    return true;
  };
  const until = (end: string): string => {
    const from = at;
    while (at < characters.length && next() !== end) at++;
    const found = String.fromCodePoint(...characters.slice(from, at));
    if (!take(end)) throw new PatternError(`missing ${end}`);
    return found;
  };

  const pattern = alternatives({ i: false, s: dotAll, m: false, U: false });
  if (at < characters.length) throw new PatternError("unexpected )");
  return { pattern, captures };

  function alternatives(flags: Flags): Pattern {
    if (++depth > mostNesting) throw new PatternError("nested too deeply");
    const branches: Pattern[] = [];
    // Flags that are set in a branch hold to the end of the group.
    let now = flags;
    do {
      const parts: Pattern[] = [];
      while (at < characters.length && next() !== "|" && next() !== ")") {
        const changed = flagsOnly(now);
        if (changed === undefined) parts.push(repeated(now));
        else now = changed;
      }
      branches.push(parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "cat", of: parts });
    } while (take("|"));
    depth--;
    return branches.length === 1 && branches[0] !== undefined ? branches[0] : { kind: "alt", of: branches };
  }

  /** `(?i)` and the like, which are no group. */
  function flagsOnly(flags: Flags): Flags | undefined {
    const found = /^\(\?([imsU]*)(?:-([imsU]+))?\)/.exec(ahead());
    if (found === null || (found[1] === "" && found[2] === undefined)) return undefined;
    at += found[0].length;
    return changedFlags(flags, found[1] ?? "", found[2] ?? "");
  }

  function ahead(): string {
    return String.fromCodePoint(...characters.slice(at, at + 16));
  }

  function repeated(flags: Flags): Pattern {
    let one = atom(flags);
    for (let times = 0; ; times++) {
      const bounds = repetition();
      if (bounds === undefined) return one;
      if (times > 0) throw new PatternError("invalid nested repetition operator");
      const lazy = take("?");
      one = { kind: "repeat", of: one, ...bounds, greedy: lazy === flags.U };
    }
  }

  function repetition(): { readonly min: number; readonly max: number } | undefined {
    if (take("*")) return { min: 0, max: Infinity };
    if (take("+")) return { min: 1, max: Infinity };
    if (take("?")) return { min: 0, max: 1 };
    const found = /^\{(\d{1,5})(,?)(\d{0,5})\}/.exec(ahead());
    if (found === null) return undefined;
    const [whole, low, comma, high] = found;
    if (comma === "" && high !== "") return undefined;
    const min = Number(low);
    const max = comma === "" ? min : high === "" ? Infinity : Number(high);
    if (min > mostRepeats || (max !== Infinity && max > mostRepeats) || max < min) throw new PatternError("invalid repeat count");
    at += whole.length;
    return { min, max };
  }

  function atom(flags: Flags): Pattern {
    const character = next();
    at++;
    if (character === "(") return group(flags);
    if (character === "[") return { kind: "set", set: bracket(flags) };
    if (character === ".") return { kind: "set", set: setOf(flags, flags.s ? [] : [[10, 10]], { negated: true }) };
    if (character === "^") return { kind: "assert", that: flags.m ? "lineBegin" : "begin" };
    if (character === "$") return { kind: "assert", that: flags.m ? "lineEnd" : "end" };
    if (character === "*" || character === "+" || character === "?")
      throw new PatternError(`missing argument to repetition operator: ${character}`);
    if (character === "\\") return escaped(flags);
    return literal(character.codePointAt(0) ?? 0, flags);
  }

  function group(flags: Flags): Pattern {
    if (take("?")) {
      if (take("P<") || (!ahead().startsWith("<=") && !ahead().startsWith("<!") && take("<"))) {
        const name = until(">");
        if (!/^\w+$/.test(name) || captures.includes(name)) throw new PatternError(`invalid named capture: ${name}`);
        return captured(flags, name);
      }
      const found = /^([imsU]*)(?:-([imsU]+))?:/.exec(ahead());
      if (found === null) throw new PatternError(`invalid or unsupported syntax: (?${next()}`);
      at += found[0].length;
      return inside(changedFlags(flags, found[1] ?? "", found[2] ?? ""));
    }
    return captured(flags, "");
  }

  function captured(flags: Flags, name: string): Pattern {
    const index = captures.push(name) - 1;
    return { kind: "capture", index, of: inside(flags) };
  }

  function inside(flags: Flags): Pattern {
    const found = alternatives(flags);
    if (!take(")")) throw new PatternError("missing closing )");
    return found;
  }

  function escaped(flags: Flags): Pattern {
    const character = next();
    if (character === "") throw new PatternError("trailing backslash");
    if (character === "Q") {
      at++;
      const end = characters.findIndex((one, index) => index >= at && one === 92 && characters[index + 1] === 69);
      const codes = characters.slice(at, end < 0 ? undefined : end);
      at = end < 0 ? characters.length : end + 2;
      return { kind: "cat", of: codes.map((code) => literal(code, flags)) };
    }
    const asserts = { A: "begin", z: "end", b: "word", B: "notWord" } as const;
    if (Object.hasOwn(asserts, character)) {
      at++;
      return { kind: "assert", that: asserts[character as keyof typeof asserts] };
    }
    const named = escapedClass();
    if (named) return { kind: "set", set: setOf(flags, [], { classes: [named] }) };
    return literal(escapedCode(), flags);
  }

  /** `\d`, `\pL`, `\p{Greek}` and their opposites. */
  function escapedClass(): RegExp | undefined {
    const character = next();
    if (/[dDsSwW]/.test(character)) {
      at++;
      // RE2's are of ASCII, and its \s has no vertical tab.
      const classes = {
        d: "[0-9]",
        D: "[^0-9]",
        s: "[\\t\\n\\f\\r ]",
        S: "[^\\t\\n\\f\\r ]",
        w: "[0-9A-Za-z_]",
        W: "[^0-9A-Za-z_]",
      };
      return new RegExp(`^${classes[character as keyof typeof classes]}$`, "u");
    }
    if (character !== "p" && character !== "P") return undefined;
    at++;
    const opposite = character === "P";
    let name = next();
    at++;
    if (name === "{") name = until("}");
    const negated = name.startsWith("^");
    const bare = negated ? name.slice(1) : name;
    for (const property of [bare, `Script=${bare}`]) {
      try {
        return new RegExp(`^\\${negated === opposite ? "p" : "P"}{${property}}$`, "u");
      } catch {
        // Not a category; then perhaps a script.
      }
    }
    throw new PatternError(`invalid character class range: \\${character}{${name}}`);
  }

  function escapedCode(): number {
    const found = /^(?:x\{([\da-fA-F]{1,6})\}|x([\da-fA-F]{2})|([0-7]{3}))/.exec(ahead());
    if (found !== null) {
      at += found[0].length;
      const code = found[3] === undefined ? Number.parseInt(found[1] ?? found[2] ?? "", 16) : Number.parseInt(found[3], 8);
      if (code > 0x10ffff) throw new PatternError("invalid escape sequence");
      return code;
    }
    const character = next();
    at++;
    const controls = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 } as const;
    if (Object.hasOwn(controls, character)) return controls[character as keyof typeof controls];
    if (/[\p{L}\p{N}]/u.test(character)) throw new PatternError(`invalid escape sequence: \\${character}`);
    return character.codePointAt(0) ?? 0;
  }

  function bracket(flags: Flags): CharacterSet {
    const negated = take("^");
    const ranges: [number, number][] = [];
    const classes: RegExp[] = [];
    for (let first = true; first || next() !== "]"; first = false) {
      if (at >= characters.length) throw new PatternError("missing closing ]");
      const posix = /^\[:(\^?)([a-z]+):\]/.exec(ahead());
      if (posix !== null) {
        const [whole, not, name = ""] = posix;
        const body = posixClasses[name];
        if (body === undefined) throw new PatternError(`invalid character class range: ${whole}`);
        classes.push(new RegExp(`^[${not}${body}]$`, "u"));
        at += whole.length;
        continue;
      }
      const escaped = take("\\");
      const named = escaped ? escapedClass() : undefined;
      if (named !== undefined) {
        classes.push(named);
        continue;
      }
      const low = escaped ? escapedCode() : code();
      let high = low;
      if (next() === "-" && characters[at + 1] !== 93 && at + 1 < characters.length) {
        at++;
        high = take("\\") ? escapedCode() : code();
        if (high < low) throw new PatternError("invalid character class range");
      }
      ranges.push([low, high]);
    }
    at++;
    return setOf(flags, ranges, { negated, classes });
  }

  function code(): number {
    const found = characters[at] ?? 0;
    at++;
    return found;
  }
}

const posixClasses: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

function literal(code: number, flags: Flags): Pattern {
  return { kind: "set", set: setOf(flags, [[code, code]], {}) };
}

function setOf(
  flags: Flags,
  ranges: readonly (readonly [number, number])[],
  { negated = false, classes = [] }: { readonly negated?: boolean; readonly classes?: readonly RegExp[] },
): CharacterSet {
  return { negated, ranges, classes, folds: flags.i };
}

function changedFlags(flags: Flags, on: string, off: string): Flags {
  const is = (flag: keyof Flags) => (on.includes(flag) || flags[flag]) && !off.includes(flag);
  return { i: is("i"), s: is("s"), m: is("m"), U: is("U") };
}
