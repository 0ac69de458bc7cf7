import { type CharacterSet, type Pattern, PatternError, parsePattern } from "./pattern.ts";
import { type Instruction, compilePattern } from "./program.ts";

/** A regular expression that has to match the whole text, in time linear in the text. */
export type WholeMatch = {
  test(text: string): boolean;
  /** Start and end of each capture, two numbers each, -1 where it took no part; undefined where the text does not match. */
  captures(text: string): readonly number[] | undefined;
  readonly names: readonly string[];
};

export type RegexpOptions = {
  /** Whether `.` takes a line's end too: Prometheus 3 says so, 2 does not. */
  readonly dotAll?: boolean;
};

/** The expression, or what RE2 would not take in it. */
export function compileRegexp(
  text: string,
  { dotAll = true }: RegexpOptions = {},
): { readonly ok: true; readonly regexp: WholeMatch } | { readonly ok: false; readonly problem: string } {
  try {
    const { pattern, captures } = parsePattern(text, dotAll);
    const program = compilePattern(pattern);
    const literals = literalsOf(pattern);
    return {
      ok: true,
      regexp: {
        names: captures,
        test: literals === undefined ? (value) => run(program, value, 0) !== undefined : (value) => literals.has(value),
        captures: (value) => run(program, value, captures.length * 2),
      },
    };
  } catch (error) {
    if (error instanceof PatternError) return { ok: false, problem: error.message };
    throw error;
  }
}

/** The texts of a pattern such as `api|web`, which needs no machine. */
function literalsOf(pattern: Pattern): ReadonlySet<string> | undefined {
  const texts: string[] = [];
  for (const branch of pattern.kind === "alt" ? pattern.of : [pattern]) {
    let text = "";
    for (const part of branch.kind === "cat" ? branch.of : [branch]) {
      const [range, ...more] = part.kind === "set" && !part.set.negated && !part.set.folds ? part.set.ranges : [];
      if (part.kind !== "set" || part.set.classes.length > 0 || range === undefined || more.length > 0 || range[0] !== range[1])
        return undefined;
      text += String.fromCodePoint(range[0]);
    }
    texts.push(text);
  }
  return new Set(texts);
}

type Thread = { readonly at: number; readonly saved: readonly number[] };

/** Follows all ways at once, in the order in which a backtracking engine would try them. */
function run(program: readonly Instruction[], text: string, slots: number): readonly number[] | undefined {
  const seen = new Int32Array(program.length).fill(-1);
  const empty: readonly number[] = Array.from({ length: slots }, () => -1);
  let threads: Thread[] = [];
  follow({ at: 0, saved: empty }, 0, threads);
  for (let place = 0; place < text.length;) {
    const code = text.codePointAt(place) ?? 0;
    const after = place + (code > 0xffff ? 2 : 1);
    const next: Thread[] = [];
    for (const { at, saved } of threads) {
      const instruction = program[at];
      if (instruction?.do === "take" && has(instruction.set, code)) follow({ at: at + 1, saved }, after, next);
    }
    if (next.length === 0) return undefined;
    threads = next;
    place = after;
  }
  const accepted = threads.find(({ at }) => program[at]?.do === "accept");
  return accepted === undefined ? undefined : slots === 0 ? [] : accepted.saved.with(0, 0).with(1, text.length);

  /** Adds the instructions that can be reached from one without taking a character. */
  function follow(from: Thread, place: number, into: Thread[]): void {
    const stack = [from];
    for (let thread = stack.pop(); thread !== undefined; thread = stack.pop()) {
      const { at, saved } = thread;
      if (seen[at] === place) continue;
      seen[at] = place;
      const instruction = program[at];
      if (instruction?.do === "jump") stack.push({ at: instruction.to, saved });
      else if (instruction?.do === "split") stack.push({ at: instruction.second, saved }, { at: instruction.first, saved });
      else if (instruction?.do === "save")
        stack.push({ at: at + 1, saved: slots === 0 ? saved : saved.with(instruction.slot, place) });
      else if (instruction?.do === "assert") {
        if (holds(instruction.that, text, place)) stack.push({ at: at + 1, saved });
      } else into.push(thread);
    }
  }
}

function has(set: CharacterSet, code: number): boolean {
  return (within(set, code) || (set.folds && variants(code).some((one) => within(set, one)))) !== set.negated;
}

function within({ ranges, classes }: CharacterSet, code: number): boolean {
  for (const [low, high] of ranges) if (code >= low && code <= high) return true;
  return classes.some((one) => one.test(String.fromCodePoint(code)));
}

function variants(code: number): number[] {
  const text = String.fromCodePoint(code);
  return [text.toLowerCase(), text.toUpperCase()].map((one) => one.codePointAt(0) ?? code);
}

function holds(that: Extract<Instruction, { do: "assert" }>["that"], text: string, place: number): boolean {
  if (that === "begin") return place === 0;
  if (that === "end") return place === text.length;
  if (that === "lineBegin") return place === 0 || text[place - 1] === "\n";
  if (that === "lineEnd") return place === text.length || text[place] === "\n";
  const word = (at: number) => /\w/.test(text.charAt(at));
  return (word(place - 1) !== word(place)) === (that === "word");
}
