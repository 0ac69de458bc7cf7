import type { Expected, RuleCase } from "./case.ts";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, total int); CREATE TABLE items (id bigint PRIMARY KEY, n int);";
const all = (relation = "orders") => [{ relation, mode: "ACCESS EXCLUSIVE" as const, lasts: "unknown" as const }];

type More = Partial<Pick<RuleCase, "inTransaction" | "fails" | "before">>;
const case_ = (rule: string, says: string, sql: string, finds: readonly Omit<Expected, "rule">[], more: More = {}): RuleCase => ({
  rule,
  says,
  before: orders,
  sql,
  finds: finds.map((one) => ({ rule, ...one })),
  ...more,
});

const add = "ALTER TABLE orders ADD COLUMN a int";
const update = "UPDATE items SET n = 0 WHERE id = 1";

export const transactionCases: readonly RuleCase[] = [
  case_("work-behind-lock", "a backfill behind the change of the schema", `${add}; ${update}`, [
    {
      at: update,
      locks: [{ relation: "items", mode: "ROW EXCLUSIVE", lasts: "unknown" }],
      safe: [`-- gantry: backfill\n${update};`],
    },
  ]),
  case_(
    "work-behind-lock",
    "a validation behind another change",
    `${add}; ALTER TABLE items VALIDATE CONSTRAINT items_n`,
    [
      {
        at: "ALTER TABLE items VALIDATE CONSTRAINT items_n",
        locks: [{ relation: "items", mode: "SHARE UPDATE EXCLUSIVE", lasts: "unknown" }],
        safe: ["ALTER TABLE items VALIDATE CONSTRAINT items_n;"],
      },
    ],
    { before: `${orders} ALTER TABLE items ADD CONSTRAINT items_n CHECK (n > 0) NOT VALID;` },
  ),
  case_("work-behind-lock", "in front of it nothing is locked yet", `${update}; ${add}`, []),
  case_(
    "work-behind-lock",
    "without a transaction nothing stays locked",
    `ALTER TABLE orders ADD COLUMN IF NOT EXISTS a int; ${update}`,
    [],
    {
      inTransaction: false,
    },
  ),
  case_("work-behind-lock", "a row that is added is no work", `${add}; INSERT INTO items VALUES (-1, 1)`, []),
  case_("several-tables-locked", "one waits with the other locked", `${add}; ALTER TABLE items ADD COLUMN b int`, [
    { at: "ALTER TABLE items ADD COLUMN b int", locks: all("items") },
  ]),
  case_(
    "several-tables-locked",
    "a table of the same migration is nobody's",
    `${add}; CREATE TABLE a (); ALTER TABLE a ADD b int`,
    [],
  ),
  case_("alter-twice", "one behind the other", `${add}; ALTER TABLE orders ADD COLUMN b int`, [
    { at: "ALTER TABLE orders ADD COLUMN b int", locks: all() },
  ]),
  case_("alter-twice", "in one go", `${add}, ADD COLUMN b int`, []),
  case_(
    "nested-transaction",
    "what begins nothing, and ends the other",
    "BEGIN; SELECT 1; COMMIT",
    [
      { at: "BEGIN", locks: [] },
      { at: "COMMIT", locks: [] },
    ],
    { fails: true },
  ),
  case_("nested-transaction", "one of its own", "BEGIN; SELECT 1; COMMIT", [], { inTransaction: false }),
  case_("uncommitted", "begun and never ended", "BEGIN; SELECT 1", [{ at: "BEGIN", locks: [] }], { inTransaction: false }),
  case_("uncommitted", "begun and ended, twice", "BEGIN; SELECT 1; COMMIT; START TRANSACTION; SELECT 2; ROLLBACK", [], {
    inTransaction: false,
  }),
  case_(
    "not-rerunnable",
    "the second attempt meets what the first has made",
    "CREATE TABLE a (b int)",
    [{ at: "CREATE TABLE a (b int)", locks: [] }],
    { inTransaction: false },
  ),
  case_("not-rerunnable", "the second attempt meets a column", add, [{ at: add, locks: all() }], { inTransaction: false }),
  case_("not-rerunnable", "what is there already is left as it is", "CREATE TABLE IF NOT EXISTS a (b int)", [], {
    inTransaction: false,
  }),
  case_("not-rerunnable", "a transaction is taken back as a whole", "CREATE TABLE a (b int)", []),
];
