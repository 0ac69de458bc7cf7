import type { SafeStep } from "../finding.ts";
import { ended } from "../sql/ended.ts";
import type { Statement } from "../sql/parse.ts";
import { alterOf } from "../sql/pieces.ts";
import { loadParser, type Parser } from "../sql/parser.ts";
import { accepted } from "./accepted.ts";
import type { FixedFile } from "./fixed-file.ts";
import type { LintedFile, LintOptions } from "./lint.ts";
import { firstFrom } from "./nearest-before.ts";
import type { Migration, MigrationText } from "../migration.ts";

type Part = {
  readonly sql: string[];
  readonly inTransaction: boolean;
  readonly release: SafeStep["release"];
  readonly closed: boolean;
};

/** What a migration was read with: those in front of it are known where its safe ways are. */
export type FixOptions = Pick<LintOptions, "version" | "choice"> & { readonly migrations: readonly Migration[] };

/**
 * A migration taken apart into safe ones, in a folder beside it: those of this release, and those of the next. What has no finding
 * stays word by word and in its order; the migration itself is left as it is. They may be linted again: what a safe way does on purpose
 * is ignored there with its reason.
 */
export async function fixedFiles(
  { migration, text, parsed, startsAt, findings }: LintedFile,
  { migrations, ...options }: FixOptions,
): Promise<readonly FixedFile[]> {
  if (!findings.some((one) => one.safe !== undefined)) return [];
  const isDown = text === migration.down;
  const parser = await loadParser();
  const mended = findings.filter((one) => one.safe !== undefined);
  const stepsIn = (from: number, to: number) => {
    const one = mended[firstFrom(mended, from + startsAt, (each) => each.from.offset)];
    return one !== undefined && one.to.offset <= to + startsAt ? one.safe?.steps : undefined;
  };
  const parts: Part[] = [];
  const keep = (sql: string) => {
    const last = parts.findLast(({ release }) => release === "this");
    if (last !== undefined && !last.closed && last.inTransaction === text.inTransaction) last.sql.push(ended(sql));
    else parts.push({ sql: [ended(sql)], inTransaction: text.inTransaction, release: "this", closed: false });
  };
  for (const statement of parsed.statements)
    for (const piece of piecesOf(parser, statement, stepsIn)) {
      if (piece.safe === undefined) keep(piece.sql);
      for (const { title, sql, inTransaction, release } of piece.safe ?? [])
        parts.push({ sql: [`-- ${title}\n${sql}`], inTransaction, release, closed: true });
    }
  const folder = folderFor(migration, text, migrations);
  const numbered = (release: SafeStep["release"]) =>
    parts
      .filter((part) => part.release === release)
      .map(({ sql, inTransaction, closed }, nth) => ({
        isStep: closed,
        path: `${folder}/${release}-release-${String(nth + 1).padStart(2, "0")}.sql`,
        text: `${inTransaction ? "" : "-- gantry: no transaction\n"}${sql.join("\n")}\n`,
      }));
  const files = { these: numbered("this"), next: numbered("next") };
  // Going down, what going up made is taken away on purpose, and no rule speaks of it.
  if (isDown) return [...files.these, ...files.next].map(({ path, text: sql }) => ({ path, text: sql }));
  const before = migrations.slice(0, Math.max(0, migrations.indexOf(migration)));
  return accepted(files, before, options);
}

/** Beside the file; of its own for each of several that share one. */
function folderFor({ name, up, down }: Migration, text: MigrationText, migrations: readonly Migration[]): string {
  const several = migrations.filter((one) => one.up.file === up.file).length > 1;
  return [
    text.file.replace(/(?:\.up)?\.sql$/, ""),
    ...(several ? [name.replace(/\W+/g, "-")] : []),
    ...(text === down && !text.file.endsWith(".down.sql") ? ["down"] : []),
    "safe",
  ].join(".");
}

type StepsIn = (from: number, to: number) => readonly SafeStep[] | undefined;
type Piece = { readonly sql: string; readonly safe?: readonly SafeStep[] };

/** A statement, or each action of an ALTER TABLE by itself where one of them has to change. */
function piecesOf(parser: Parser, statement: Statement, stepsIn: StepsIn): readonly Piece[] {
  const steps = stepsIn(statement.from, statement.to);
  // What stands within a body cannot be put in its place.
  if (steps === undefined || ["DoStmt", "CreateFunctionStmt"].includes(statement.kind)) return [{ sql: statement.text }];
  const alter = alterOf(parser, statement);
  if (alter === undefined || alter.commands.length < 2) return [{ sql: statement.text, safe: steps }];
  return alter.commands.map(({ from, to, text }) => {
    const own = stepsIn(from, to);
    return { sql: `${alter.head} ${text}`, ...(own === undefined ? {} : { safe: own }) };
  });
}
