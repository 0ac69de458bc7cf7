import type { Catalogue, Index } from "./catalogue.ts";

export function putIndex(catalogue: Catalogue, key: string, index: Index): void {
  removeIndex(catalogue, key);
  catalogue.indexes.set(key, index);
  const others = catalogue.indexesOf.get(index.tableKey);
  if (others === undefined) catalogue.indexesOf.set(index.tableKey, new Set([key]));
  else others.add(key);
}

export function removeIndex(catalogue: Catalogue, key: string): Index | undefined {
  const index = catalogue.indexes.get(key);
  catalogue.indexes.delete(key);
  const others = index === undefined ? undefined : catalogue.indexesOf.get(index.tableKey);
  others?.delete(key);
  if (index !== undefined && others?.size === 0) catalogue.indexesOf.delete(index.tableKey);
  return index;
}

/** The indexes of a table, each with its key: a list of its own, so that they may be changed on the way. */
export function indexesOf(catalogue: Catalogue, tableKey: string): readonly (readonly [string, Index])[] {
  return Array.from(catalogue.indexesOf.get(tableKey) ?? []).flatMap((key) => {
    const index = catalogue.indexes.get(key);
    return index === undefined ? [] : [[key, index] as const];
  });
}
