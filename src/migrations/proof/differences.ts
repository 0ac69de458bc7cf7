import type { Description } from "./describe.ts";

/** How one thing of a schema differs from what it was. */
export type Difference = {
  /** `table documents`, `function f(integer)`. */
  readonly subject: string;
  readonly missing: readonly string[];
  readonly added: readonly string[];
  /** All is there, in another order: columns, most often. */
  readonly reordered: boolean;
};

export function differencesBetween(before: Description, after: Description): readonly Difference[] {
  const subjects = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return subjects.flatMap((subject) => {
    const [was, is] = [before.get(subject) ?? [], after.get(subject) ?? []];
    const missing = without(was, is);
    const added = without(is, was);
    const reordered = missing.length === 0 && added.length === 0 && was.some((line, index) => line !== is[index]);
    return missing.length + added.length > 0 || reordered ? [{ subject, missing, added, reordered }] : [];
  });
}

/** A line that stands twice has to stand twice. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
