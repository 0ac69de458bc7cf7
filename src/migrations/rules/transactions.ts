import { onceFor } from "../../lib/once-for.ts";
import { locksOf } from "../catalogue/locks.ts";
import { quotedName } from "../sql/quote.ts";
import type { Statement } from "../sql/parse.ts";
import { alterOf } from "../sql/pieces.ts";
import { as, nameOf } from "../sql/tree.ts";
import type { Context, Rule } from "./rule.ts";
import { lock, safe, step } from "./safe.ts";
import { heldStrong, isStrong } from "./timeouts.ts";

const workBehindLock: Rule = {
  id: "work-behind-lock",
  family: "transactions",
  severity: "error",
  title: "Rows are read or written while the transaction holds a strong lock",
  why: "A lock is held until its transaction ends. What changes the schema takes a moment; what works on rows behind it takes as long as there are rows, and all that time nobody else gets at the locked table. In a migration of its own it keeps nobody waiting.",
  check(statement, context) {
    const what = rowWork(statement);
    const held = what === undefined ? undefined : heldStrong(context)[0];
    if (what === undefined || held === undefined || !isLarge(statement, context)) return [];
    const text = isBackfillable(statement) ? `-- gantry: backfill\n${statement.text};` : statement.text;
    return [
      {
        says: `${what} while ${held.relation} is locked (${held.mode}) since an earlier statement of the transaction: others wait until both are done`,
        locks: locksOf(statement).map(({ relation, mode }) => lock(relation, mode, "unknown")),
        ...(context.inside === undefined
          ? { safe: safe(step("In a migration of its own, behind the one that changes the schema", text)) }
          : {}),
      },
    ];
  },
};

function rowWork({ node }: Statement): string | undefined {
  if (as(node, "UpdateStmt")) return "rows are changed";
  if (as(node, "DeleteStmt")) return "rows are deleted";
  if (as(node, "MergeStmt")) return "rows are merged";
  if (as(node, "CopyStmt")) return "rows are copied";
  if (as(as(node, "InsertStmt")?.selectStmt, "SelectStmt")?.fromClause !== undefined) return "rows are read and written";
  if (as(node, "CreateTableAsStmt")?.objtype === "OBJECT_TABLE") return "rows are read into a table";
  if (as(node, "SelectStmt")?.fromClause !== undefined) return "rows are read";
  const commands = as(node, "AlterTableStmt")?.cmds ?? [];
  return commands.some((one) => as(one, "AlterTableCmd")?.subtype === "AT_ValidateConstraint") ? "every row is read" : undefined;
}

function isBackfillable({ node }: Statement): boolean {
  const written = as(node, "UpdateStmt") ?? as(node, "DeleteStmt");
  return written !== undefined && written.withClause === undefined && written.returningClause === undefined;
}

/** Of a table that is in use; a constraint that the same transaction adds and validates is another rule's. */
function isLarge({ node }: Statement, { isNew, table, origin }: Context): boolean {
  const alter = as(node, "AlterTableStmt");
  if (alter !== undefined) {
    const constraints = table(nameOf(alter.relation))?.constraints;
    const own = (alter.cmds ?? []).some(
      (one) => constraints?.get(as(one, "AlterTableCmd")?.name ?? "")?.origin.transaction === origin.transaction,
    );
    return !own && !isNew(nameOf(alter.relation));
  }
  const from =
    as(node, "SelectStmt") ??
    as(as(node, "InsertStmt")?.selectStmt, "SelectStmt") ??
    as(as(node, "CreateTableAsStmt")?.query, "SelectStmt");
  const relations = (from?.fromClause ?? []).flatMap((one) => as(one, "RangeVar") ?? []);
  if (from !== undefined) return relations.some((one) => !isNew(nameOf(one)));
  const written = as(node, "UpdateStmt") ?? as(node, "DeleteStmt") ?? as(node, "MergeStmt") ?? as(node, "CopyStmt");
  return written?.relation !== undefined && !isNew(nameOf(written.relation));
}

const severalTablesLocked: Rule = {
  id: "several-tables-locked",
  family: "transactions",
  severity: "advice",
  title: "Strong locks of several tables in one transaction",
  why: "The first table stays locked while the migration waits for the second one; code that takes them the other way round waits for the first, and one of the two is broken off as a deadlock. A migration for each table keeps every lock short.",
  check(statement, context) {
    const held = heldStrong(context);
    if (held.length === 0) return [];
    const locks = locksOf(statement).filter((one) => isStrong(one) && !context.isNew(one.name));
    const next = locks.find(({ relation }) => !held.some((one) => one.relation === relation));
    const first = held[0];
    // Said at the second table, and not at each one that follows.
    if (next === undefined || held.some((one) => one.relation !== first?.relation)) return [];
    return [
      {
        says: `${first?.relation} stays locked while this waits for ${next.relation}`,
        locks: locks.map(({ relation, mode }) => lock(relation, mode, "unknown")),
      },
    ];
  },
};

const alterTwice: Rule = {
  id: "alter-twice",
  family: "transactions",
  severity: "advice",
  title: "Two ALTER TABLE of one table, one behind the other",
  why: "Each one goes over the table by itself where it has to look at rows; as actions of a single ALTER TABLE they are done in one go.",
  check(statement, context) {
    const [now, before] = [as(statement.node, "AlterTableStmt"), as(context.surroundings.previous?.node, "AlterTableStmt")];
    const { previous } = context.surroundings;
    if (now === undefined || before === undefined || previous === undefined || now.objtype !== before.objtype) return [];
    const name = nameOf(now.relation);
    if (quotedName(name) !== quotedName(nameOf(before.relation)) || context.isNew(name)) return [];
    // An action that needs a stronger lock than the other would take the other along; a partition stands alone.
    const [ours, theirs] = [locksOf(statement)[0], locksOf(previous)[0]];
    if (ours?.mode !== theirs?.mode || [now, before].some(({ cmds = [] }) => cmds.some(standsAlone))) return [];
    const actions = context.alter()?.commands.map(({ text }) => text) ?? [];
    const first = alterOf(context.parser, previous);
    const said = first?.commands.map(({ text }) => text) ?? [];
    return [
      {
        says: `${quotedName(name)} was altered by the statement before: one ALTER TABLE can do both`,
        locks: locksOf(statement).map(({ relation, mode }) => lock(relation, mode, "unknown")),
        why: `Each one goes over the table by itself where it has to look at rows; in one go: ${first?.head ?? "ALTER TABLE"} ${[...said, ...actions].join(", ")}`,
      },
    ];
  },
};

function standsAlone(node: Parameters<typeof as>[0]): boolean {
  return /Partition|ValidateConstraint|AT_AddIndexConstraint/.test(as(node, "AlterTableCmd")?.subtype ?? "");
}

const nestedTransaction: Rule = {
  id: "nested-transaction",
  family: "transactions",
  severity: "warning",
  title: "BEGIN or COMMIT inside of the migration's transaction",
  why: "Postgres has no transactions within transactions. A second BEGIN does nothing; COMMIT and ROLLBACK end the transaction of whoever runs the migration: what follows runs outside of it, and the record that it ran no longer goes with what it did.",
  check({ node, text }, { surroundings: { transaction, isOwn }, inside }) {
    const kind = as(node, "TransactionStmt")?.kind;
    if (kind === undefined || inside !== undefined) return [];
    const begins = kind === "TRANS_STMT_BEGIN" || kind === "TRANS_STMT_START";
    if (begins && transaction !== undefined)
      return [{ says: "there is a transaction already: this begins none, and the COMMIT that belongs to it ends the other" }];
    const ends = kind === "TRANS_STMT_COMMIT" || kind === "TRANS_STMT_ROLLBACK";
    return ends && transaction !== undefined && !isOwn
      ? [
          {
            severity: "error",
            says: `${text} ends the transaction in which the migration is run: what follows is not part of it`,
          },
        ]
      : [];
  },
};

const uncommitted: Rule = {
  id: "uncommitted",
  family: "transactions",
  severity: "error",
  title: "A transaction that is begun and never ended",
  why: "When the connection closes, Postgres takes all of it back: the migration says that it ran, and nothing has changed.",
  check({ node, from }, { surroundings: { transaction }, statements, inside }) {
    const kind = as(node, "TransactionStmt")?.kind;
    if (inside !== undefined || transaction !== undefined || (kind !== "TRANS_STMT_BEGIN" && kind !== "TRANS_STMT_START"))
      return [];
    return from < lastEnd(statements)
      ? []
      : [{ says: "no COMMIT follows: what stands behind it is taken back when the connection closes" }];
  },
};

/** Looked for once in a text. */
const lastEnd = onceFor((statements: readonly Statement[]): number => statements.findLast(isEnd)?.from ?? -1);

function isEnd({ node }: Statement): boolean {
  return /COMMIT|ROLLBACK$|PREPARE/.test(as(node, "TransactionStmt")?.kind ?? "");
}

/** What fails when it is run again, as it is where a migration without a transaction broke off behind it. */
const notRerunnable: Rule = {
  id: "not-rerunnable",
  family: "transactions",
  severity: "advice",
  title: "A statement outside of a transaction that cannot be run again",
  why: "Without a transaction nothing is taken back when a later statement fails: the next attempt meets what this one has made, and stops there. IF EXISTS and IF NOT EXISTS let it go on.",
  check(statement, { surroundings: { transaction }, inside, isNew }) {
    if (transaction !== undefined || inside !== undefined) return [];
    const what = onlyOnce(statement.node);
    const locks = locksOf(statement).filter(({ name }) => !isNew(name));
    return what === undefined
      ? []
      : [
          {
            says: `run again it fails, unless it says ${what}`,
            locks: locks.map(({ relation, mode }) => lock(relation, mode, "unknown")),
          },
        ];
  },
};

function onlyOnce(node: Statement["node"]): string | undefined {
  const made = as(node, "CreateStmt") ?? as(node, "IndexStmt") ?? as(node, "CreateSchemaStmt") ?? as(node, "CreateSeqStmt");
  if (made !== undefined) return made.if_not_exists === true ? undefined : "IF NOT EXISTS";
  const drop = as(node, "DropStmt");
  if (drop !== undefined) return drop.missing_ok === true ? undefined : "IF EXISTS";
  const commands = (as(node, "AlterTableStmt")?.cmds ?? []).flatMap((one) => as(one, "AlterTableCmd") ?? []);
  if (commands.some(({ subtype, missing_ok }) => subtype === "AT_AddColumn" && missing_ok !== true)) return "IF NOT EXISTS";
  const drops = ["AT_DropColumn", "AT_DropConstraint"];
  return commands.some(({ subtype = "AT_AddColumn", missing_ok }) => drops.includes(subtype) && missing_ok !== true)
    ? "IF EXISTS"
    : undefined;
}

export const transactionRules: readonly Rule[] = [
  workBehindLock,
  severalTablesLocked,
  alterTwice,
  nestedTransaction,
  uncommitted,
  notRerunnable,
];
