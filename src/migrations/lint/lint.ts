import { applyStatement } from "../catalogue/apply.ts";
import { type Catalogue, createCatalogue, type Origin, tableOf } from "../catalogue/catalogue.ts";
import { locksOf } from "../catalogue/locks.ts";
import { createSurroundings } from "../catalogue/transaction.ts";
import type { Finding } from "../finding.ts";
import type { Migration } from "../migration.ts";
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
  /** Files that go out together; without it each one is a release of its own. */
  readonly together?: boolean;
  /** The whole file of a text that begins somewhere within it. */
  readonly fileText?: (file: string) => string | undefined;
  readonly choice?: Choice;
};

export type LintedFile = {
  readonly migration: Migration;
  readonly parsed: ParsedSql;
  /** The file in which places count, and where the text begins in it. */
  readonly whole: string;
  readonly startsAt: number;
  readonly findings: readonly Finding[];
};

/** Reads migrations in their order, remembers what each one makes, and says what is dangerous in those that are not shipped. */
export async function lintMigrations(migrations: readonly Migration[], options: LintOptions): Promise<readonly LintedFile[]> {
  const parser = await loadParser();
  const catalogue = createCatalogue();
  const surroundings = createSurroundings();
  const choice = options.choice ?? new Map<never, never>();
  const lastShipped = migrations.findLastIndex((one) => options.isShipped?.(one) === true);
  return migrations.flatMap((migration, nth) => {
    const shipped = options.isShipped?.(migration) === true;
    const release = shipped ? -1 : options.together === true ? 0 : nth;
    surroundings.startMigration(migration.up.inTransaction);
    const file = readFile(parser, migration, options);
    const judge = shipped ? undefined : createJudge(file, options.version, choice);
    if (nth < lastShipped)
      judge?.add(
        "out-of-order",
        { says: `${migrations[lastShipped]?.name ?? "a later one"} has been shipped before it` },
        start(file.parsed),
      );
    for (const statement of file.parsed.statements) {
      const origin = () => ({ migration: nth, transaction: surroundings.transaction(), release });
      follow({ statement, origin: origin(), file, catalogue, surroundings, judge, options });
    }
    const { parsed, whole, startsAt } = file;
    return judge === undefined ? [] : [{ migration, parsed, whole, startsAt, findings: judge.findings() }];
  });
}

type File = ReturnType<typeof readFile>;
type Judge = ReturnType<typeof createJudge>;

function readFile(parser: Parser, migration: Migration, { fileText }: LintOptions) {
  const { file, sql } = migration.up;
  const given = migration.up.startsAt === 0 ? undefined : fileText?.(file);
  // A file that is another one by now has other places.
  const startsAt = given?.startsWith(sql, migration.up.startsAt) === true ? migration.up.startsAt : 0;
  const whole = startsAt === 0 ? sql : (given ?? sql);
  const offsets = offsetsOf(whole);
  const placeOf = (offset: number) => offsets.placeOf(offset + startsAt);
  const parsed = parseSql(parser, sql, (offset) => {
    const { line, column } = placeOf(offset);
    return { file, line, column };
  });
  return { parser, migration, parsed, placeOf, whole, startsAt };
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
  const isWaitedFor = ({ name }: { readonly name: Name }) => tableOf(catalogue, name)?.origin?.release !== origin.release;
  surroundings.after(statement, locksOf(statement).filter(isWaitedFor));
  applyStatement(catalogue, statement, origin);
}

function contextOf({ statement, origin, file, catalogue, surroundings, options, inside }: Step): Context {
  const table = (name: Name) => tableOf(catalogue, name);
  let alter: { readonly read: ReturnType<typeof alterOf> } | undefined;
  return {
    version: options.version,
    migration: file.migration,
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
