import type { IndexStmt } from "libpg-query";
import { quoted, quotedName } from "../sql/quote.ts";
import { as, nameOf, nameOfObject } from "../sql/tree.ts";
import type { Statement } from "../sql/parse.ts";
import { withWordsBehind } from "../sql/pieces.ts";
import { indexOf } from "../catalogue/catalogue.ts";
import { partitionsIn } from "../catalogue/partitions.ts";
import { partitionedSteps } from "./partitioned-index.ts";
import type { Rule } from "./rule.ts";
import { lock, safe, step } from "./safe.ts";

const indexNotConcurrently: Rule = {
  id: "index-not-concurrently",
  family: "indexes",
  severity: "error",
  title: "CREATE INDEX without CONCURRENTLY on a table that is in use",
  why: "The build reads the whole table and holds a lock that keeps every write waiting until it is done. CONCURRENTLY lets writes go on; it cannot run in a transaction, and when it fails it leaves an invalid index that has to be dropped before the next attempt.",
  check(statement, context) {
    const { node, text } = statement;
    const { isNew, table, parser } = context;
    const index = as(node, "IndexStmt");
    if (index === undefined || index.concurrent === true || isNew(nameOf(index.relation))) return [];
    const relation = quotedName(nameOf(index.relation));
    const says = `${relation} takes no writes while ${index.idxname === undefined ? "the index" : quoted(index.idxname)} is built`;
    const locks = [lock(relation, "SHARE", "build")];
    if (table(nameOf(index.relation))?.partitioned === true) {
      // With ONLY nothing is built: it is a frame for indexes that are attached to it.
      if (index.relation?.inh !== true) return [];
      const steps = partitionedSteps(statement, index, context);
      const parts = partitionsIn(context.catalogue).below(nameOf(index.relation));
      return [
        {
          says,
          locks: [...locks, ...parts.map((part) => lock(quotedName(part.name), "SHARE", "build"))],
          why: "A partitioned table takes no CONCURRENTLY: create the index ON ONLY the parent, build one CONCURRENTLY on each partition, and attach each of them to it. Once all are, it is valid.",
          ...(steps.length === 0 ? {} : { safe: safe(...steps) }),
        },
      ];
    }
    const words = index.idxname === undefined || index.if_not_exists === true ? "CONCURRENTLY" : "CONCURRENTLY IF NOT EXISTS";
    const sql = withWordsBehind(parser, text, words, ({ text: word }) => word.toLowerCase() === "index");
    const retry = index.idxname === undefined ? [] : [dropInvalid(index)];
    return [
      {
        says,
        locks,
        safe: safe(
          ...retry,
          step("Build it while writes go on, in a migration without a transaction", sql, { inTransaction: false }),
        ),
      },
    ];
  },
};

/** A build that failed before has left an invalid index, at which IF NOT EXISTS would stop. */
function dropInvalid({ relation, idxname = "" }: IndexStmt) {
  const name = quotedName({ ...nameOf(relation), name: idxname });
  return step(
    "Only if an earlier attempt failed: drop the invalid index that it left",
    `-- DROP INDEX CONCURRENTLY IF EXISTS ${name};`,
    {
      inTransaction: false,
    },
  );
}

const dropIndexNotConcurrently: Rule = {
  id: "drop-index-not-concurrently",
  family: "indexes",
  severity: "error",
  title: "DROP INDEX without CONCURRENTLY",
  why: "It needs the strongest lock on the table of the index: it waits for every query that runs there, and everything that comes behind it waits too. CONCURRENTLY waits without keeping others.",
  check({ node }, { catalogue, isNew }) {
    const drop = as(node, "DropStmt");
    if (drop?.removeType !== "OBJECT_INDEX" || drop.concurrent === true) return [];
    const old = (drop.objects ?? []).map(nameOfObject).filter((name) => {
      const index = indexOf(catalogue, name);
      return index === undefined || !isNew(index.table);
    });
    if (old.length === 0) return [];
    const names = old.map(quotedName);
    const tables = old.flatMap((name) => indexOf(catalogue, name)?.table ?? []).map(quotedName);
    return [
      {
        says: `dropping ${names.join(", ")} stops reads and writes of ${tables.length > 0 ? tables.join(", ") : "its table"} until the lock is given back`,
        locks: [...names, ...new Set(tables)].map((one) => lock(one, "ACCESS EXCLUSIVE", "instant")),
        safe: safe(
          ...names.map((name) =>
            step(
              "Drop it while queries go on, in a migration without a transaction",
              `DROP INDEX CONCURRENTLY IF EXISTS ${name}`,
              {
                inTransaction: false,
              },
            ),
          ),
        ),
      },
    ];
  },
};

const concurrentlyInTransaction: Rule = {
  id: "concurrently-in-transaction",
  family: "indexes",
  severity: "error",
  title: "CONCURRENTLY inside of a transaction",
  why: "Postgres refuses it: what works concurrently commits several times on its way. The migration fails when it runs.",
  check(statement, { surroundings, inside }) {
    const what = concurrentWork(statement);
    if (what === undefined || (surroundings.transaction === undefined && inside === undefined)) return [];
    const says = `${what} cannot run ${inside === undefined ? "inside of a transaction" : `inside of a ${inside}`}`;
    return [
      {
        says,
        safe: safe(
          step("Alone in a migration without a transaction (-- gantry: no transaction)", statement.text, {
            inTransaction: false,
          }),
        ),
      },
    ];
  },
};

function concurrentWork({ node }: Statement): string | undefined {
  if (as(node, "IndexStmt")?.concurrent === true) return "CREATE INDEX CONCURRENTLY";
  if (as(node, "DropStmt")?.concurrent === true) return "DROP INDEX CONCURRENTLY";
  const reindex = as(node, "ReindexStmt")?.params ?? [];
  if (reindex.some((one) => as(one, "DefElem")?.defname === "concurrently")) return "REINDEX CONCURRENTLY";
  const commands = as(node, "AlterTableStmt")?.cmds ?? [];
  const detaches = commands.some((one) => as(as(one, "AlterTableCmd")?.def, "PartitionCmd")?.concurrent === true);
  return detaches ? "DETACH PARTITION CONCURRENTLY" : undefined;
}

export const indexRules: readonly Rule[] = [indexNotConcurrently, concurrentlyInTransaction, dropIndexNotConcurrently];
