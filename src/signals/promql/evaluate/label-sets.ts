import { labelsKey, orderedKey, orderedLabels } from "../../labels-key.ts";
import type { Labels } from "../../series.ts";

/**
 * A series' labels as evaluation sees them. There is one object for equal labels, so equal labels are the same object, and what
 * was made of them once (without the name, by some of the labels …) is kept with them.
 */
export type LabelSet = {
  readonly labels: Labels;
  readonly derived: Map<string, LabelSet>;
  /** Written by whoever walks over a vector: which walk it was, and what it noted. */
  mark: number;
  slot: number;
};

export type LabelSets = {
  readonly empty: LabelSet;
  of(labels: Labels): LabelSet;
  /** What `make` makes of the labels; made once for each set and `how`. */
  derive(set: LabelSet, how: string, make: (labels: Labels) => Labels): LabelSet;
  /** A mark that no set bears. */
  nextMark(): number;
  /** How many sets are kept. */
  size(): number;
};

export function createLabelSets(): LabelSets {
  const byObject = new WeakMap<Labels, LabelSet>();
  const byKey = new Map<string, LabelSet>();
  let mark = 0;
  const find = (labels: Labels): LabelSet => {
    let key = orderedKey(labels);
    const ordered = key === undefined ? orderedLabels(labels) : labels;
    key ??= labelsKey(ordered);
    let set = byKey.get(key);
    if (set === undefined) byKey.set(key, (set = { labels: ordered, derived: new Map(), mark: 0, slot: 0 }));
    return set;
  };
  const of = (labels: Labels): LabelSet => {
    let set = byObject.get(labels);
    if (set === undefined) byObject.set(labels, (set = find(labels)));
    return set;
  };
  return {
    of,
    empty: of({}),
    derive(set, how, make) {
      let made = set.derived.get(how);
      if (made === undefined) {
        made = find(make(set.labels));
        set.derived.set(how, made);
      }
      return made;
    },
    nextMark: () => ++mark,
    size: () => byKey.size,
  };
}

export function labelOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? "") : "";
}

export function keepLabels(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)));
}

export function dropLabels(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)));
}

/** With one label set; an empty value takes it away. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  const others = Object.entries(labels).filter(([one]) => one !== name);
  return Object.fromEntries(value === "" ? others : [...others, [name, value]]);
}

export function withoutName(sets: LabelSets, set: LabelSet): LabelSet {
  return sets.derive(set, "nameless", (labels) => dropLabels(labels, ["__name__"]));
}

/** As Prometheus writes labels in its errors. */
export function printLabels(labels: Labels): string {
  const { __name__: name = "", ...others } = labels;
  const inside = Object.entries(others).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return inside.length > 0 || name === "" ? `${name}{${inside.join(", ")}}` : name;
}
