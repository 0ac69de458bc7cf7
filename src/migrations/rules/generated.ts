import { quoted, quotedName } from "../sql/quote.ts";
import { as, nameOf } from "../sql/tree.ts";
import { addedColumns, constraintsOf } from "./columns.ts";
import type { Rule } from "./rule.ts";
import { lock, safe, step } from "./safe.ts";
import { fillStep, syncStep } from "./sync.ts";
import { isSteady } from "./volatility.ts";

const generatedStored: Rule = {
  id: "add-column-generated-stored",
  family: "columns",
  severity: "error",
  title: "ADD COLUMN … GENERATED … STORED",
  why: "Each row gets its value at once, so that Postgres writes the whole table anew with its indexes, and nobody reads or writes it meanwhile. A plain column that a trigger fills, and batches for the rows that are there, cost no such wait. From Postgres 18 a VIRTUAL one is computed when it is read and takes no time to add; it can have no index, and call none but Postgres' own functions.",
  check: (statement, context) =>
    addedColumns(statement, context).flatMap(({ table, relation, command, column, name }) => {
      const generated = constraintsOf(column).find(({ contype }) => contype === "CONSTR_GENERATED");
      if (generated === undefined || generated.generated_kind === "v") return [];
      const { type, constraints } = context.columnText(command, column);
      const others = constraints.filter(({ constraint }) => constraint.contype !== "CONSTR_GENERATED");
      const text = constraints.find(({ constraint }) => constraint.contype === "CONSTR_GENERATED")?.text ?? "";
      const expression = /\bas\s*\(([\s\S]*)\)\s*stored\s*$/i.exec(text)?.[1]?.trim();
      const canBeVirtual = context.version >= 18 && others.length === 0 && isSteady(generated.raw_expr);
      const followed = { table, column: name, expression: expression ?? "" };
      return [
        {
          from: command.from,
          to: command.to,
          says: `every row of ${relation} gets its value at once: the table is written anew as a whole, and nobody reads or writes it meanwhile`,
          locks: [lock(relation, "ACCESS EXCLUSIVE", "rewrite")],
          rewrites: [relation],
          ...(expression === undefined || others.length > 0
            ? {
                why: "The table is written anew. Add a plain column without its constraints, have a trigger fill it for each row that is written, fill the rows that are there in batches, and add each of the constraints in its own safe way.",
              }
            : canBeVirtual
              ? {
                  safe: safe(
                    step(
                      "Computed when it is read: takes no time to add, and no place",
                      `ALTER TABLE ${relation} ADD COLUMN ${quoted(name)} ${type} GENERATED ALWAYS AS (${expression}) VIRTUAL`,
                    ),
                  ),
                }
              : {
                  safe: safe(
                    step("A plain column, which takes no time", `ALTER TABLE ${relation} ADD COLUMN ${quoted(name)} ${type}`),
                    syncStep(followed),
                    fillStep(followed),
                  ),
                }),
        },
      ];
    }),
};

const dropNotNull: Rule = {
  id: "drop-not-null",
  family: "columns",
  severity: "advice",
  title: "DROP NOT NULL",
  why: "Code that runs now was written when there was always a value, and may fail on the first row without one. Let a release read nulls first; write the first null with the next one. Going back is no easy way: by then there are nulls.",
  isMeantInDown: true,
  check({ node }, { alter, isNew }) {
    const name = nameOf(as(node, "AlterTableStmt")?.relation);
    if (isNew(name)) return [];
    const relation = quotedName(name);
    return (alter()?.commands ?? []).flatMap(({ command, from, to, text }) =>
      command.subtype === "AT_DropNotNull"
        ? [
            {
              from,
              to,
              says: `from now on ${quoted(command.name ?? "")} of ${relation} may be null, which code that runs now does not expect`,
              locks: [lock(relation, "ACCESS EXCLUSIVE", "instant")],
              safe: safe(
                step("This release: its code reads nulls, and writes none", "-- the column stays NOT NULL"),
                step(
                  "The next release, once no revision that cannot read them can come back",
                  `ALTER TABLE ${relation} ${text}`,
                  {
                    release: "next",
                  },
                ),
              ),
            },
          ]
        : [],
    );
  },
};

export const generatedRules: readonly Rule[] = [generatedStored, dropNotNull];
