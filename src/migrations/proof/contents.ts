import type { Client } from "pg";
import { quoted } from "../sql/quote.ts";
import { readTables } from "./tables.ts";

/** What the rows of every table hold, in sums that do not depend on their order. */
export type Contents = ReadonlyMap<string, TableContents>;
export type TableContents = {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, { readonly filled: number; readonly sum: string }>;
};

export async function contentsOf(client: Client): Promise<Contents> {
  const contents = new Map<string, TableContents>();
  for (const { name, columns } of await readTables(client)) {
    const sums = columns.map(
      ({ name: column }) => `count(${quoted(column)}) || ':' || coalesce(sum(hashtextextended(${quoted(column)}::text, 0)), 0)`,
    );
    const { rows } = await client.query<{ rows: number; sums: readonly string[] }>(
      `SELECT count(*)::int AS rows, ARRAY[${sums.join(", ")}]::text[] AS sums FROM ONLY ${name}`,
    );
    const told = columns.map(({ name: column }, index) => {
      const [filled = "0", sum = ""] = (rows[0]?.sums[index] ?? "").split(":");
      return [column, { filled: Number(filled), sum }] as const;
    });
    contents.set(name, { rows: rows[0]?.rows ?? 0, columns: new Map(told) });
  }
  return contents;
}

/** What is not there any more as it was: a table, rows, or the values of a column. */
export type Loss = { readonly table: string; readonly column?: string; readonly was: number; readonly is: number };

export function lostBetween(before: Contents, after: Contents): readonly Loss[] {
  return [...before].flatMap(([table, was]): Loss[] => {
    const is = after.get(table);
    if (is === undefined) return was.rows === 0 ? [] : [{ table, was: was.rows, is: 0 }];
    if (is.rows !== was.rows) return [{ table, was: was.rows, is: is.rows }];
    return [...was.columns].flatMap(([column, then]) => {
      const now = is.columns.get(column);
      if (now?.sum === then.sum || then.filled === 0) return [];
      return [{ table, column, was: then.filled, is: now === undefined ? 0 : Math.min(now.filled, then.filled) }];
    });
  });
}

/** Tables and columns of the one that the other does not have. */
export function goneBetween(before: Contents, after: Contents): readonly string[] {
  return [...before].flatMap(([table, { columns }]) => {
    const is = after.get(table);
    if (is === undefined) return [table];
    return [...columns.keys()].filter((column) => !is.columns.has(column)).map((column) => `${table}.${quoted(column)}`);
  });
}
