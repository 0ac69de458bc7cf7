import { indexOf } from "../catalogue/catalogue.ts";
import type { Lock } from "../finding.ts";
import { madeName, quoted, quotedName } from "../sql/quote.ts";
import { as, wordsOf } from "../sql/tree.ts";
import { notNullSteps } from "./backfill.ts";
import { type AddedConstraint, addedConstraints, columnAlone } from "./constraints.ts";
import type { Context, Rule } from "./rule.ts";
import { lock, safe, step } from "./safe.ts";
import { partitionsIn } from "../catalogue/partitions.ts";

const onPartitioned =
  "A partitioned table takes no constraint from an index that is there: build the unique index CONCURRENTLY on each partition first, and then add the constraint, which takes those over instead of building them.";

/** CREATE UNIQUE INDEX CONCURRENTLY as the constraint would have its own, and the constraint that takes it over; undefined where no index can be taken. */
function keySteps({ relation, constraint, table }: AddedConstraint, columns: readonly string[], kind: "UNIQUE" | "PRIMARY KEY") {
  const name = quoted(
    constraint.conname ?? (kind === "UNIQUE" ? madeName(table.name, ...columns, "key") : madeName(table.name, "pkey")),
  );
  const options = (constraint.options ?? []).flatMap((one) => {
    const option = as(one, "DefElem");
    const value = as(option?.arg, "Integer")?.ival ?? as(option?.arg, "String")?.sval ?? as(option?.arg, "Float")?.fval;
    return option?.defname === undefined || value === undefined ? [] : [`${option.defname} = ${value}`];
  });
  if (constraint.without_overlaps === true || options.length !== (constraint.options ?? []).length) return undefined;
  const listed = columns.map(quoted).join(", ");
  const including = wordsOf(constraint.including).map(quoted);
  const index = [
    `CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ${name} ON ${relation} (${listed})`,
    ...(including.length === 0 ? [] : [`INCLUDE (${including.join(", ")})`]),
    ...(constraint.nulls_not_distinct === true ? ["NULLS NOT DISTINCT"] : []),
    ...(options.length === 0 ? [] : [`WITH (${options.join(", ")})`]),
    ...(constraint.indexspace === undefined ? [] : [`TABLESPACE ${quoted(constraint.indexspace)}`]),
  ].join(" ");
  const late =
    constraint.deferrable === true ? ` DEFERRABLE${constraint.initdeferred === true ? " INITIALLY DEFERRED" : ""}` : "";
  return [
    step(
      "First see that it cannot fail: this has to find nothing",
      `-- SELECT ${listed}, count(*) FROM ${relation} GROUP BY ${listed} HAVING count(*) > 1;`,
      { inTransaction: false },
    ),
    step("Its index, built while writes go on, in a migration without a transaction", index, { inTransaction: false }),
    step("The index becomes the key", `ALTER TABLE ${relation} ADD CONSTRAINT ${name} ${kind} USING INDEX ${name}${late}`),
  ];
}

function keyColumns({ constraint, column }: AddedConstraint): readonly string[] {
  return column === undefined ? wordsOf(constraint.keys) : [column];
}

/** Those of a key on the table and on each partition that is known: up to 17 these go on being read. */
function buildLocks({ relation, table }: AddedConstraint, { catalogue, version }: Context): readonly Lock[] {
  const parts = partitionsIn(catalogue).below(table);
  const mode = version < 18 ? "SHARE" : "ACCESS EXCLUSIVE";
  return [lock(relation, "ACCESS EXCLUSIVE", "build"), ...parts.map(({ name }) => lock(quotedName(name), mode, "build"))];
}

const uniqueNotConcurrently: Rule = {
  id: "unique-not-concurrently",
  family: "keys",
  severity: "error",
  title: "A UNIQUE constraint that builds its index at once",
  why: "The index is built under the strongest lock: nobody reads or writes the table until it is done, and two rows that are the same make it fail at the end. A unique index can be built while writes go on, and then become the constraint.",
  check: (statement, context) =>
    addedConstraints(statement, context, "CONSTR_UNIQUE")
      .filter(({ constraint }) => constraint.indexname === undefined)
      .map((added) => {
        const columns = keyColumns(added);
        const steps = keySteps(added, columns, "UNIQUE");
        const isPartitioned = context.table(added.table)?.partitioned === true;
        return {
          from: added.from,
          to: added.to,
          says: `nobody reads or writes ${added.relation} while the index on ${columns.map(quoted).join(", ")} is built`,
          locks: buildLocks(added, context),
          ...(isPartitioned
            ? { why: onPartitioned }
            : steps === undefined
              ? { why: noWay }
              : { safe: safe(...(added.column === undefined ? [] : [columnAlone(statement, context, added)]), ...steps) }),
        };
      }),
};

const noWay =
  "The index is built under the strongest lock, and Postgres can take none over that is there: there is no way to add it while the table is in use. Make a new table with it, keep the two alike by a trigger, fill it in batches and change their names; or choose a time in which nobody needs the table.";

const primaryKeyNotConcurrently: Rule = {
  id: "primary-key-not-concurrently",
  family: "keys",
  severity: "error",
  title: "A PRIMARY KEY that builds its index, or reads every row, at once",
  why: "Its index is built, and each of its columns is read for a null, under the strongest lock: nobody reads or writes the table until it is done. NOT NULL can be proved, and a unique index built, while reads and writes go on; the key then takes both over in a moment.",
  check: (statement, context) =>
    addedConstraints(statement, context, "CONSTR_PRIMARY")
      // With a new column it is one that may not be null, of which another rule speaks.
      .filter(({ column }) => column === undefined)
      .flatMap((added) => {
        const { constraint, relation, table } = added;
        const index =
          constraint.indexname === undefined ? undefined : indexOf(context.catalogue, { ...table, name: constraint.indexname });
        const columns = index?.columns ?? keyColumns(added);
        const nullable = nullableOf(added, columns, context);
        const place = { from: added.from, to: added.to };
        const required = nullable.flatMap((column) => notNullSteps(table, column, context.version));
        if (constraint.indexname !== undefined)
          return nullable.length === 0
            ? []
            : [
                {
                  ...place,
                  says: `every row of ${relation} is read for a null in ${nullable.map(quoted).join(", ")}, and nobody reads or writes it meanwhile`,
                  locks: [lock(relation, "ACCESS EXCLUSIVE", "scan")],
                  safe: safe(...required, step("Then it takes a moment", statement.text)),
                },
              ];
        const steps = keySteps(added, columns, "PRIMARY KEY");
        const isPartitioned = context.table(table)?.partitioned === true;
        return [
          {
            ...place,
            says: `nobody reads or writes ${relation} while the index of its key is built${nullable.length === 0 ? "" : " and every row is read for a null"}`,
            locks: buildLocks(added, context),
            ...(isPartitioned
              ? { why: onPartitioned }
              : steps === undefined
                ? { why: noWay }
                : { safe: safe(...required, ...steps) }),
          },
        ];
      }),
};

/** Those which are not known to be kept from being null; of an index of which nothing is known, none. */
function nullableOf({ table }: AddedConstraint, columns: readonly string[], { table: known }: Context): readonly string[] {
  return columns.filter((column) => known(table)?.columns.get(column)?.notNull !== true);
}

const exclusion: Rule = {
  id: "exclusion-constraint",
  family: "keys",
  severity: "error",
  title: "An EXCLUDE constraint on a table that is in use",
  why: noWay,
  check: (statement, context) =>
    addedConstraints(statement, context, "CONSTR_EXCLUSION").map((added) => ({
      from: added.from,
      to: added.to,
      says: `nobody reads or writes ${added.relation} while the index of the exclusion is built and every two rows are held against each other`,
      locks: [lock(added.relation, "ACCESS EXCLUSIVE", "build")],
    })),
};

export const keyRules: readonly Rule[] = [uniqueNotConcurrently, primaryKeyNotConcurrently, exclusion];
