import type { Migration } from "./migration.ts";

/** Tools write the same number with zeros before it, and without. */
export const withoutZeros = (id: string): string => id.replace(/^0+(?=\d)/, "");

/** By its name, by its number with or without zeros, or by the name of its file without the ending. */
export function isCalled({ id, name }: Pick<Migration, "id" | "name">, called: string): boolean {
  return (
    name === called ||
    name.replace(/(?:\.up)?\.sql$/, "") === called ||
    (/^[\w.]+$/.test(called) && withoutZeros(id) === withoutZeros(called))
  );
}
