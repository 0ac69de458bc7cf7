import { type CharacterSet, type Pattern, PatternError } from "./pattern.ts";

/** One instruction of a machine that follows all ways through a pattern at once. */
export type Instruction =
  | { readonly do: "take"; readonly set: CharacterSet }
  | { readonly do: "split"; first: number; second: number }
  | { readonly do: "jump"; to: number }
  | { readonly do: "save"; readonly slot: number }
  | { readonly do: "assert"; readonly that: Extract<Pattern, { kind: "assert" }>["that"] }
  | { readonly do: "accept" };

const mostInstructions = 10_000;

export function compilePattern(pattern: Pattern): readonly Instruction[] {
  const program: Instruction[] = [];
  emit(pattern);
  add({ do: "accept" });
  return program;

  function add<T extends Instruction>(instruction: T): T {
    if (program.length >= mostInstructions) throw new PatternError("expression too large");
    program.push(instruction);
    return instruction;
  }

  function emit(one: Pattern): void {
    if (one.kind === "empty") return;
    if (one.kind === "set") add({ do: "take", set: one.set });
    else if (one.kind === "assert") add({ do: "assert", that: one.that });
    else if (one.kind === "cat") for (const part of one.of) emit(part);
    else if (one.kind === "alt") alternatives(one.of);
    else if (one.kind === "repeat") repeat(one);
    else {
      add({ do: "save", slot: one.index * 2 });
      emit(one.of);
      add({ do: "save", slot: one.index * 2 + 1 });
    }
  }

  function alternatives(of: readonly Pattern[]): void {
    const ends: { to: number }[] = [];
    for (const [index, part] of of.entries()) {
      if (index === of.length - 1) emit(part);
      else {
        const split = add({ do: "split", first: program.length + 1, second: 0 });
        emit(part);
        ends.push(add({ do: "jump", to: 0 }));
        split.second = program.length;
      }
    }
    for (const end of ends) end.to = program.length;
  }

  function repeat({ of, min, max, greedy }: Extract<Pattern, { kind: "repeat" }>): void {
    for (let times = 0; times < min; times++) emit(of);
    if (max === Infinity) {
      const start = program.length;
      const split = fork(greedy);
      emit(of);
      add({ do: "jump", to: start });
      leave(split, greedy);
      return;
    }
    const splits = [];
    for (let times = min; times < max; times++) {
      splits.push(fork(greedy));
      emit(of);
    }
    for (const split of splits) leave(split, greedy);
  }

  /** Into what follows now, first when greedy; where the other way goes is said by `leave`. */
  function fork(greedy: boolean): { first: number; second: number } {
    const inside = program.length + 1;
    return add({ do: "split", first: greedy ? inside : 0, second: greedy ? 0 : inside });
  }

  function leave(split: { first: number; second: number }, greedy: boolean): void {
    if (greedy) split.second = program.length;
    else split.first = program.length;
  }
}
