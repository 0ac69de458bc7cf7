import { isRecord } from "../lib/is-record.ts";
import { setKey } from "../lib/paths.ts";

// Layers of plain data, merged deeply, with the memory of which layer gave what.
//
// 1. Objects merge key by key; lists, references and scalars replace.
// 2. Keys come out in one order whatever order they were written in, so that equal specs resolve to equal bytes.
// 3. What comes out is frozen, and shares whatever only one layer had.

/** What a layer is called in `gantry explain`: "product", "environment prod", "default". */
export type Layer = { readonly label: string; readonly why?: string };

/** One layer's word on an object. */
export type Part = {
  readonly layer: Layer;
  readonly data: Readonly<Record<string, unknown>>;
  /** Keys that this layer has, but that are no part of the merge. */
  readonly without?: ReadonlySet<string>;
};

/** Who contributed to each merged object, the strongest first. A plain map: a weak one this large keeps the collector busy. */
export type Memory = Map<object, readonly Part[]>;

const memories = new WeakMap<object, Memory>();

/** Lets the places of a resolved environment be asked for as long as it lives. */
export function remember(environment: object, memory: Memory): void {
  memories.set(environment, memory);
}

export function memoryOf(environment: object): Memory {
  return memories.get(environment) ?? new Map();
}

/** Merges layers, the strongest first. */
export function mergeLayers(memory: Memory, parts: readonly Part[]): Readonly<Record<string, unknown>> {
  const keys = new Set<string>();
  for (const part of parts) for (const key of Object.keys(part.data)) if (!part.without?.has(key)) keys.add(key);
  const out: Record<string, unknown> = {};
  for (const key of sortedKeys(keys)) {
    const having = parts.filter((part) => Object.hasOwn(part.data, key) && !part.without?.has(key));
    const merged = mergeKey(memory, having, key);
    if (merged !== undefined) setKey(out, key, merged);
  }
  memory.set(out, parts);
  return Object.freeze(out);
}

/** An object of values that are merged already, in the one order, remembering who contributed to it. */
export function assemble(
  memory: Memory,
  values: Readonly<Record<string, unknown>>,
  from: readonly Part[],
): Readonly<Record<string, unknown>> {
  const out: Record<string, unknown> = {};
  for (const key of sortedKeys(Object.keys(values))) {
    if (values[key] !== undefined) setKey(out, key, values[key]);
  }
  memory.set(out, from);
  return Object.freeze(out);
}

function mergeKey(memory: Memory, having: readonly Part[], key: string): unknown {
  const strongest = having[0];
  if (!strongest) return undefined;
  const value = strongest.data[key];
  if (!isMergeable(value))
    return Array.isArray(value)
      ? ordered(memory, value, strongest.layer)
      : isRecord(value)
        ? mergeLayers(memory, [{ layer: strongest.layer, data: value }])
        : value;
  const inner: Part[] = [];
  for (const part of having) {
    const below = part.data[key];
    if (!isMergeable(below) || differentKind(value, below)) break;
    inner.push({ layer: part.layer, data: below });
  }
  return mergeLayers(memory, inner);
}

function ordered(memory: Memory, list: readonly unknown[], layer: Layer): readonly unknown[] {
  const out = list.map((item) => {
    if (Array.isArray(item)) return ordered(memory, item, layer);
    return isRecord(item) ? mergeLayers(memory, [{ layer, data: item }]) : item;
  });
  memory.set(out, [{ layer, data: list as unknown as Readonly<Record<string, unknown>> }]);
  return Object.freeze(out);
}

/** Two alternatives of one thing (a canary and a blue-green release) do not mix. */
function differentKind(left: Readonly<Record<string, unknown>>, right: Readonly<Record<string, unknown>>): boolean {
  return ["kind", "strategy", "cloud", "language", "is"].some((tag) => tag in left && tag in right && left[tag] !== right[tag]);
}

/** What one word of a spec made is replaced whole: half a condition, and half of another, would be a third that nobody wrote. */
const whole = ["ref", "gate", "measure", "signal", "language", "command"];

/** Whether a change goes into a value key by key. */
export function isMergeable(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && !whole.some((key) => key in value);
}

const first = ["schemaVersion", "product", "environment", "name", "title", "kind", "cloud", "strategy", "gate", "ref"];
const rank = new Map(first.map((key, index) => [key, index]));

/** What says what a thing is comes first, the rest by the alphabet. */
export function sortedKeys(keys: Iterable<string>): string[] {
  return [...keys].toSorted((left, right) => {
    const a = rank.get(left) ?? first.length;
    const b = rank.get(right) ?? first.length;
    return a - b || (left < right ? -1 : left > right ? 1 : 0);
  });
}

/** Plain data with its keys in the one order. */
export function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isRecord(value)) return value;
  return Object.fromEntries(sortedKeys(Object.keys(value)).map((key) => [key, canonical(value[key])]));
}

/** The same for a product, whose environments stay in the order in which they were written: it is the one in which people read of them. */
export function canonicalProduct(product: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const whole = canonical(product) as Record<string, unknown>;
  const environments = product["environments"];
  if (!isRecord(environments)) return whole;
  return {
    ...whole,
    environments: Object.fromEntries(Object.entries(environments).map(([name, one]) => [name, canonical(one)])),
  };
}
