import type { ColumnDef } from "libpg-query";
import { provesNotNull } from "../catalogue/catalogue.ts";
import { literal, madeName, quoted, quotedName } from "../sql/quote.ts";
import type { AlterCommand } from "../sql/pieces.ts";
import { as, type Name, nameOf, wordsOf } from "../sql/tree.ts";
import type { Statement } from "../sql/parse.ts";
import { columnTypeOf, serials } from "../sql/types.ts";
import { backfill, notNullSteps } from "./backfill.ts";
import type { Context, Found, Rule } from "./rule.ts";
import { lock, safe, step } from "./safe.ts";
import { volatileCalls } from "./volatility.ts";

type Added = {
  readonly table: Name;
  readonly relation: string;
  readonly command: AlterCommand;
  readonly column: ColumnDef;
  readonly name: string;
};

/** The columns that a statement adds to a table which is in use. */
export function addedColumns({ node }: Statement, { isNew, alter }: Context): readonly Added[] {
  const table = nameOf(as(node, "AlterTableStmt")?.relation);
  if (as(node, "AlterTableStmt") === undefined || isNew(table)) return [];
  return (alter()?.commands ?? []).flatMap((command) => {
    const column = command.command.subtype === "AT_AddColumn" ? as(command.command.def, "ColumnDef") : undefined;
    return column?.colname === undefined ? [] : [{ table, relation: quotedName(table), command, column, name: column.colname }];
  });
}

export function constraintsOf(column: ColumnDef) {
  return (column.constraints ?? []).flatMap((node) => as(node, "Constraint") ?? []);
}

function eachAdded(found: (added: Added, context: Context) => Omit<Found, "from" | "to"> | undefined): Rule["check"] {
  return (statement, context) =>
    addedColumns(statement, context).flatMap((added) => {
      const one = found(added, context);
      return one === undefined ? [] : [{ ...one, from: added.command.from, to: added.command.to }];
    });
}

function isNotNull(column: ColumnDef): boolean {
  return constraintsOf(column).some(({ contype }) => contype === "CONSTR_NOTNULL" || contype === "CONSTR_PRIMARY");
}

function isNumbered(column: ColumnDef): boolean {
  return serialOf(column) !== undefined || constraintsOf(column).some(({ contype }) => contype === "CONSTR_IDENTITY");
}

function serialOf(column: ColumnDef): string | undefined {
  const names = wordsOf(column.typeName?.names);
  return names.length === 1 && serials[names[0] ?? ""] !== undefined ? columnTypeOf(column.typeName)?.text : undefined;
}

const addColumnVolatileDefault: Rule = {
  id: "add-column-volatile-default",
  family: "columns",
  severity: "error",
  title: "ADD COLUMN with a default that differs from row to row",
  why: "Each row needs its own value, so Postgres writes the whole table anew, with its indexes, and nobody reads or writes it meanwhile. A default that is the same for all rows (a constant, now()) is kept once and rewrites nothing.",
  check: eachAdded(({ table, relation, command, column, name }, { catalogue, columnText, version }) => {
    const { type, constraints } = columnText(command, column);
    const given = constraints.find(({ constraint }) => constraint.contype === "CONSTR_DEFAULT");
    const calls = volatileCalls(given?.constraint.raw_expr, catalogue);
    if (given === undefined || calls.length === 0 || isNumbered(column)) return undefined;
    const expression = given.text.replace(/^(?:CONSTRAINT\s+\S+\s+)?DEFAULT\s+/i, "");
    const rest = constraints
      .filter(({ constraint }) => constraint.contype === "CONSTR_CHECK" || constraint.contype === "CONSTR_FOREIGN")
      .map(({ text }) => text);
    return {
      says: `${calls[0]}() gives each row another value: ${relation} is written anew as a whole, and nobody reads or writes it meanwhile`,
      locks: [lock(relation, "ACCESS EXCLUSIVE", "rewrite")],
      rewrites: [relation],
      ...(rest.length > 0 ||
      constraints.some(({ constraint }) => ["CONSTR_PRIMARY", "CONSTR_UNIQUE"].includes(constraint.contype ?? ""))
        ? {
            why: "Add the column without its default and its constraints, set the default, fill the rows in batches, and add each of the constraints in its own safe way.",
          }
        : {
            safe: safe(
              step("Add it empty, which takes no time", `ALTER TABLE ${relation} ADD COLUMN ${quoted(name)} ${type}`),
              step(
                "Rows from now on get a value",
                `ALTER TABLE ${relation} ALTER COLUMN ${quoted(name)} SET DEFAULT ${expression}`,
              ),
              backfill(table, name, expression),
              ...(isNotNull(column) ? notNullSteps(table, name, version) : []),
            ),
          }),
    };
  }),
};

const addColumnSerial: Rule = {
  id: "add-column-serial",
  family: "columns",
  severity: "error",
  title: "ADD COLUMN that numbers its rows (serial, identity)",
  why: "Every row that is there gets a number at once, so Postgres writes the whole table anew, and nobody reads or writes it meanwhile.",
  check: eachAdded(({ table, relation, command, column, name }, { columnText, version }) => {
    if (!isNumbered(column)) return undefined;
    const type = serialOf(column) ?? columnText(command, column).type;
    // An identity has a sequence of its own in the end, with the options that it is given here.
    const identity = columnText(command, column).constraints.find(
      ({ constraint }) => constraint.contype === "CONSTR_IDENTITY",
    )?.text;
    const options = /\(([\s\S]*)\)\s*$/.exec(identity ?? "")?.[1]?.trim();
    const sequence = quotedName({ ...table, name: madeName(table.name, name, identity === undefined ? "seq" : "numbers") });
    const index = madeName(table.name, name, "key");
    const primary = constraintsOf(column).some(({ contype }) => contype === "CONSTR_PRIMARY");
    const unique = primary || constraintsOf(column).some(({ contype }) => contype === "CONSTR_UNIQUE");
    const as = primary ? `PRIMARY KEY` : `UNIQUE`;
    const owned = identity === undefined ? ` OWNED BY ${relation}.${quoted(name)}` : "";
    return {
      says: `every row of ${relation} gets a number at once: the table is written anew as a whole, and nobody reads or writes it meanwhile`,
      locks: [lock(relation, "ACCESS EXCLUSIVE", "rewrite")],
      rewrites: [relation],
      safe: safe(
        step("Add it empty, which takes no time", `ALTER TABLE ${relation} ADD COLUMN ${quoted(name)} ${type}`),
        step(
          "Rows from now on get a number",
          `CREATE SEQUENCE ${sequence} AS ${type}${options === undefined ? "" : ` ${options}`}${owned};\nALTER TABLE ${relation} ALTER COLUMN ${quoted(name)} SET DEFAULT nextval(${literal(sequence)})`,
        ),
        backfill(table, name, `nextval(${literal(sequence)})`),
        ...notNullSteps(table, name, version),
        ...(identity === undefined
          ? []
          : [
              step(
                "It numbers by itself, from where the sequence is",
                [
                  `ALTER TABLE ${relation} ALTER COLUMN ${quoted(name)} DROP DEFAULT, ALTER COLUMN ${quoted(name)} ADD ${identity}`,
                  `SELECT setval(pg_get_serial_sequence(${literal(relation)}, ${literal(name)}), nextval(${literal(sequence)}), false)`,
                  `DROP SEQUENCE ${sequence}`,
                ].join(";\n"),
              ),
            ]),
        ...(unique
          ? [
              step(
                "Its index, built while writes go on",
                `CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ${quoted(index)} ON ${relation} (${quoted(name)})`,
                { inTransaction: false },
              ),
              step(
                "The index becomes the key",
                `ALTER TABLE ${relation} ADD CONSTRAINT ${quoted(index)} ${as} USING INDEX ${quoted(index)}`,
              ),
            ]
          : []),
      ),
    };
  }),
};

const addColumnNotNull: Rule = {
  id: "add-column-not-null",
  family: "columns",
  severity: "error",
  title: "ADD COLUMN NOT NULL without a default",
  why: "It fails as soon as the table has one row, which would have a null there. And the code that runs before the release knows nothing of the column: each INSERT of it would fail.",
  check: eachAdded(({ table, relation, command, column, name }, { columnText, version }) => {
    const constraints = constraintsOf(column);
    const filled = constraints.some(({ contype }) =>
      ["CONSTR_DEFAULT", "CONSTR_GENERATED", "CONSTR_IDENTITY"].includes(contype ?? ""),
    );
    if (!isNotNull(column) || filled || isNumbered(column)) return undefined;
    const { type } = columnText(command, column);
    return {
      says: `fails where ${relation} has rows, and makes every INSERT fail that does not name ${quoted(name)}`,
      locks: [lock(relation, "ACCESS EXCLUSIVE", "scan")],
      safe: safe(
        step("Add it so that it may be null", `ALTER TABLE ${relation} ADD COLUMN ${quoted(name)} ${type}`),
        ...notNullSteps(table, name, version).map((one) => ({
          ...one,
          title: `Once new code writes it and the rows are filled: ${one.title.charAt(0).toLowerCase()}${one.title.slice(1)}`,
          release: "next" as const,
        })),
      ),
    };
  }),
};

const setNotNull: Rule = {
  id: "set-not-null",
  family: "columns",
  severity: "error",
  title: "SET NOT NULL that reads the whole table",
  why: "Postgres looks at every row for a null, under the strongest lock: nobody reads or writes the table meanwhile. A validated CHECK (or, from Postgres 18, a NOT NULL constraint that was NOT VALID) proves it without.",
  check({ node }, { alter, isNew, table, version }) {
    const name = nameOf(as(node, "AlterTableStmt")?.relation);
    if (isNew(name)) return [];
    const relation = quotedName(name);
    return (alter()?.commands ?? []).flatMap(({ command, from, to }) => {
      const column = command.name ?? "";
      if (command.subtype !== "AT_SetNotNull" || table(name)?.columns.get(column)?.notNull === true) return [];
      if (provesNotNull(table(name), column)) return [];
      return [
        {
          from,
          to,
          says: `every row of ${relation} is read for a null in ${quoted(column)}, and nobody reads or writes the table meanwhile`,
          locks: [lock(relation, "ACCESS EXCLUSIVE", "scan")],
          safe: safe(...notNullSteps(name, column, version)),
        },
      ];
    });
  },
};

export const columnRules: readonly Rule[] = [addColumnVolatileDefault, addColumnSerial, addColumnNotNull, setNotNull];
