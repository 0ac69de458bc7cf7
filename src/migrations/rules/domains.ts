import { columnsOfType, isConstrained, typeOf } from "../catalogue/catalogue.ts";
import { checkText } from "../catalogue/custom-types.ts";
import type { SafeStep } from "../finding.ts";
import { madeName, quoted, quotedName } from "../sql/quote.ts";
import { tokensOf } from "../sql/parse.ts";
import type { Parser } from "../sql/parser.ts";
import { as, nameOfWords, wordsOf } from "../sql/tree.ts";
import { notNullSteps } from "./backfill.ts";
import { addedColumns, constraintsOf } from "./columns.ts";
import type { Rule } from "./rule.ts";
import { lock, safe, step } from "./safe.ts";

/** A check of a domain, said of a column. */
function ofColumn(parser: Parser, check: string, column: string): string {
  const values = tokensOf(parser, check).filter(({ text }) => text.toLowerCase() === "value");
  return values.toReversed().reduce((text, { from, to }) => text.slice(0, from) + quoted(column) + text.slice(to), check);
}

function checkSteps(relation: string, name: string, condition: string): readonly SafeStep[] {
  return [
    step(
      "From now on every row that is written has to hold it; those that are there are not looked at",
      `ALTER TABLE ${relation} ADD CONSTRAINT ${quoted(name)} CHECK (${condition}) NOT VALID`,
    ),
    step(
      "In another transaction: look at those that are there, while reads and writes go on",
      `ALTER TABLE ${relation} VALIDATE CONSTRAINT ${quoted(name)}`,
    ),
  ];
}

const domainConstraint: Rule = {
  id: "domain-constraint",
  family: "domains",
  severity: "error",
  title: "ALTER DOMAIN that looks at every row of every table which uses it",
  why: "Postgres reads every table with a column of the domain, one after the other, and none of them takes a write until the last is read: VALIDATE of a domain does the same. Said of the tables instead, each is looked at while writes go on; the domain itself says it of new values only (NOT VALID).",
  check(statement, { catalogue, parser, origin, version }) {
    const alter = as(statement.node, "AlterDomainStmt");
    const constraint = as(alter?.def, "Constraint");
    const isCheck = alter?.subtype === "C" && constraint?.contype === "CONSTR_CHECK" && constraint.skip_validation !== true;
    const isNotNull = alter?.subtype === "O" || (alter?.subtype === "C" && constraint?.contype === "CONSTR_NOTNULL");
    if (alter === undefined || !(isCheck || isNotNull || alter.subtype === "V")) return [];
    const name = nameOfWords(wordsOf(alter.typeName));
    const known = typeOf(catalogue, name);
    const users = columnsOfType(catalogue, name).filter(({ table }) => table.origin?.release !== origin.release);
    // Where migrations have made it, they have made those who use it.
    if (known?.origin !== undefined && users.length === 0) return [];
    const relations = [...new Set(users.map(({ table }) => quotedName(table.name)))];
    const check = isCheck && constraint !== undefined ? checkText(statement, constraint) : undefined;
    const own = constraint?.conname ?? madeName(name.name, "check");
    const steps = users.flatMap(({ table, column }) =>
      check === undefined
        ? notNullSteps(table.name, column.name, version)
        : checkSteps(
            quotedName(table.name),
            madeName(table.name.name, column.name, "check"),
            ofColumn(parser, check, column.name),
          ),
    );
    const forNew =
      check === undefined
        ? []
        : [
            step(
              "From now on new values have to hold it; this looks at no row",
              `ALTER DOMAIN ${quotedName(name)} ADD CONSTRAINT ${quoted(own)} CHECK (${check}) NOT VALID`,
            ),
          ];
    return [
      {
        says: `every row of ${relations.length === 0 ? `every table with a column of ${quotedName(name)}` : relations.join(", ")} is read, and none of them takes a write meanwhile`,
        locks: relations.map((one) => lock(one, "SHARE", "scan")),
        ...(forNew.length + steps.length === 0 || alter.subtype === "V" ? {} : { safe: safe(...forNew, ...steps) }),
      },
    ];
  },
};

const constrainedDomain: Rule = {
  id: "add-column-constrained-domain",
  family: "domains",
  severity: "error",
  title: "ADD COLUMN of a domain with a constraint",
  why: "Postgres writes the whole table anew, with its indexes, to see that each row holds what the domain asks, even where the new column is null everywhere. A column of the domain's own type takes no time, and a CHECK of the table says the same.",
  check: (statement, context) =>
    addedColumns(statement, context).flatMap(({ table, relation, command, column, name }) => {
      const { catalogue, parser, version } = context;
      const domain = typeOf(catalogue, nameOfWords(wordsOf(column.typeName?.names)));
      if (domain?.kind !== "domain" || !isConstrained(domain) || (column.typeName?.arrayBounds ?? []).length > 0) return [];
      const { base, checks = [], isNotNull } = domain;
      const constraints = context.columnText(command, column).constraints.map(({ text }) => text);
      const isPlain = constraintsOf(column).every(({ contype }) => contype === "CONSTR_DEFAULT");
      const steps = checks.flatMap((check, nth) =>
        checkSteps(relation, madeName(table.name, name, nth === 0 ? "check" : `check${nth}`), ofColumn(parser, check, name)),
      );
      const isKnown = base?.text !== undefined && typeOf(catalogue, base) === undefined && isPlain;
      return [
        {
          from: command.from,
          to: command.to,
          says: `${relation} is written anew as a whole to see that its rows hold what the domain asks, and nobody reads or writes it meanwhile`,
          locks: [lock(relation, "ACCESS EXCLUSIVE", "rewrite")],
          rewrites: [relation],
          ...(isKnown
            ? {
                safe: safe(
                  step(
                    "The column with the domain's own type, which takes no time",
                    `ALTER TABLE ${relation} ADD COLUMN ${[quoted(name), base.text, ...constraints].join(" ")}`,
                  ),
                  ...steps,
                  ...(isNotNull === true && constraints.length > 0 ? notNullSteps(table, name, version) : []),
                ),
              }
            : {}),
        },
      ];
    }),
};

const createConstrainedDomain: Rule = {
  id: "create-domain-constrained",
  family: "domains",
  severity: "advice",
  title: "CREATE DOMAIN with a constraint",
  why: "Each change of what a domain asks reads every table that uses it while none of them takes a write, and a new column of it has its table written anew. The same CHECK of each table can be changed table by table, while writes go on.",
  isMeantInDown: true,
  check({ node }) {
    const domain = as(node, "CreateDomainStmt");
    const asks = (domain?.constraints ?? []).some((one) =>
      ["CONSTR_CHECK", "CONSTR_NOTNULL"].includes(as(one, "Constraint")?.contype ?? ""),
    );
    if (domain === undefined || !asks) return [];
    const name = quotedName(nameOfWords(wordsOf(domain.domainname)));
    return [{ says: `what ${name} asks can be changed later only with a look at every row of every table that uses it` }];
  },
};

export const domainRules: readonly Rule[] = [domainConstraint, constrainedDomain, createConstrainedDomain];
