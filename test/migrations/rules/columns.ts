import type { RuleCase } from "./case.ts";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, total int);";
const exclusive = (lasts: "instant" | "scan" | "rewrite") => [{ relation: "orders", mode: "ACCESS EXCLUSIVE" as const, lasts }];
const batch = (column: string, value: string) =>
  `UPDATE orders SET ${column} = ${value}\nWHERE ctid = ANY (ARRAY(SELECT ctid FROM orders WHERE ${column} IS NULL LIMIT 1000 FOR UPDATE SKIP LOCKED));`;

export const columnCases: readonly RuleCase[] = [
  {
    rule: "add-column-volatile-default",
    says: "each row needs its own value",
    before: orders,
    sql: "ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid()",
    finds: [
      {
        rule: "add-column-volatile-default",
        at: "ADD COLUMN token uuid DEFAULT gen_random_uuid()",
        locks: exclusive("rewrite"),
        rewrites: ["orders"],
        safe: [
          "ALTER TABLE orders ADD COLUMN token uuid;",
          "ALTER TABLE orders ALTER COLUMN token SET DEFAULT gen_random_uuid();",
          batch("token", "gen_random_uuid()"),
        ],
      },
    ],
  },
  {
    rule: "add-column-volatile-default",
    says: "a value that is the same for all rows is kept once, now() too",
    before: orders,
    sql: "ALTER TABLE orders ADD COLUMN made timestamptz NOT NULL DEFAULT now(), ADD COLUMN kind text NOT NULL DEFAULT 'a,b'",
    finds: [],
  },
  {
    rule: "add-column-volatile-default",
    says: "a function of a migration before is as volatile as it says",
    before: `${orders} CREATE FUNCTION token() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';`,
    sql: "ALTER TABLE orders ADD COLUMN token int DEFAULT token()",
    finds: [],
  },
  {
    rule: "add-column-serial",
    says: "every row gets a number at once",
    before: orders,
    sql: "ALTER TABLE orders ADD COLUMN n bigserial",
    versions: [18],
    finds: [
      {
        rule: "add-column-serial",
        at: "ADD COLUMN n bigserial",
        locks: exclusive("rewrite"),
        rewrites: ["orders"],
        safe: [
          "ALTER TABLE orders ADD COLUMN n bigint;",
          "CREATE SEQUENCE orders_n_seq AS bigint OWNED BY orders.n;\nALTER TABLE orders ALTER COLUMN n SET DEFAULT nextval('orders_n_seq');",
          batch("n", "nextval('orders_n_seq')"),
          "ALTER TABLE orders ADD CONSTRAINT orders_n_not_null NOT NULL n NOT VALID;",
          "ALTER TABLE orders VALIDATE CONSTRAINT orders_n_not_null;",
        ],
      },
    ],
  },
  {
    rule: "add-column-serial",
    says: "an identity does too, and counts on from where its rows end",
    before: orders,
    sql: "ALTER TABLE orders ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY (START WITH 5)",
    versions: [18],
    finds: [
      {
        rule: "add-column-serial",
        at: "ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY (START WITH 5)",
        locks: exclusive("rewrite"),
        rewrites: ["orders"],
        safe: [
          "ALTER TABLE orders ADD COLUMN n bigint;",
          "CREATE SEQUENCE orders_n_numbers AS bigint START WITH 5;\nALTER TABLE orders ALTER COLUMN n SET DEFAULT nextval('orders_n_numbers');",
          batch("n", "nextval('orders_n_numbers')"),
          "ALTER TABLE orders ADD CONSTRAINT orders_n_not_null NOT NULL n NOT VALID;",
          "ALTER TABLE orders VALIDATE CONSTRAINT orders_n_not_null;",
          "ALTER TABLE orders ALTER COLUMN n DROP DEFAULT, ALTER COLUMN n ADD GENERATED ALWAYS AS IDENTITY (START WITH 5);\nSELECT setval(pg_get_serial_sequence('orders', 'n'), nextval('orders_n_numbers'), false);\nDROP SEQUENCE orders_n_numbers;",
        ],
      },
    ],
  },
  {
    rule: "add-column-serial",
    says: "a plain number is none",
    before: orders,
    sql: "ALTER TABLE orders ADD COLUMN n bigint",
    finds: [],
  },
  {
    rule: "add-column-not-null",
    says: "fails as soon as there is a row",
    before: `${orders} INSERT INTO orders VALUES (1, 1);`,
    sql: "ALTER TABLE orders ADD COLUMN kind varchar(10) NOT NULL",
    versions: [15, 16, 17],
    fails: true,
    finds: [
      {
        rule: "add-column-not-null",
        at: "ADD COLUMN kind varchar(10) NOT NULL",
        locks: exclusive("scan"),
        safe: [
          "ALTER TABLE orders ADD COLUMN kind varchar(10);",
          "ALTER TABLE orders ADD CONSTRAINT orders_kind_not_null CHECK (kind IS NOT NULL) NOT VALID;",
          "ALTER TABLE orders VALIDATE CONSTRAINT orders_kind_not_null;",
          "ALTER TABLE orders ALTER COLUMN kind SET NOT NULL;\nALTER TABLE orders DROP CONSTRAINT orders_kind_not_null;",
        ],
      },
    ],
  },
  {
    rule: "add-column-not-null",
    says: "with a default there is a value",
    before: orders,
    sql: "ALTER TABLE orders ADD COLUMN kind text NOT NULL DEFAULT ''",
    finds: [],
  },
  {
    rule: "set-not-null",
    says: "every row is read for a null",
    before: orders,
    sql: "ALTER TABLE orders ALTER COLUMN total SET NOT NULL",
    versions: [18],
    finds: [
      {
        rule: "set-not-null",
        at: "ALTER COLUMN total SET NOT NULL",
        locks: exclusive("scan"),
        safe: [
          "ALTER TABLE orders ADD CONSTRAINT orders_total_not_null NOT NULL total NOT VALID;",
          "ALTER TABLE orders VALIDATE CONSTRAINT orders_total_not_null;",
        ],
      },
    ],
  },
  {
    rule: "set-not-null",
    says: "a validated check proves it",
    before: `${orders} ALTER TABLE orders ADD CONSTRAINT whole CHECK (total > 0 AND total IS NOT NULL) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT whole;`,
    sql: "ALTER TABLE orders ALTER COLUMN total SET NOT NULL; ALTER TABLE orders DROP CONSTRAINT whole",
    finds: [],
  },
  {
    rule: "set-not-null",
    says: "a check that was not validated proves nothing",
    before: `${orders} ALTER TABLE orders ADD CONSTRAINT whole CHECK (total IS NOT NULL) NOT VALID;`,
    sql: "ALTER TABLE orders ALTER COLUMN total SET NOT NULL",
    versions: [17],
    finds: [
      {
        rule: "set-not-null",
        at: "ALTER COLUMN total SET NOT NULL",
        locks: exclusive("scan"),
        safe: [
          "ALTER TABLE orders ADD CONSTRAINT orders_total_not_null CHECK (total IS NOT NULL) NOT VALID;",
          "ALTER TABLE orders VALIDATE CONSTRAINT orders_total_not_null;",
          "ALTER TABLE orders ALTER COLUMN total SET NOT NULL;\nALTER TABLE orders DROP CONSTRAINT orders_total_not_null;",
        ],
      },
    ],
  },
];
