import { applyStatement } from "../catalogue/apply.ts";
import { type Catalogue, createCatalogue, type Origin, tableOf } from "../catalogue/catalogue.ts";
import { locksOf } from "../catalogue/locks.ts";
import { createSurroundings } from "../catalogue/transaction.ts";
import type { Finding } from "../finding.ts";
import type { Migration } from "../migration.ts";
import { ownRules, rules as everyRule } from "../rules/all.ts";
import type { Context, Found, PostgresVersion, Rule } from "../rules/rule.ts";
import { type Body, bodyOf } from "../sql/bodies.ts";
import { offsetsOf } from "../sql/offsets.ts";
import { parseSql, type ParsedSql, type Statement } from "../sql/parse.ts";
import { loadParser, type Parser } from "../sql/parser.ts";
import { alterOf, columnTextOf } from "../sql/pieces.ts";
import type { Name } from "../sql/tree.ts";
import { type Ignore, ignoresIn } from "./directives.ts";

export type LintOptions = {
  readonly version: PostgresVersion;
  /** Those that have been shipped are read, so that it is known what they made, and not judged. */
  readonly isShipped?: (migration: Migration) => boolean;
  /** Files that go out together; without it each one is a release of its own. */
  readonly together?: boolean;
  /** The whole file of a text that begins somewhere within it. */
  readonly fileText?: (file: string) => string | undefined;
  readonly rules?: readonly Rule[];
};

export type LintedFile = { readonly migration: Migration; readonly parsed: ParsedSql; readonly findings: readonly Finding[] };

/** Reads migrations in their order, remembers what each one makes, and says what is dangerous in those that are not shipped. */
export async function lintMigrations(migrations: readonly Migration[], options: LintOptions): Promise<readonly LintedFile[]> {
  const parser = await loadParser();
  const catalogue = createCatalogue();
  const surroundings = createSurroundings();
  return migrations.flatMap((migration, nth) => {
    const shipped = options.isShipped?.(migration) === true;
    const release = shipped ? -1 : options.together === true ? 0 : nth;
    surroundings.startMigration(migration.up.inTransaction);
    const file = readFile(parser, migration, options);
    const judge = shipped ? undefined : createJudge(file, options);
    for (const statement of file.parsed.statements) {
      const origin = () => ({ migration: nth, transaction: surroundings.transaction(), release });
      follow({ statement, origin: origin(), file, catalogue, surroundings, judge, options });
    }
    return judge === undefined ? [] : [{ migration, parsed: file.parsed, findings: judge.findings() }];
  });
}

type File = ReturnType<typeof readFile>;
type Judge = ReturnType<typeof createJudge>;

function readFile(parser: Parser, migration: Migration, { fileText }: LintOptions) {
  const { file, sql, startsAt } = migration.up;
  const whole = startsAt === 0 ? sql : (fileText?.(file) ?? sql);
  const offsets = offsetsOf(whole);
  const placeOf = (offset: number) => offsets.placeOf(offset + (whole === sql ? 0 : startsAt));
  const parsed = parseSql(parser, sql, (offset) => {
    const { line, column } = placeOf(offset);
    return { file, line, column };
  });
  return { parser, migration, parsed, placeOf };
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
  applyStatement(catalogue, statement, origin);
  surroundings.after(statement, locksOf(statement));
}

function contextOf({ statement, origin, file, catalogue, surroundings, options, inside }: Step): Context {
  const table = (name: Name) => tableOf(catalogue, name);
  let alter: { readonly read: ReturnType<typeof alterOf> } | undefined;
  return {
    version: options.version,
    migration: file.migration,
    sql: file.parsed.sql,
    parser: file.parser,
    catalogue,
    surroundings: surroundings.now(),
    origin,
    ...(inside === undefined ? {} : { inside }),
    table,
    isNew: (name) => table(name)?.origin?.release === origin.release,
    alter: () => (alter ??= { read: alterOf(file.parser, statement) }).read,
    columnText: (command, column) => columnTextOf(file.parser, statement, command, column, file.parsed.sql),
  };
}

function createJudge({ parser, migration, parsed, placeOf }: File, options: LintOptions) {
  const found: Finding[] = [];
  const rules = (options.rules ?? everyRule).filter((rule) => (rule.from ?? 0) <= options.version);
  const ignores = ignoresIn(parser, parsed.sql, parsed.statements);
  const byId = new Map<string, Omit<Rule, "check">>([...everyRule, ...ownRules, ...rules].map((rule) => [rule.id, rule]));
  for (const ignore of ignores) refuseBad(ignore);

  function add(id: string, one: Found, about: { readonly from: number; readonly to: number }): void {
    const rule = byId.get(id);
    if (rule === undefined) return;
    const [from, to] = [one.from ?? about.from, one.to ?? about.to];
    const ignore = ignores.find(
      ({ rules: named, reason, statement }) =>
        reason !== undefined && named.includes(id) && statement !== undefined && statement.from <= from && from < statement.to,
    );
    if (ignore) return void ignore.used.add(id);
    found.push({
      rule: id,
      severity: one.severity ?? rule.severity,
      file: migration.up.file,
      from: placeOf(from),
      to: placeOf(to),
      says: one.says,
      locks: one.locks ?? [],
      rewrites: one.rewrites ?? [],
      why: one.why ?? rule.why,
      ...(one.safe === undefined ? {} : { safe: one.safe }),
    });
  }

  function refuseBad(ignore: Ignore): void {
    for (const name of ignore.rules)
      if (!byId.has(name)) add("bad-ignore", { says: `there is no rule ${JSON.stringify(name)}` }, ignore);
    if (ignore.rules.length === 0) add("bad-ignore", { says: "it does not say which rule" }, ignore);
    if (ignore.reason === undefined) add("bad-ignore", { says: "it does not say why: … because <reason>" }, ignore);
  }

  return {
    add,
    judge(statement: Statement, context: Context): void {
      for (const rule of rules)
        for (const one of rule.check(statement, context))
          add(rule.id, context.inside === "function" ? whenCalled(one, rule) : one, statement);
    },
    findings(): readonly Finding[] {
      for (const ignore of ignores)
        for (const name of ignore.rules)
          if (byId.has(name) && ignore.reason !== undefined && !ignore.used.has(name))
            add("unused-ignore", { says: `${name} finds nothing in the statement behind it` }, ignore);
      return found.toSorted((a, b) => a.from.offset - b.from.offset);
    },
  };
}

function whenCalled(one: Found, rule: Rule): Found {
  const severity = (one.severity ?? rule.severity) === "error" ? "warning" : (one.severity ?? rule.severity);
  return { ...one, severity, says: `when the function is called, ${one.says}` };
}
