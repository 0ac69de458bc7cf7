import type { Migration } from "./migration.ts";

const plain = (text: string) => text.replace(/^0+(?=\d)/, "");

/** By its name, by its number with or without zeros, or by the name of its file without the ending. */
export function isCalled({ id, name }: Pick<Migration, "id" | "name">, called: string): boolean {
  return (
    name === called || name.replace(/(?:\.up)?\.sql$/, "") === called || (/^[\w.]+$/.test(called) && plain(id) === plain(called))
  );
}
