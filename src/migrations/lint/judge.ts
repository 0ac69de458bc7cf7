import type { Finding, FindingPlace, FindingSeverity } from "../finding.ts";
import type { MigrationText } from "../migration.ts";
import { ownRules, rules as everyRule } from "../rules/all.ts";
import type { Context, Found, PostgresVersion, Rule } from "../rules/rule.ts";
import type { ParsedSql, Statement } from "../sql/parse.ts";
import type { Parser } from "../sql/parser.ts";
import { type Choice, isAsked } from "./choice.ts";
import { type Ignore, ignoresIn, unknownMarksIn } from "./directives.ts";
import { lastFrom } from "./nearest-before.ts";

type Read = {
  readonly parser: Parser;
  readonly text: MigrationText;
  /** It undoes a migration. */
  readonly isDown: boolean;
  readonly parsed: ParsedSql;
  readonly placeOf: (offset: number) => FindingPlace;
};

const known = new Map<string, Omit<Rule, "check">>([...everyRule, ...ownRules].map((rule) => [rule.id, rule]));
type Place = { readonly from: number; readonly to: number };

/** What the rules of these families find is what going down is for. */
const meantInDown = new Set(["drops", "renames"]);

/** Asks the rules about each statement, and keeps what they find and what is ignored. */
export function createJudge({ parser, text, isDown, parsed, placeOf }: Read, version: PostgresVersion, choice: Choice) {
  const found: Finding[] = [];
  const rules = everyRule.filter(
    (rule) =>
      (rule.from ?? 0) <= version && isAsked(rule, choice) && !(isDown && (rule.isMeantInDown ?? meantInDown.has(rule.family))),
  );
  const ignores = ignoresIn(parser, parsed.sql, parsed.statements);
  const ignored = byStatement(ignores);
  for (const ignore of ignores) refuseBad(ignore);
  for (const { says, from, to } of unknownMarksIn(parser, parsed.sql)) add("bad-ignore", { says }, { from, to });

  function add(id: string, one: Found, about: Place): void {
    const rule = known.get(id);
    if (rule === undefined || !isAsked(rule, choice)) return;
    const [from, to] = [one.from ?? about.from, one.to ?? about.to];
    const statement = ignored.size === 0 ? undefined : lastFrom(parsed.statements, from, (each) => each.from);
    const ignore = statement !== undefined && from < statement.to ? ignored.get(statement)?.get(id) : undefined;
    if (ignore) return void ignore.used.add(id);
    const said = choice.get(id);
    found.push({
      rule: id,
      severity: said === undefined || said === "on" || said === "off" ? (one.severity ?? rule.severity) : said,
      file: text.file,
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
      if (!known.has(name)) add("bad-ignore", { says: `there is no rule ${JSON.stringify(name)}` }, ignore);
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
        for (const name of ignore.rules) {
          const rule = known.get(name);
          if (rule !== undefined && isAsked(rule, choice) && ignore.reason !== undefined && !ignore.used.has(name))
            add("unused-ignore", { says: `${name} finds nothing in the statement behind it` }, ignore);
        }
      return found.toSorted((a, b) => a.from.offset - b.from.offset);
    },
  };
}

/** What hides which rule in which statement: the first one that does so counts. */
function byStatement(ignores: readonly Ignore[]): ReadonlyMap<Statement, ReadonlyMap<string, Ignore>> {
  const all = new Map<Statement, Map<string, Ignore>>();
  for (const ignore of ignores) {
    if (ignore.reason === undefined || ignore.statement === undefined) continue;
    const own = all.get(ignore.statement) ?? new Map<string, Ignore>();
    for (const rule of ignore.rules) if (!own.has(rule)) own.set(rule, ignore);
    all.set(ignore.statement, own);
  }
  return all;
}

function whenCalled(one: Found, rule: Rule): Found {
  const given: FindingSeverity = one.severity ?? rule.severity;
  return { ...one, severity: given === "error" ? "warning" : given, says: `when the function is called, ${one.says}` };
}
