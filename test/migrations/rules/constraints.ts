import type { RuleCase } from "./case.ts";

const tables =
  "CREATE TABLE people (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, total int, buyer bigint);";

export const constraintCases: readonly RuleCase[] = [
  {
    rule: "foreign-key-validated",
    says: "every row is looked up, and neither table takes a write",
    before: tables,
    sql: "ALTER TABLE orders ADD CONSTRAINT bought FOREIGN KEY (buyer) REFERENCES people (id) ON DELETE CASCADE",
    finds: [
      {
        rule: "foreign-key-validated",
        at: "ADD CONSTRAINT bought FOREIGN KEY (buyer) REFERENCES people (id) ON DELETE CASCADE",
        locks: [
          { relation: "orders", mode: "SHARE ROW EXCLUSIVE", lasts: "scan" },
          { relation: "people", mode: "SHARE ROW EXCLUSIVE", lasts: "scan" },
        ],
        safe: [
          "ALTER TABLE orders ADD CONSTRAINT bought FOREIGN KEY (buyer) REFERENCES people (id) ON DELETE CASCADE NOT VALID;",
          "ALTER TABLE orders VALIDATE CONSTRAINT bought;",
        ],
      },
    ],
  },
  {
    rule: "foreign-key-validated",
    says: "a new column with a value is looked up in every row, and both tables are locked",
    before: tables,
    sql: "ALTER TABLE orders ADD COLUMN seller bigint REFERENCES people DEFAULT 7",
    finds: [
      {
        rule: "foreign-key-validated",
        at: "REFERENCES people",
        locks: [
          { relation: "orders", mode: "ACCESS EXCLUSIVE", lasts: "scan" },
          { relation: "people", mode: "SHARE ROW EXCLUSIVE", lasts: "scan" },
        ],
        safe: [
          "ALTER TABLE orders ADD COLUMN seller bigint DEFAULT 7;",
          "ALTER TABLE orders ADD CONSTRAINT orders_seller_fkey FOREIGN KEY (seller) REFERENCES people NOT VALID;",
          "ALTER TABLE orders VALIDATE CONSTRAINT orders_seller_fkey;",
        ],
      },
    ],
  },
  {
    rule: "foreign-key-validated",
    says: "comments at the end of a line swallow nothing of the safe way",
    before: tables,
    sql: "ALTER TABLE orders ADD COLUMN seller bigint -- who\n  REFERENCES people -- whom\n  DEFAULT 7 -- which\n",
    finds: [
      {
        rule: "foreign-key-validated",
        at: "REFERENCES people -- whom",
        locks: [
          { relation: "orders", mode: "ACCESS EXCLUSIVE", lasts: "scan" },
          { relation: "people", mode: "SHARE ROW EXCLUSIVE", lasts: "scan" },
        ],
        safe: [
          "ALTER TABLE orders ADD COLUMN seller bigint -- who\nDEFAULT 7;",
          "ALTER TABLE orders ADD CONSTRAINT orders_seller_fkey FOREIGN KEY (seller) REFERENCES people NOT VALID;",
          "ALTER TABLE orders VALIDATE CONSTRAINT orders_seller_fkey;",
        ],
      },
    ],
  },
  {
    rule: "foreign-key-validated",
    says: "not valid looks at new rows only",
    before: tables,
    sql: "ALTER TABLE orders ADD CONSTRAINT bought FOREIGN KEY (buyer) REFERENCES people (id) NOT VALID",
    finds: [],
  },
  {
    rule: "check-validated",
    says: "every row is read, and nobody reads or writes meanwhile",
    before: tables,
    sql: "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0 AND total <> ALL (ARRAY[7, 9]))",
    finds: [
      {
        rule: "check-validated",
        at: "ADD CONSTRAINT positive CHECK (total > 0 AND total <> ALL (ARRAY[7, 9]))",
        locks: [{ relation: "orders", mode: "ACCESS EXCLUSIVE", lasts: "scan" }],
        safe: [
          "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0 AND total <> ALL (ARRAY[7, 9])) NOT VALID;",
          "ALTER TABLE orders VALIDATE CONSTRAINT positive;",
        ],
      },
    ],
  },
  {
    rule: "check-validated",
    says: "of a table of the same migration",
    sql: "CREATE TABLE notes (n int); ALTER TABLE notes ADD CHECK (n > 0)",
    finds: [],
  },
  {
    rule: "validate-in-same-transaction",
    says: "the lock of the first is held while the second reads",
    before: tables,
    sql: "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT positive",
    finds: [
      {
        rule: "validate-in-same-transaction",
        at: "VALIDATE CONSTRAINT positive",
        locks: [{ relation: "orders", mode: "ACCESS EXCLUSIVE", lasts: "scan" }],
      },
    ],
  },
  {
    rule: "validate-in-same-transaction",
    says: "each in a transaction of its own",
    before: tables,
    sql: "BEGIN; ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID; COMMIT; ALTER TABLE orders VALIDATE CONSTRAINT positive",
    inTransaction: false,
    finds: [],
  },
];
