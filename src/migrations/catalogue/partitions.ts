import type { Name } from "../sql/tree.ts";
import { type Catalogue, foundKeyOf, type Table } from "./catalogue.ts";

/** The partitions of a relation that migrations were seen to make or attach: of one, or of all that hang below it. */
export type Partitions = { readonly of: (parent: Name) => readonly Table[]; readonly below: (parent: Name) => readonly Table[] };

/** Of a catalogue as it is now: what it says is looked at once, and each table is given once, also where files say that they hang in a ring. */
export function partitionsIn(catalogue: Catalogue): Partitions {
  const keyOf = (name: Name) => foundKeyOf(catalogue, catalogue.tables, name);
  const parts = new Map<string, Table[]>();
  for (const table of catalogue.tables.values()) {
    if (table.partitionOf === undefined) continue;
    const key = keyOf(table.partitionOf);
    const others = parts.get(key);
    if (others === undefined) parts.set(key, [table]);
    else others.push(table);
  }
  const of = (parent: Name) => parts.get(keyOf(parent)) ?? [];
  return {
    of,
    below(parent) {
      const found = new Map<string, Table>();
      const open = [parent];
      for (let next = open.pop(); next !== undefined; next = open.pop())
        for (const part of of(next)) {
          if (found.has(keyOf(part.name)) || keyOf(part.name) === keyOf(parent)) continue;
          found.set(keyOf(part.name), part);
          open.push(part.name);
        }
      return [...found.values()];
    },
  };
}
