import { type Path, pathText } from "../lib/paths.ts";
import type { Place } from "../lib/problem.ts";
import { memoryOf } from "./merge.ts";
import { literalMark } from "./places.ts";
import type { Sources } from "./sources.ts";

/** One layer's word on a value. */
export type Said = {
  readonly layer: string;
  readonly why?: string;
  readonly value: unknown;
  readonly place?: Place;
};

/** Where a value comes from: the word that holds, and those it overrode. */
export type Origin = { readonly path: string; readonly value: unknown; readonly from: Said; readonly overrode: readonly Said[] };

/** Where the value at a path of an environment comes from; undefined when there is no such value. */
export function originOf(environment: object, path: Path, sources: Sources): Origin | undefined {
  let here: unknown = environment;
  let said: readonly Said[] = [];
  const memory = memoryOf(environment);
  for (const step of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    const key = String(step);
    const found = (memory.get(here) ?? [])
      .filter(({ data }) => Object.hasOwn(data, key))
      .map(({ layer, data }) => saidBy(layer, data, key, sources));
    if (found.length > 0) said = found;
    here = (here as Record<string, unknown>)[key];
  }
  const [from = { layer: "worked out", value: here }, ...overrode] = said;
  return { path: pathText(path), value: here, from: { ...from, value: here }, overrode };
}

function saidBy(layer: { label: string; why?: string }, from: object, key: string, sources: Sources): Said {
  const source = sources.of(from);
  const place = source?.keys(key)?.value ?? source?.place ?? literalMark(from)?.place;
  return {
    layer: layer.label,
    ...(layer.why === undefined ? {} : { why: layer.why }),
    value: (from as Record<string, unknown>)[key],
    ...(place === undefined ? {} : { place }),
  };
}

/** The origin of every leaf of an environment, by its path. */
export function originsOf(environment: object, sources: Sources): Readonly<Record<string, Omit<Origin, "value" | "path">>> {
  const origins: Record<string, Omit<Origin, "value" | "path">> = {};
  for (const path of leavesOf(environment)) {
    const origin = originOf(environment, path, sources);
    if (origin) origins[pathText(path)] = { from: origin.from, overrode: origin.overrode };
  }
  return origins;
}

/** The paths of the values of an environment that have none in them; a reference is one value. */
export function leavesOf(environment: object): readonly Path[] {
  const found: Path[] = [];
  const visit = (value: unknown, path: Path): void => {
    const isLeaf = typeof value !== "object" || value === null || Object.keys(value).length === 0 || "ref" in value;
    if (isLeaf) {
      if (path.length > 0) found.push(path);
      return;
    }
    for (const key of Object.keys(value))
      visit((value as Record<string, unknown>)[key], [...path, Array.isArray(value) ? Number(key) : key]);
  };
  visit(environment, []);
  return found;
}
