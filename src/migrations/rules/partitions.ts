import type { PartitionBoundSpec } from "libpg-query";
import { type Table, tableOf } from "../catalogue/catalogue.ts";
import { madeName, quoted, quotedName } from "../sql/quote.ts";
import { as, nameOf } from "../sql/tree.ts";
import type { Rule } from "./rule.ts";
import { lock, safe, step } from "./safe.ts";

const detachNotConcurrently: Rule = {
  id: "detach-not-concurrently",
  family: "partitions",
  severity: "error",
  title: "DETACH PARTITION without CONCURRENTLY",
  why: "It needs the strongest lock on the partitioned table: it waits for every query that runs on any of its partitions, and everything that comes behind it waits too. CONCURRENTLY waits without keeping others; it cannot run in a transaction, nor where there is a default partition.",
  check({ node, text, from }, { alter, isNew }) {
    const parent = nameOf(as(node, "AlterTableStmt")?.relation);
    if (isNew(parent)) return [];
    return (alter()?.commands ?? []).flatMap(({ command, from: start, to }) => {
      const cut = command.subtype === "AT_DetachPartition" ? as(command.def, "PartitionCmd") : undefined;
      if (cut?.name === undefined || cut.concurrent === true) return [];
      const [relation, partition] = [quotedName(parent), quotedName(nameOf(cut.name))];
      return [
        {
          from: start,
          to,
          says: `queries of ${relation} wait until ${partition} is taken out of it`,
          locks: [lock(relation, "ACCESS EXCLUSIVE", "instant"), lock(partition, "ACCESS EXCLUSIVE", "instant")],
          safe: safe(
            step(
              "Take it out while queries go on, in a migration without a transaction",
              `${text.slice(0, to - from).trimEnd()} CONCURRENTLY`,
              { inTransaction: false },
            ),
            step(
              "Only if an earlier attempt was interrupted: finish it",
              `-- ALTER TABLE ${relation} DETACH PARTITION ${partition} FINALIZE;`,
              { inTransaction: false },
            ),
          ),
        },
      ];
    });
  },
};

const attachWithoutCheck: Rule = {
  id: "attach-without-check",
  family: "partitions",
  severity: "error",
  title: "ATTACH PARTITION of a table that no CHECK vouches for",
  why: "Postgres reads every row of the table to see that it belongs there, and nobody reads or writes that table meanwhile. A validated CHECK that says the same spares it that. Where the partitioned table has a default partition, that one is read too, unless a CHECK of its own excludes the new rows.",
  check({ node, from: begin, text }, { alter, isNew, table }) {
    const parent = nameOf(as(node, "AlterTableStmt")?.relation);
    if (as(node, "AlterTableStmt")?.objtype !== "OBJECT_TABLE") return [];
    return (alter()?.commands ?? []).flatMap(({ command, from, to, text: action }) => {
      const add = command.subtype === "AT_AttachPartition" ? as(command.def, "PartitionCmd") : undefined;
      if (add?.name === undefined || isNew(nameOf(add.name)) || add.bound?.is_default === true) return [];
      const child = nameOf(add.name);
      const key = table(parent)?.partitionKey;
      if (vouches(table(child), key)) return [];
      const [relation, partition] = [quotedName(parent), quotedName(child)];
      const expression = boundText(add.bound, key, action);
      const check = quoted(madeName(child.name, "bounds"));
      const why =
        "Every row is read under the strongest lock. Add a CHECK that says what the bounds say (and that the key is not null) as NOT VALID, validate it in another transaction, then attach, and drop the check.";
      return [
        {
          from,
          to,
          says: `every row of ${partition} is read to see that it belongs into ${relation}, and nobody reads or writes it meanwhile`,
          locks: [lock(partition, "ACCESS EXCLUSIVE", "scan"), lock(relation, "SHARE UPDATE EXCLUSIVE", "scan")],
          ...(expression === undefined
            ? { why }
            : {
                safe: safe(
                  step(
                    "From now on its rows have to lie within the bounds",
                    `ALTER TABLE ${partition} ADD CONSTRAINT ${check} CHECK (${expression}) NOT VALID`,
                  ),
                  step(
                    "In another transaction: look at the rows that are there, while reads and writes go on",
                    `ALTER TABLE ${partition} VALIDATE CONSTRAINT ${check}`,
                  ),
                  step("The check proves it, so that this reads no row", text.slice(0, to - begin)),
                  step("The bounds say the same from now on", `ALTER TABLE ${partition} DROP CONSTRAINT ${check}`),
                ),
              }),
        },
      ];
    });
  },
};

/** A validated check that speaks of the key: that it says the same is for Postgres to find out. */
function vouches(child: Table | undefined, key: readonly string[] | undefined): boolean {
  return [...(child?.constraints.values() ?? [])].some(
    ({ kind, validated, mentions = [] }) =>
      kind === "check" && validated && mentions.length > 0 && (key === undefined || key.every((one) => mentions.includes(one))),
  );
}

/** What a partition's bounds say of its rows, for a key of one plain column. */
function boundText(
  bound: PartitionBoundSpec | undefined,
  key: readonly string[] | undefined,
  action: string,
): string | undefined {
  const [only, ...more] = key ?? [];
  if (only === undefined || more.length > 0 || bound === undefined) return undefined;
  const column = quoted(only);
  if (bound.strategy === "l") {
    const values = /\bin\s*\(([\s\S]*)\)\s*$/i.exec(action)?.[1]?.trim();
    const hasNull = (bound.listdatums ?? []).some((one) => as(one, "A_Const")?.isnull === true);
    return values === undefined || hasNull ? undefined : `${column} IS NOT NULL AND ${column} IN (${values})`;
  }
  const [, low, high] = /\bfrom\s*\(([\s\S]*?)\)\s*to\s*\(([\s\S]*)\)\s*$/i.exec(action) ?? [];
  if (bound.strategy !== "r" || low === undefined || high === undefined) return undefined;
  return [
    `${column} IS NOT NULL`,
    ...(/^\s*minvalue\s*$/i.test(low) ? [] : [`${column} >= ${low.trim()}`]),
    ...(/^\s*maxvalue\s*$/i.test(high) ? [] : [`${column} < ${high.trim()}`]),
  ].join(" AND ");
}

const partitionOf: Rule = {
  id: "create-partition-of",
  family: "partitions",
  severity: "warning",
  title: "CREATE TABLE … PARTITION OF a table that is in use",
  why: "It needs the strongest lock on the partitioned table, if only for a moment: it waits for every query that runs on any of its partitions, and everything that comes behind it waits too. A table that is made by itself and then attached needs a lock that stops no query.",
  check(statement, { catalogue, isNew }) {
    const create = as(statement.node, "CreateStmt");
    const parent = nameOf(as(create?.inhRelations?.[0], "RangeVar"));
    if (create?.partbound === undefined || isNew(parent)) return [];
    const [relation, name] = [quotedName(parent), nameOf(create.relation)];
    const { text, from, at } = statement;
    const rest =
      create.partbound.is_default === true ? "DEFAULT" : `FOR VALUES ${text.slice(at(create.partbound.location) - from)}`;
    // What it says of columns or of partitions of its own would have to go into the table that is made by itself.
    const isPlain = create.tableElts === undefined && create.partspec === undefined && create.tablespacename === undefined;
    const isReady =
      isPlain && (create.options ?? []).length === 0 && create.if_not_exists !== true && tableOf(catalogue, name) === undefined;
    return [
      {
        says: `queries of ${relation} wait until ${quotedName(name)} is a part of it`,
        locks: [lock(relation, "ACCESS EXCLUSIVE", "instant")],
        ...(isReady
          ? {
              safe: safe(
                step(
                  "A table like it, which nobody knows",
                  `CREATE TABLE ${quotedName(name)} (LIKE ${relation} INCLUDING ALL EXCLUDING IDENTITY)`,
                ),
                step(
                  "It becomes a part while queries go on",
                  `ALTER TABLE ${relation} ATTACH PARTITION ${quotedName(name)} ${rest}`,
                ),
              ),
            }
          : {
              why: `It needs the strongest lock on ${relation} for a moment. Make the table by itself with (LIKE ${relation} INCLUDING ALL EXCLUDING IDENTITY) and what else it says, and then ATTACH it, which stops no query.`,
            }),
      },
    ];
  },
};

export const partitionRules: readonly Rule[] = [detachNotConcurrently, attachWithoutCheck, partitionOf];
