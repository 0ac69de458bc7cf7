import { UserError } from "../../lib/errors.ts";
import { type Contract, isSaidCompatible, takenIn } from "../../migrations/expand-contract.ts";
import { type Made, nothingMade } from "../../migrations/old-code/made.ts";
import { loadParser } from "../../migrations/sql/parser.ts";

// A revision can go back to a database that has had migrations since it served, as long as these have only added to it.

export type AppliedSince = {
  readonly name: string;
  /** Nothing where nobody has it any more. */
  readonly sql: string | undefined;
};

/** The migration, and what in it an old revision may not live with. */
export type MovedOn = { readonly migration: string; readonly statement?: string; readonly because: string };

const shownCharacters = 120;

/** What keeps an old revision from going back; undefined where nothing does. What cannot be read is taken for the worst. */
export async function movedOn(applied: readonly AppliedSince[]): Promise<MovedOn | undefined> {
  const made = nothingMade();
  for (const { name, sql } of applied) {
    if (sql === undefined) return { migration: name, because: "nobody has its text any more" };
    const taken = await readTaken(name, sql, made);
    if (isSaidCompatible({ sql })) continue;
    if (typeof taken === "string") return { migration: name, because: `it cannot be read: ${taken}` };
    const [first] = taken;
    if (first !== undefined) return { migration: name, statement: shown(first.statement), because: first.does };
  }
  return undefined;
}

async function readTaken(name: string, sql: string, made: Made): Promise<readonly Contract[] | string> {
  try {
    return takenIn(await loadParser(), name, { file: name, sql, startsAt: 0 }, made);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

function shown(text: string): string {
  const line = text
    .replace(/--[^\n]*/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= shownCharacters ? line : `${line.slice(0, shownCharacters - 1)}…`;
}
