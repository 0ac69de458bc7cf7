import type { Migration, MigrationText } from "./migration.ts";
import { type Made, nothingMade, relationOf, remember } from "./old-code/made.ts";
import { renamesTable } from "./old-code/taken-by-rename.ts";
import { takenBy } from "./old-code/taken.ts";
import type { Taken } from "./old-code/what-is-taken.ts";
import { filesPlace } from "./run/file-place.ts";
import { bodyOf } from "./sql/bodies.ts";
import { parseSql } from "./sql/parse.ts";
import type { Parser } from "./sql/parser.ts";
import { as } from "./sql/tree.ts";

// Expand and contract over two releases: the first adds and fills, the second takes away. What takes away is told here.

/** A statement after which code that was written before it may not work, or something is lost. */
export type Contract = Omit<Taken, "of"> & {
  readonly migration: string;
  readonly statement: string;
  readonly place: { readonly file: string; readonly line: number; readonly column: number };
};

/** `-- gantry: contract`: the code that comes with it works with and without it, and it waits for the code that does not. */
const contract = /^--[ \t]*gantry:[ \t]*contract[ \t]*\r?$/m;
/** `-- gantry: compatible because nobody has read it for a year`: whoever wrote it knows better. */
const compatible = /^[ \t]*--[ \t]*gantry:[ \t]*compatible[ \t]+because[ \t]+\S/m;

export const isContract = ({ sql }: Pick<MigrationText, "sql">): boolean => contract.test(sql);

/** Code from before can live with it, its author says. */
export const isSaidCompatible = ({ sql }: Pick<MigrationText, "sql">): boolean => compatible.test(sql);

/** What of these migrations surely takes something away, of what was there before the first of them. */
export function contractsOf(parser: Parser, migrations: readonly Migration[]): readonly Contract[] {
  const made = nothingMade();
  return migrations.flatMap(({ name, up }) => takenIn(parser, name, up, made)).filter(({ kind }) => kind !== "may break");
}

/** What is lost by going back. */
export function lossesOf(parser: Parser, name: string, down: MigrationText): readonly Contract[] {
  return takenIn(parser, name, down, nothingMade()).filter(({ kind }) => kind === "loses");
}

/** Whatever in a migration code from before it may not live with; what it makes is remembered for those behind it. */
export function takenIn(
  parser: Parser,
  migration: string,
  text: Pick<MigrationText, "file" | "sql" | "startsAt">,
  made: Made,
): readonly Contract[] {
  const { statements } = parseSql(parser, text.sql, (at) => ({ file: text.file, ...filesPlace(text, at) }));
  const all = statements.flatMap((one) => {
    // A function's body runs when somebody calls it.
    const body = as(one.node, "DoStmt") === undefined ? undefined : bodyOf(parser, one);
    return [one, ...(body?.statements ?? [])];
  });
  // A new name with a view that goes by the old one surely breaks nobody; what the view shows nobody has compared.
  const views = new Set(all.flatMap(({ node }) => relationOf(as(node, "ViewStmt")?.view)));
  return all.flatMap(({ node, from, text: statement }) => {
    const found = takenBy(node, made);
    remember(node, made);
    return found.map(({ does, kind, relation }) => ({
      migration,
      statement,
      does,
      relation,
      kind: renamesTable({ does }) && views.has(relation) ? "may break" : kind,
      place: { file: text.file, ...filesPlace(text, from) },
    }));
  });
}
