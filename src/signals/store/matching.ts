import { UserError } from "../../lib/errors.ts";
import { shown } from "../../lib/text.ts";
import type { Matcher } from "../series.ts";

/** Whether a label's value fits; a label that is not there has the value "". */
export type Fits = (value: string) => boolean;

const mostPatternLength = 2_000;
const literals = /^[\w :,/@=&%#~<>;!"'-]*(?:\|[\w :,/@=&%#~<>;!"'-]*)*$/;

export function fitsOf({ op, value }: Matcher): Fits {
  if (op === "=") return (one) => one === value;
  if (op === "!=") return (one) => one !== value;
  const matches = fitsPattern(value);
  return op === "=~" ? matches : (one) => !matches(one);
}

/** A pattern as Prometheus has it: it must match the whole value, and a dot also matches the end of a line. */
export function fitsPattern(pattern: string): Fits {
  // Most are lists of words, which need no machine that could be made to run for ever.
  if (literals.test(pattern)) {
    const words = new Set(pattern.split("|"));
    return (one) => words.has(one);
  }
  const known = new Map<string, boolean>();
  const expression = expressionOf(pattern);
  return (one) => {
    let found = known.get(one);
    if (found === undefined) {
      found = expression.test(one);
      // Values come again and again: series have few each.
      if (known.size < 10_000) known.set(one, found);
    }
    return found;
  };
}

function expressionOf(pattern: string): RegExp {
  const [, flags = "", rest = ""] = /^(?:\(\?([ims]+)\))?([^]*)$/.exec(pattern) ?? [];
  const body = rest.replaceAll("(?P<", "(?<").replaceAll(/\\p([A-Z])/g, "\\p{$1}");
  const mode = flags.includes("i") ? "is" : "s";
  if (pattern.length <= mostPatternLength)
    for (const unicode of ["u", ""]) {
      try {
        return new RegExp(`^(?:${body})$`, mode + unicode);
      } catch {
        // An escape that only one of the two allows; else refused below.
      }
    }
  throw new UserError("bad-regexp", `${shown(pattern)} is no regular expression`, {
    hint: pattern.length > mostPatternLength ? `use at most ${mostPatternLength} characters` : "see RE2's syntax",
  });
}
