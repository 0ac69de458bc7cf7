import type { RuleCase } from "./case.ts";

const orders =
  "CREATE TABLE orders (id bigint PRIMARY KEY, total int, state text); CREATE INDEX orders_state ON orders (state, total);";
const bad = (rule: string, sql: string, at: string, says: string): RuleCase => ({
  rule,
  says,
  before: orders,
  sql,
  finds: [{ rule, at, locks: [] }],
});
const good = (rule: string, sql: string, says: string): RuleCase => ({ rule, says, before: orders, sql, finds: [] });

const long = "a_name_that_is_quite_a_lot_longer_than_what_postgres_keeps_of_it_all";
const index = "CREATE TABLE a (b int, c int, d int, e int); CREATE INDEX f ON a";

export const styleCases: readonly RuleCase[] = [
  bad("type-char", "CREATE TABLE a (b char(3))", "char(3)", "blanks"),
  bad("type-char", 'CREATE TABLE "é" (b character (3) NOT NULL)', "character (3)", "blanks, behind other letters"),
  good("type-char", 'CREATE TABLE a (b text, c "char")', "text, and the one byte of the catalogues"),
  bad("type-varchar", "CREATE TABLE a (b character varying(30))", "character varying(30)", "a length"),
  good("type-varchar", "CREATE TABLE a (b varchar)", "no length"),
  bad("type-timestamp", "CREATE TABLE a (b timestamp(3) without time zone)", "timestamp(3) without time zone", "no moment"),
  good("type-timestamp", "CREATE TABLE a (b timestamptz, c timestamp with time zone)", "a moment"),
  bad("key-integer", "CREATE TABLE a (b int PRIMARY KEY)", "int", "of a column"),
  bad("key-integer", "CREATE TABLE a (b smallint, PRIMARY KEY (b))", "smallint", "of the table"),
  good("key-integer", "CREATE TABLE a (b bigint PRIMARY KEY, c int)", "bigint"),
  good("key-integer", "CREATE TABLE a (b int, c int, PRIMARY KEY (b, c))", "of two columns"),
  bad("type-serial", "CREATE TABLE a (b bigserial)", "bigserial", "two things"),
  good("type-serial", "CREATE TABLE a (b bigint GENERATED ALWAYS AS IDENTITY)", "one thing"),
  bad("index-wide", `${index} (b, c, d, e)`, "CREATE INDEX f ON a (b, c, d, e)", "each write keeps them up to date"),
  good("index-wide", `${index} (b) INCLUDE (c, d, e)`, "what is only read"),
  bad("index-repeated", `${index} (b, c); CREATE INDEX g ON a (b)`, "CREATE INDEX g ON a (b)", "another one begins with it"),
  bad("index-repeated", `${index} (b, b)`, "CREATE INDEX f ON a (b, b)", "a column twice"),
  bad("index-repeated", "CREATE TABLE a (b int UNIQUE); CREATE INDEX c ON a (b)", "CREATE INDEX c ON a (b)", "of a constraint"),
  good("index-repeated", `${index} (b, c); CREATE INDEX g ON a (c); CREATE INDEX h ON a (b) WHERE c > 0`, "others"),
  bad("name-too-long", `CREATE TABLE ${long} (b int)`, long, "cut"),
  bad("name-too-long", `CREATE TABLE "${"é".repeat(32)}" (b int)`, `"${"é".repeat(32)}"`, "64 bytes of 32 letters"),
  good("name-too-long", `CREATE TABLE ${long.slice(0, 63)} (b text DEFAULT '${long}')`, "63 bytes, and a text"),
  bad("name-needs-quotes", 'CREATE TABLE a ("createdAt" text)', 'CREATE TABLE a ("createdAt" text)', "quotes"),
  good("name-needs-quotes", "CREATE TABLE A (createdAt text, größe int)", "no quotes"),
  bad("schema-missing", "CREATE TABLE a (b text)", "CREATE TABLE a (b text)", "which one?"),
  good("schema-missing", "CREATE TABLE public.a (b text)", "this one"),
];
