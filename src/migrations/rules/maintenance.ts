import type { ReindexStmt, VacuumStmt } from "libpg-query";
import { indexOf } from "../catalogue/catalogue.ts";
import { quotedName } from "../sql/quote.ts";
import { withWordsBehind } from "../sql/pieces.ts";
import { as, nameOf } from "../sql/tree.ts";
import type { Rule } from "./rule.ts";
import { lock, safe, step } from "./safe.ts";

const reindexNotConcurrently: Rule = {
  id: "reindex-not-concurrently",
  family: "maintenance",
  severity: "error",
  title: "REINDEX without CONCURRENTLY",
  why: "The table takes no write while its index is built anew, and even reads that would use the index wait. CONCURRENTLY builds a second one beside it and swaps the two; it cannot run in a transaction, and when it fails it leaves an invalid index with a name that ends with _ccnew.",
  check({ node, text }, { catalogue, isNew, parser }) {
    const reindex = as(node, "ReindexStmt");
    if (reindex === undefined || isConcurrent(reindex)) return [];
    // What the system's own tables need, they need without: CONCURRENTLY does not touch them.
    if (reindex.kind === "REINDEX_OBJECT_SYSTEM") return [];
    const name = reindex.relation === undefined ? undefined : nameOf(reindex.relation);
    const index = reindex.kind === "REINDEX_OBJECT_INDEX" && name !== undefined ? indexOf(catalogue, name) : undefined;
    const table = reindex.kind === "REINDEX_OBJECT_TABLE" ? name : index?.table;
    if (table !== undefined && isNew(table)) return [];
    const built = reindex.kind === "REINDEX_OBJECT_INDEX" && name !== undefined ? quotedName(name) : undefined;
    const about = table === undefined ? (built === undefined ? "every table in it" : "its table") : quotedName(table);
    const word = (/^\s*reindex\s*(?:\([^)]*\)\s*)?([a-z]+)/i.exec(text)?.[1] ?? "").toLowerCase();
    return [
      {
        says: `${about} takes no writes while ${built === undefined ? "its indexes are" : `${built} is`} built anew, and reads that use ${built === undefined ? "them" : "it"} wait too`,
        locks: [
          ...(table === undefined ? [] : [lock(quotedName(table), "SHARE", "build")]),
          ...(built === undefined ? [] : [lock(built, "ACCESS EXCLUSIVE", "build")]),
        ],
        safe: safe(
          step(
            "Build it anew while writes go on, in a migration without a transaction",
            withWordsBehind(parser, text, "CONCURRENTLY", (token) => token.text.toLowerCase() === word),
            { inTransaction: false },
          ),
        ),
      },
    ];
  },
};

function isConcurrent({ params }: ReindexStmt): boolean {
  return isSaid(params, "concurrently");
}

function isSaid(options: VacuumStmt["options"], name: string): boolean {
  return (options ?? []).some((one) => {
    const option = as(one, "DefElem");
    const value = as(option?.arg, "String")?.sval ?? as(option?.arg, "Boolean")?.boolval;
    return option?.defname === name && value !== false && !/^(?:false|off|0|no)$/i.test(String(value));
  });
}

const wholeTable =
  "The whole table is written anew under the strongest lock: nobody reads or writes it meanwhile. A plain VACUUM frees the space for new rows of the same table and stops nobody; pg_repack gives it back to the disk with a lock of moments. Without such a tool there is no way but a time in which nobody needs the table.";

const vacuumFull: Rule = {
  id: "vacuum-full",
  family: "maintenance",
  severity: "error",
  title: "VACUUM FULL",
  why: wholeTable,
  check({ node }, { isNew }) {
    const vacuum = as(node, "VacuumStmt");
    if (vacuum === undefined || !isSaid(vacuum.options, "full")) return [];
    const named = (vacuum.rels ?? []).map((one) => nameOf(as(one, "VacuumRelation")?.relation));
    const old = named.filter((one) => !isNew(one)).map(quotedName);
    if (named.length > 0 && old.length === 0) return [];
    const analyse = isSaid(vacuum.options, "analyze") ? " (ANALYZE)" : "";
    return [
      {
        says: `${old.length === 0 ? "each table" : old.join(", ")} is written anew, and nobody reads or writes it meanwhile`,
        locks: old.map((one) => lock(one, "ACCESS EXCLUSIVE", "rewrite")),
        rewrites: old,
        safe: safe(
          step(
            "Free its space while reads and writes go on",
            old.length === 0 ? `VACUUM${analyse}` : `VACUUM${analyse} ${old.join(", ")}`,
            {
              inTransaction: false,
            },
          ),
        ),
      },
    ];
  },
};

const cluster: Rule = {
  id: "cluster",
  family: "maintenance",
  severity: "error",
  title: "CLUSTER",
  why: `${wholeTable} The order that CLUSTER gives it is lost with the writes that follow.`,
  check({ node }, { isNew }) {
    const statement = as(node, "ClusterStmt");
    if (statement === undefined) return [];
    const name = statement.relation === undefined ? undefined : nameOf(statement.relation);
    if (name !== undefined && isNew(name)) return [];
    const relations = name === undefined ? [] : [quotedName(name)];
    return [
      {
        says: `${relations[0] ?? "each table that was clustered before"} is written anew, and nobody reads or writes it meanwhile`,
        locks: relations.map((one) => lock(one, "ACCESS EXCLUSIVE", "rewrite")),
        rewrites: relations,
      },
    ];
  },
};

export const maintenanceRules: readonly Rule[] = [reindexNotConcurrently, vacuumFull, cluster];
