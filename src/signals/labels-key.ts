import type { Labels } from "./series.ts";

/** One text for one set of labels, whatever their order; labels without a value count for none. */
export function labelsKey(labels: Labels): string {
  return orderedKey(labels) ?? keyOf(labels, orderedNames(labels));
}

/** Without labels that have no value, in the order of their names. */
export function orderedLabels(labels: Labels): Labels {
  return Object.fromEntries(orderedNames(labels).map((name) => [name, labels[name] ?? ""]));
}

/** The same text where the labels stand in order already, as nearly all do; else nothing. */
export function orderedKey(labels: Labels): string | undefined {
  let [key, before] = ["", ""];
  for (const name of Object.keys(labels)) {
    const value = labels[name] ?? "";
    if (value === "" || name <= before) return undefined;
    key += part(name, value);
    before = name;
  }
  return key;
}

function orderedNames(labels: Labels): readonly string[] {
  return Object.keys(labels)
    .filter((name) => (labels[name] ?? "") !== "")
    .toSorted();
}

function keyOf(labels: Labels, names: readonly string[]): string {
  return names.reduce((key, name) => key + part(name, labels[name] ?? ""), "");
}

/** With lengths: a value may hold any character, also those that would part it from the next. */
function part(name: string, value: string): string {
  return `${name.length}:${name}${value.length}:${value}`;
}
