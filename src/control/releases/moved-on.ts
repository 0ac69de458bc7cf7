import { type Fresh, notAdditive } from "./additive.ts";

// A revision can go back to a database that has had migrations since it served, as long as these have only added to it.

export type AppliedSince = {
  readonly name: string;
  /** Nothing where nobody has it any more. */
  readonly sql: string | undefined;
};

/** The migration, and what in it an old revision may not live with. */
export type MovedOn = { readonly migration: string; readonly statement?: string; readonly because: string };

const mostCharacters = 512 * 1_024;
const deepest = 200;
const shownCharacters = 120;

/** What keeps an old revision from going back; undefined where nothing does. What cannot be read is taken for the worst. */
export async function movedOn(applied: readonly AppliedSince[]): Promise<MovedOn | undefined> {
  const fresh: Fresh = { tables: new Set(), columns: new Set() };
  for (const { name, sql } of applied) {
    if (sql === undefined) return { migration: name, because: "nobody has its text any more" };
    const statements = await statementsOf(sql);
    if (statements === undefined) {
      if (isSaidCompatible(sql)) continue;
      return { migration: name, because: "it cannot be read" };
    }
    for (const { stmt, text } of statements) {
      const because = notAdditive(stmt, fresh);
      if (because !== undefined && !isSaidCompatible(sql)) return { migration: name, statement: shown(text), because };
    }
  }
  return undefined;
}

/** Whoever wrote it knows better: `-- gantry: compatible because nobody has read it for a year`. */
function isSaidCompatible(sql: string): boolean {
  return /^[ \t]*--[ \t]*gantry:[ \t]*compatible[ \t]+because[ \t]+\S/m.test(sql);
}

type Statement = { readonly stmt: Parameters<typeof notAdditive>[0]; readonly text: string };

/** A parser that has run out of something is not asked again: what it says, and whether it ends, is unknown from then on. */
let isBroken = false;

async function statementsOf(sql: string): Promise<readonly Statement[] | undefined> {
  if (sql.trim() === "") return [];
  if (isBroken || sql.length > mostCharacters || sql.includes("\0") || depthOf(sql) > deepest) return undefined;
  const parser = await import("libpg-query");
  await parser.loadModule();
  try {
    const bytes = Buffer.from(sql);
    return (parser.parseSync(sql).stmts ?? []).flatMap(({ stmt, stmt_location: from = 0, stmt_len: length }) =>
      stmt === undefined
        ? []
        : [{ stmt, text: bytes.subarray(from, length === undefined ? undefined : from + length).toString() }],
    );
  } catch (error) {
    isBroken ||= error instanceof Error && ["RangeError", "RuntimeError"].includes(error.name);
    return undefined;
  }
}

/** No more than it is: brackets in texts and comments are counted as well. */
function depthOf(sql: string): number {
  let [depth, most] = [0, 0];
  for (const character of sql) {
    if (character === "(" || character === "[") most = Math.max(most, (depth += 1));
    else if (character === ")" || character === "]") depth = Math.max(0, depth - 1);
  }
  return most;
}

function shown(text: string): string {
  const line = text
    .replace(/--[^\n]*/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= shownCharacters ? line : `${line.slice(0, shownCharacters - 1)}…`;
}
