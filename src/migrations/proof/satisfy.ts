import type { Client } from "pg";
import { quoted } from "../sql/quote.ts";
import type { Condition } from "./tables.ts";
import type { Value } from "./values.ts";

/** A column that is free to be filled, and what may be tried for it. */
export type Free = { readonly name: string; readonly values: readonly Value[] };

export type Chosen = {
  readonly values: ReadonlyMap<string, string>;
  /** Conditions under which no row could be made. */
  readonly unmet: readonly Condition[];
};

const mostTried = 600;
const sample = 60;

/**
 * For each column an expression that keeps to the conditions. Postgres itself is asked whether it does, so that any condition will do;
 * what holds for some rows only is taken where nothing holds for all.
 */
export async function satisfy(client: Client, free: readonly Free[], conditions: readonly Condition[]): Promise<Chosen> {
  const values = new Map(free.map(({ name, values }) => [name, values[0]?.sql ?? "NULL"]));
  const unmet: Condition[] = [];
  for (const group of groupsOf(conditions)) {
    const columns = free.filter(({ name }) => group.some((one) => one.columns.includes(name)));
    const tried = combinationsOf(columns);
    const holds = await countHeld(client, columns, tried, group);
    const most = Math.max(0, ...holds);
    const best = tried[holds.indexOf(most)];
    if (most === 0 || best === undefined) unmet.push(...group);
    else for (const [index, { name }] of columns.entries()) values.set(name, best[index]?.sql ?? "NULL");
  }
  return { values, unmet };
}

/** Conditions that share a column have to be met together. */
function groupsOf(conditions: readonly Condition[]): readonly (readonly Condition[])[] {
  const groups: Condition[][] = [];
  for (const condition of conditions) {
    const touching = groups.filter((group) => group.some((one) => one.columns.some((name) => condition.columns.includes(name))));
    const joined = [condition, ...touching.flat()];
    for (const one of touching) groups.splice(groups.indexOf(one), 1);
    groups.push(joined);
  }
  return groups;
}

/** The likeliest of every column first: those whose places in their lists add up to the least. */
function combinationsOf(columns: readonly Free[]): readonly (readonly Value[])[] {
  const found: Value[][] = [];
  const furthest = columns.reduce((sum, { values }) => sum + Math.max(0, values.length - 1), 0);
  const walk = (at: number, left: number, chosen: readonly Value[]): void => {
    if (found.length >= mostTried) return;
    const column = columns[at];
    if (column === undefined) {
      if (left === 0) found.push([...chosen]);
      return;
    }
    for (const [index, value] of column.values.entries()) {
      if (index > left) return;
      walk(at + 1, left - index, [...chosen, value]);
    }
  };
  for (let sum = 0; sum <= furthest && found.length < mostTried; sum += 1) walk(0, sum, []);
  return found;
}

async function countHeld(
  client: Client,
  columns: readonly Free[],
  tried: readonly (readonly Value[])[],
  group: readonly Condition[],
): Promise<readonly number[]> {
  const holds = group.map(({ sql }) => `(${sql}) IS NOT FALSE`).join(" AND ");
  const question = (values: readonly Value[]) =>
    `(SELECT count(*) FILTER (WHERE ${holds})::int FROM (SELECT ${columns
      .map(({ name }, index) => `${values[index]?.sql ?? "NULL"} AS ${quoted(name)}`)
      .join(", ")} FROM generate_series(1, ${sample}) g) made)`;
  const counts: number[] = [];
  for (let at = 0; at < tried.length; at += 40) {
    const some = tried.slice(at, at + 40);
    const told = await ask(client, some.map(question));
    counts.push(...told);
    if (told.includes(sample)) break;
  }
  return counts;
}

/** What cannot be computed for one, as a text that is no number, must not take the others with it. */
async function ask(client: Client, questions: readonly string[]): Promise<readonly number[]> {
  try {
    const { rows } = await client.query<{ counts: readonly number[] }>(`SELECT ARRAY[${questions.join(", ")}] AS counts`);
    return rows[0]?.counts ?? [];
  } catch {
    if (questions.length === 1) return [0];
    const middle = Math.ceil(questions.length / 2);
    return [...(await ask(client, questions.slice(0, middle))), ...(await ask(client, questions.slice(middle)))];
  }
}
