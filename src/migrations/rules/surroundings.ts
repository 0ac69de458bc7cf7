import { quoted, quotedName } from "../sql/quote.ts";
import { as, nameOf, nameOfWords, wordsOf } from "../sql/tree.ts";
import type { Statement } from "../sql/parse.ts";
import { locksOf } from "../catalogue/locks.ts";
import type { Rule } from "./rule.ts";
import { lock } from "./safe.ts";
import { isStrong } from "./timeouts.ts";

// What stands around the tables: triggers, policies, views that are kept, locks taken by hand, rights, extensions.

/** `DROP TRIGGER a ON b` and its kin name the table and the thing: `b.a`. */
function droppedOf({ node }: Statement, kind: string) {
  const drop = as(node, "DropStmt");
  if (drop?.removeType !== kind) return [];
  return (drop.objects ?? []).map((one) => {
    const words = wordsOf(as(one, "List")?.items);
    return { table: nameOfWords(words.slice(0, -1)), name: words.at(-1) ?? "" };
  });
}

const dropTrigger: Rule = {
  id: "drop-trigger",
  family: "surroundings",
  severity: "warning",
  title: "DROP TRIGGER",
  why: "What it did stops at once, also for the code that runs now and may rely on it: columns that it filled, rows that it copied, changes that it refused.",
  check: (statement, { isNew }) =>
    droppedOf(statement, "OBJECT_TRIGGER").flatMap(({ table, name }) =>
      isNew(table)
        ? []
        : [
            {
              says: `${quoted(name)} does nothing any more for anybody who writes ${quotedName(table)}`,
              locks: [lock(quotedName(table), "ACCESS EXCLUSIVE", "instant")],
            },
          ],
    ),
};

const dropPolicy: Rule = {
  id: "drop-policy",
  family: "surroundings",
  severity: "warning",
  title: "DROP POLICY",
  why: "The rows that it showed vanish for whoever saw them by it alone; a restrictive one kept rows away, and they are seen from now on. Create the one that takes its place in the same transaction.",
  check: (statement, { isNew }) =>
    droppedOf(statement, "OBJECT_POLICY").flatMap(({ table, name }) =>
      isNew(table)
        ? []
        : [
            {
              says: `who sees which rows of ${quotedName(table)} is no longer decided by ${quoted(name)}`,
              locks: [lock(quotedName(table), "ACCESS EXCLUSIVE", "instant")],
            },
          ],
    ),
};

const createTrigger: Rule = {
  id: "create-trigger",
  family: "surroundings",
  severity: "advice",
  title: "CREATE TRIGGER on a table in use",
  why: "From now on every write does more, within its own transaction: when the trigger fails, so does the write, and when it is slow, so is everybody.",
  check({ node }, { isNew }) {
    const trigger = as(node, "CreateTrigStmt");
    if (trigger === undefined || isNew(nameOf(trigger.relation))) return [];
    const relation = quotedName(nameOf(trigger.relation));
    return [
      {
        says: `every write of ${relation} runs ${quoted(trigger.trigname ?? "")} too, also those of the code that is there now`,
        locks: [lock(relation, "SHARE ROW EXCLUSIVE", "instant")],
      },
    ];
  },
};

const refreshNotConcurrently: Rule = {
  id: "refresh-not-concurrently",
  family: "surroundings",
  severity: "error",
  title: "REFRESH MATERIALIZED VIEW without CONCURRENTLY",
  why: "Nobody reads the view while it is made anew. CONCURRENTLY lets reads go on; it needs a unique index on plain columns over all of its rows, and the view must have been filled before.",
  check({ node }, { isNew }) {
    const refresh = as(node, "RefreshMatViewStmt");
    if (refresh === undefined || refresh.concurrent === true || refresh.skipData === true) return [];
    const name = nameOf(refresh.relation);
    const relation = quotedName(name);
    if (isNew(name)) return [];
    return [
      {
        says: `nobody reads ${relation} while it is made anew`,
        locks: [lock(relation, "ACCESS EXCLUSIVE", "rewrite")],
        rewrites: [relation],
      },
    ];
  },
};

const lockTable: Rule = {
  id: "lock-table",
  family: "surroundings",
  severity: "warning",
  title: "LOCK TABLE",
  why: "It keeps others waiting until the transaction ends, whatever the transaction does meanwhile. What changes the schema takes the locks that it needs by itself.",
  check(statement, { isNew }) {
    if (as(statement.node, "LockStmt") === undefined) return [];
    const locks = locksOf(statement).filter((one) => isStrong(one) && !isNew(one.name));
    const names = locks.map(({ relation }) => relation).join(", ");
    const all = locks.some(({ mode }) => mode === "ACCESS EXCLUSIVE");
    if (locks.length === 0) return [];
    return [
      {
        says: `${all ? "nobody reads or writes" : "nobody writes"} ${names} until the transaction ends`,
        locks: locks.map(({ relation, mode, lasts }) => lock(relation, mode, lasts)),
      },
    ];
  },
};

const setSearchPath: Rule = {
  id: "set-search-path",
  family: "surroundings",
  severity: "warning",
  title: "SET search_path for the whole session",
  why: "It stays when the migration is done: the next one on the same connection, and what the tool records of it, may land in another schema. SET LOCAL ends with the transaction; names with their schema need neither.",
  check({ node }, { inside }) {
    const set = as(node, "VariableSetStmt");
    if (inside === "function" || set?.name !== "search_path" || set.is_local === true || set.kind !== "VAR_SET_VALUE") return [];
    return [{ says: "names without a schema lead elsewhere, also after this migration" }];
  },
};

const createExtension: Rule = {
  id: "create-extension",
  family: "surroundings",
  severity: "advice",
  title: "CREATE EXTENSION",
  why: "It needs rights that the role of a migration should not have, and the extension has to be installed on every server that the product runs on: a laptop, a test, a cloud that allows only some. The resource's own extensions in the spec are there before any migration.",
  check({ node }) {
    const extension = as(node, "CreateExtensionStmt");
    return extension === undefined ? [] : [{ says: `${quoted(extension.extname ?? "")} has to be installed wherever this runs` }];
  },
};

const grantToPublic: Rule = {
  id: "grant-to-public",
  family: "surroundings",
  severity: "warning",
  title: "GRANT to PUBLIC",
  why: "Everybody who may connect has the right, also roles that are made later, and nobody is asked again. Name the roles that need it.",
  check({ node }) {
    const grant = as(node, "GrantStmt");
    const everybody = (grant?.grantees ?? []).some((one) => as(one, "RoleSpec")?.roletype === "ROLESPEC_PUBLIC");
    return grant?.is_grant === true && everybody ? [{ says: "everybody who may connect has this right from now on" }] : [];
  },
};

export const surroundingRules: readonly Rule[] = [
  dropTrigger,
  dropPolicy,
  createTrigger,
  refreshNotConcurrently,
  lockTable,
  setSearchPath,
  createExtension,
  grantToPublic,
];
