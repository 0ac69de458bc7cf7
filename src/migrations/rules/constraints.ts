import type { Constraint } from "libpg-query";
import { madeName, quoted, quotedName } from "../sql/quote.ts";
import { as, type Name, nameOf, wordsOf } from "../sql/tree.ts";
import type { SafeStep } from "../finding.ts";
import type { Statement } from "../sql/parse.ts";
import { addedColumns } from "./columns.ts";
import type { Context, Rule } from "./rule.ts";
import { lock, safe, step } from "./safe.ts";

export type AddedConstraint = {
  readonly table: Name;
  readonly relation: string;
  readonly constraint: Constraint;
  /** As it is written, without its name. */
  readonly text: string;
  readonly name: string;
  readonly column?: string;
  /** The column begins with a value in each row, which is looked at too. */
  readonly hasValues?: boolean;
  readonly from: number;
  readonly to: number;
};

/** The constraints of a kind which a statement adds, checked at once, to a table that is in use: as such, or with a column. */
export function addedConstraints(
  statement: Statement,
  context: Context,
  contype: Constraint["contype"],
): readonly AddedConstraint[] {
  const table = nameOf(as(statement.node, "AlterTableStmt")?.relation);
  if (as(statement.node, "AlterTableStmt") === undefined || context.isNew(table)) return [];
  const relation = quotedName(table);
  const own = (context.alter()?.commands ?? []).flatMap(({ command, from, to, text }) => {
    const constraint = command.subtype === "AT_AddConstraint" ? as(command.def, "Constraint") : undefined;
    if (constraint?.contype !== contype || constraint?.skip_validation === true || constraint === undefined) return [];
    const name =
      constraint.conname ??
      madeName(table.name, ...wordsOf(constraint.fk_attrs), contype === "CONSTR_FOREIGN" ? "fkey" : "check");
    return [{ table, relation, constraint, text: withoutName(text.replace(/^ADD\s+/i, "")), name, from, to }];
  });
  const inline = addedColumns(statement, context).flatMap(({ command, column, name: columnName }) =>
    context
      .columnText(command, column)
      .constraints.filter(({ constraint }) => constraint.contype === contype)
      .map(({ constraint, text, from, to }) => ({
        table,
        relation,
        constraint,
        text: withoutName(text),
        name: constraint.conname ?? madeName(table.name, columnName, contype === "CONSTR_FOREIGN" ? "fkey" : "check"),
        column: columnName,
        hasValues: (column.constraints ?? []).some((one) => as(one, "Constraint")?.contype === "CONSTR_DEFAULT"),
        from,
        to,
      })),
  );
  return [...own, ...inline];
}

function withoutName(text: string): string {
  return text.replace(/^CONSTRAINT\s+(?:"(?:[^"]|"")*"|\S+)\s+/i, "");
}

function inTwoSteps({ relation, name }: AddedConstraint, definition: string) {
  return [
    step(
      "From now on every row that is written has to hold it; those that are there are not looked at",
      `ALTER TABLE ${relation} ADD CONSTRAINT ${quoted(name)} ${definition} NOT VALID`,
    ),
    step(
      "In another transaction: look at those that are there, while reads and writes go on",
      `ALTER TABLE ${relation} VALIDATE CONSTRAINT ${quoted(name)}`,
    ),
  ];
}

const foreignKeyValidated: Rule = {
  id: "foreign-key-validated",
  family: "constraints",
  severity: "error",
  title: "A foreign key that looks at every row at once",
  why: "While each row is looked up in the other table, neither of the two takes a write. With NOT VALID only new rows are looked at, and VALIDATE CONSTRAINT, in another transaction, looks at the others while writes go on.",
  check: (statement, context) =>
    addedConstraints(statement, context, "CONSTR_FOREIGN").map((added) => {
      const other = quotedName(nameOf(added.constraint.pktable));
      const lasts = added.column === undefined || added.hasValues === true ? "scan" : "instant";
      const definition = added.column === undefined ? added.text : `FOREIGN KEY (${quoted(added.column)}) ${added.text}`;
      return {
        from: added.from,
        to: added.to,
        says:
          added.column === undefined
            ? `every row of ${added.relation} is looked up in ${other}, and neither of the two takes a write meanwhile`
            : `with the key neither ${added.relation} nor ${other} takes a write until the transaction ends`,
        locks: [
          lock(added.relation, added.column === undefined ? "SHARE ROW EXCLUSIVE" : "ACCESS EXCLUSIVE", lasts),
          lock(other, "SHARE ROW EXCLUSIVE", lasts),
        ],
        ...(added.column === undefined
          ? { safe: safe(...inTwoSteps(added, definition)) }
          : { severity: "warning" as const, safe: columnThen(statement, context, added, definition) }),
      };
    }),
};

const checkValidated: Rule = {
  id: "check-validated",
  family: "constraints",
  severity: "error",
  title: "A CHECK that looks at every row at once",
  why: "Every row is read under the strongest lock: nobody reads or writes the table meanwhile. With NOT VALID only new rows are looked at, and VALIDATE CONSTRAINT, in another transaction, looks at the others while reads and writes go on.",
  check: (statement, context) =>
    addedConstraints(statement, context, "CONSTR_CHECK").map((added) => ({
      from: added.from,
      to: added.to,
      says: `every row of ${added.relation} is read for the check, and nobody reads or writes the table meanwhile`,
      locks: [lock(added.relation, "ACCESS EXCLUSIVE", "scan")],
      safe:
        added.column === undefined ? safe(...inTwoSteps(added, added.text)) : columnThen(statement, context, added, added.text),
    })),
};

/** The column without the constraint first, and then the constraint in its two steps. */
function columnThen(statement: Statement, context: Context, added: AddedConstraint, definition: string) {
  return safe(columnAlone(statement, context, added), ...inTwoSteps(added, definition));
}

/** Adds the column without the constraint that came with it. */
export function columnAlone({ text, from }: Statement, { alter }: Context, added: AddedConstraint): SafeStep {
  const command = alter()?.commands.find((one) => one.from <= added.from && added.to <= one.to);
  const before = text.slice((command?.from ?? from) - from, added.from - from).trimEnd();
  const behind = text.slice(added.to - from, (command?.to ?? added.to) - from).trim();
  const column = `${before}${before.includes("--") ? "\n" : " "}${behind}`.trim();
  return step("The column alone, which takes no time", `ALTER TABLE ${added.relation} ${column}`);
}

const validateInSameTransaction: Rule = {
  id: "validate-in-same-transaction",
  family: "constraints",
  severity: "error",
  title: "VALIDATE CONSTRAINT in the transaction that added it",
  why: "The lock of ADD CONSTRAINT is held until its transaction ends, so that every row is read under it after all: NOT VALID has won nothing.",
  check({ node, text }, { alter, isNew, table, surroundings, origin }) {
    const name = nameOf(as(node, "AlterTableStmt")?.relation);
    if (surroundings.transaction === undefined || isNew(name)) return [];
    return (alter()?.commands ?? []).flatMap(({ command, from, to }) => {
      const constraint =
        command.subtype === "AT_ValidateConstraint" ? table(name)?.constraints.get(command.name ?? "") : undefined;
      if (constraint === undefined || constraint.validated || constraint.origin.transaction !== origin.transaction) return [];
      const key = constraint.references;
      const mode = key === undefined ? "ACCESS EXCLUSIVE" : "SHARE ROW EXCLUSIVE";
      return [
        {
          from,
          to,
          says: `every row of ${quotedName(name)} is read under the lock with which ${quoted(constraint.name)} was added`,
          locks: [lock(quotedName(name), mode, "scan"), ...(key === undefined ? [] : [lock(quotedName(key), mode, "scan")])],
          safe: safe(step("In a migration of its own, behind the one that adds it", text)),
        },
      ];
    });
  },
};

export const constraintRules: readonly Rule[] = [foreignKeyValidated, checkValidated, validateInSameTransaction];
