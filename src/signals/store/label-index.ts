import type { Labels, Matcher } from "../series.ts";
import { createMatcher } from "../promql/regexp/matching.ts";

type Indexed = { readonly id: number; readonly labels: Labels };

const mostRemembered = 256;

/** Series by their labels. A label that is not there has the value "", as in PromQL. */
export function createLabelIndex<T extends Indexed>() {
  const byName = new Map<string, Map<string, Set<T>>>();
  const all = new Set<T>();
  /** What was asked for since the last series came or went: rules ask the same again and again. */
  const remembered = new Map<string, readonly T[]>();

  function find(matchers: readonly Matcher[]): readonly T[] {
    const tests = matchers.map((one) => ({ name: one.name, fits: createMatcher(one) }));
    let candidates: Iterable<T> = all;
    let least = all.size;
    let decided: number | undefined;
    for (const [index, { name, fits }] of tests.entries()) {
      // Those without the label would fit too.
      if (fits("")) continue;
      const values = byName.get(name);
      const sets: ReadonlySet<T>[] = [];
      const only = matchers[index]?.op === "=" ? values?.get(matchers[index].value) : undefined;
      if (only) sets.push(only);
      else if (matchers[index]?.op !== "=") for (const [value, set] of values ?? []) if (fits(value)) sets.push(set);
      const size = sets.reduce((sum, set) => sum + set.size, 0);
      if (size === 0) return [];
      if (size >= least) continue;
      least = size;
      decided = index;
      candidates = sets.length === 1 && sets[0] ? sets[0] : sets.flatMap((set) => [...set]);
    }
    const left = tests.filter((_, index) => index !== decided);
    const found: T[] = [];
    for (const one of candidates) if (left.every(({ name, fits }) => fits(valueOf(one.labels, name)))) found.push(one);
    return found.toSorted((a, b) => a.id - b.id);
  }

  return {
    add(one: T): void {
      remembered.clear();
      all.add(one);
      for (const [name, value] of Object.entries(one.labels)) {
        let values = byName.get(name);
        if (!values) byName.set(name, (values = new Map()));
        let set = values.get(value);
        if (!set) values.set(value, (set = new Set()));
        set.add(one);
      }
    },
    remove(one: T): void {
      remembered.clear();
      all.delete(one);
      for (const [name, value] of Object.entries(one.labels)) {
        const values = byName.get(name);
        const set = values?.get(value);
        set?.delete(one);
        if (set?.size === 0) values?.delete(value);
        if (values?.size === 0) byName.delete(name);
      }
    },
    find(matchers: readonly Matcher[]): readonly T[] {
      const key = matchers.map(({ name, op, value }) => `${name}\0${op}\0${value}`).join("\0\0");
      let found = remembered.get(key);
      if (!found) {
        if (remembered.size >= mostRemembered) remembered.clear();
        remembered.set(key, (found = find(matchers)));
      }
      return found;
    },
    values: (name: string): readonly string[] => [...(byName.get(name)?.keys() ?? [])].toSorted(),
    names: (): readonly string[] => [...byName.keys()].toSorted(),
    all: (): ReadonlySet<T> => all,
  };
}

/** `constructor` is a label as any other, and nobody has it. */
function valueOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? "") : "";
}
