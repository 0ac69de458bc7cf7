import { UserError } from "../../lib/errors.ts";
import { applyStatement } from "../catalogue/apply.ts";
import { type Catalogue, copyOf, createCatalogue, type Origin, tableOf } from "../catalogue/catalogue.ts";
import { locksOf } from "../catalogue/locks.ts";
import { followSearchPath } from "../catalogue/search-path.ts";
import { createSurroundings } from "../catalogue/transaction.ts";
import { createUndo } from "../catalogue/undo.ts";
import type { Finding } from "../finding.ts";
import type { Migration, MigrationText } from "../migration.ts";
import type { Context, PostgresVersion } from "../rules/rule.ts";
import { type Body, bodyOf } from "../sql/bodies.ts";
import { offsetsOf } from "../sql/offsets.ts";
import { parseSql, type ParsedSql, type Statement } from "../sql/parse.ts";
import { loadParser, type Parser } from "../sql/parser.ts";
import { alterOf, columnTextOf } from "../sql/pieces.ts";
import type { Name } from "../sql/tree.ts";
import type { Choice } from "./choice.ts";
import { createJudge } from "./judge.ts";

export type LintOptions = {
  readonly version: PostgresVersion;
  /** Those that have been shipped are read, so that it is known what they made, and not judged. */
  readonly isShipped?: (migration: Migration) => boolean;
  /** What is asked about: the rest is read, so that it is known what it makes, and not judged. */
  readonly isAsked?: (text: MigrationText) => boolean;
  /** Files that go out together; without it each one is a release of its own. */
  readonly together?: boolean;
  /** The whole file of a text that begins somewhere within it. */
  readonly fileText?: (file: string) => string | undefined;
  readonly choice?: Choice;
};

export type LintedFile = {
  readonly migration: Migration;
  /** Its up, or its down. */
  readonly text: MigrationText;
  readonly parsed: ParsedSql;
  /** The whole file, and where the text begins in it: offsets of findings count there. */
  readonly whole: string;
  readonly startsAt: number;
  readonly findings: readonly Finding[];
  /** Why it could not be read. What it makes is not known then. */
  readonly problem?: UserError;
  /** It was to be remembered only. */
  readonly isSilent: boolean;
};

/**
 * Reads migrations in their order, remembers what each one makes, and says what is dangerous in those that are not shipped. What undoes
 * one is judged behind it, and forgotten.
 */
export async function lintMigrations(migrations: readonly Migration[], options: LintOptions): Promise<readonly LintedFile[]> {
  const catalogue = createCatalogue();
  const surroundings = createSurroundings();
  const linted: LintedFile[] = [];
  const lastShipped = migrations.findLastIndex((one) => options.isShipped?.(one) === true);
  for (const [nth, migration] of migrations.entries()) {
    const isShipped = options.isShipped?.(migration) === true;
    const isAsked = options.isAsked ?? (() => true);
    const isSilent = isShipped || !isAsked(migration.up);
    const release = isShipped ? -1 : options.together === true ? 0 : nth;
    const shippedBefore = !isShipped && nth < lastShipped ? migrations[lastShipped]?.name : undefined;
    const given = { migration, nth, surroundings, options };
    const up = await lintText({ ...given, text: migration.up, catalogue, release, isSilent, shippedBefore });
    if (!isSilent || up.problem !== undefined) linted.push(up);
    if (isShipped || migration.down === undefined || !isAsked(migration.down)) continue;
    // When it runs, the release may have had traffic: nothing that the release made is new to it.
    const down = { ...given, text: migration.down, catalogue: copyOf(catalogue), release: -2 - nth, isSilent: false };
    linted.push(await lintText(down));
  }
  return linted;
}

type Text = {
  readonly migration: Migration;
  readonly text: MigrationText;
  readonly nth: number;
  readonly catalogue: Catalogue;
  readonly surroundings: ReturnType<typeof createSurroundings>;
  readonly release: number;
  readonly isSilent: boolean;
  /** One that comes behind it, and was shipped all the same. */
  readonly shippedBefore?: string | undefined;
  readonly options: LintOptions;
};

async function lintText(given: Text): Promise<LintedFile> {
  const { migration, text, nth, catalogue, surroundings, release, isSilent, shippedBefore, options } = given;
  const whole = wholeOf(text, options);
  const told = { isSilent, ...(text.problem === undefined ? {} : { problem: text.problem }) };
  const empty = { sql: text.sql, offsets: offsetsOf(""), statements: [] };
  try {
    // A parser that a text before has broken is another one now.
    const file = readText(await loadParser(), given, whole);
    surroundings.startMigration(text.inTransaction);
    followSearchPath(catalogue, surroundings.now());
    const judge = isSilent ? undefined : createJudge(file, options.version, options.choice ?? new Map<never, never>());
    if (shippedBefore !== undefined)
      judge?.add("out-of-order", { says: `${shippedBefore} has been shipped before it` }, start(file.parsed));
    const undo = createUndo(catalogue, surroundings, file.parsed.statements);
    for (const statement of file.parsed.statements) {
      const origin = { migration: nth, transaction: surroundings.transaction(), release };
      follow({ statement, origin, file, catalogue, surroundings, undo, judge, options });
    }
    return { migration, text, ...whole, parsed: file.parsed, findings: judge?.findings() ?? [], ...told };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { migration, text, ...whole, parsed: empty, findings: [], ...told, problem: error };
  }
}

type File = ReturnType<typeof readText>;
type Judge = ReturnType<typeof createJudge>;
type Whole = Pick<LintedFile, "whole" | "startsAt">;

function wholeOf({ file, sql, startsAt }: MigrationText, { fileText }: LintOptions): Whole {
  const whole = startsAt === 0 ? undefined : fileText?.(file);
  return whole === undefined || whole.length < startsAt + sql.length ? { whole: sql, startsAt: 0 } : { whole, startsAt };
}

function readText(parser: Parser, { migration, text }: Text, { whole, startsAt }: Whole) {
  const { file, sql } = text;
  const offsets = offsetsOf(whole);
  const placeOf = (offset: number) => offsets.placeOf(offset + startsAt);
  const parsed = parseSql(parser, sql, (offset) => {
    const { line, column } = placeOf(offset);
    return { file, line, column };
  });
  return { parser, text, isDown: text === migration.down, parsed, placeOf };
}

/** The first statement, or where it would be. */
function start({ statements, sql }: ParsedSql): { readonly from: number; readonly to: number } {
  return statements[0] ?? { from: 0, to: sql.length };
}

type Step = {
  readonly statement: Statement;
  readonly origin: Origin;
  readonly file: File;
  readonly catalogue: Catalogue;
  readonly surroundings: ReturnType<typeof createSurroundings>;
  readonly undo: ReturnType<typeof createUndo>;
  readonly judge: Judge | undefined;
  readonly options: LintOptions;
  readonly inside?: Body["of"];
};

function follow(given: Step): void {
  const { statement, origin, file, catalogue, surroundings, judge } = given;
  judge?.judge(statement, contextOf(given));
  const body = given.inside === undefined ? bodyOf(file.parser, statement) : undefined;
  for (const { from, to, what } of body?.unknown ?? [])
    judge?.add("not-read", { from, to, says: `${what}: what it does is not known` }, statement);
  for (const inner of body?.statements ?? []) follow({ ...given, statement: inner, inside: body?.of ?? "function" });
  // What a function does, it does when somebody calls it.
  if (given.inside === "function") return;
  // Nobody waits for what is made in the same release.
  const locks = locksOf(statement).filter(({ name }) => tableOf(catalogue, name)?.origin?.release !== origin.release);
  given.undo.before(statement);
  applyStatement(catalogue, statement, origin);
  surroundings.after(statement, locks);
  followSearchPath(catalogue, surroundings.now());
}

function contextOf({ statement, origin, file, catalogue, surroundings, options, inside }: Step): Context {
  const table = (name: Name) => tableOf(catalogue, name);
  let alter: { readonly read: ReturnType<typeof alterOf> } | undefined;
  return {
    version: options.version,
    sql: file.parsed.sql,
    statements: file.parsed.statements,
    parser: file.parser,
    catalogue,
    // A function's body is not run here: who calls it holds its own locks.
    surroundings: inside === "function" ? { ...surroundings.now(), held: [], previous: undefined } : surroundings.now(),
    origin,
    ...(inside === undefined ? {} : { inside }),
    table,
    isNew: (name) => table(name)?.origin?.release === origin.release,
    alter: () => (alter ??= { read: alterOf(file.parser, statement) }).read,
    columnText: (command, column) => columnTextOf(file.parser, statement, command, column, file.parsed.sql),
  };
}
