import type { Lock } from "../../../src/migrations/finding.ts";
import type { RuleCase } from "./case.ts";

const orders =
  "CREATE TABLE orders (id bigint PRIMARY KEY); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER stamp BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f(); CREATE POLICY own ON orders USING (true); CREATE MATERIALIZED VIEW sums AS SELECT count(*) AS n FROM orders; CREATE UNIQUE INDEX sums_n ON sums (n);";
const lock = (mode: Lock["mode"], relation = "orders", lasts: Lock["lasts"] = "instant"): readonly Lock[] => [
  { relation, mode, lasts },
];
const bad = (rule: string, sql: string, says: string, locks: readonly Lock[] = [], rewrites?: readonly string[]): RuleCase => ({
  rule,
  says,
  before: orders,
  sql,
  finds: [{ rule, at: sql, locks, ...(rewrites ? { rewrites } : {}) }],
});
const good = (rule: string, sql: string, says: string): RuleCase => ({ rule, says, before: orders, sql, finds: [] });
const create = "CREATE TRIGGER t BEFORE UPDATE ON";

export const surroundingCases: readonly RuleCase[] = [
  bad("drop-trigger", "DROP TRIGGER stamp ON orders", "what it did stops", lock("ACCESS EXCLUSIVE")),
  good("drop-trigger", "CREATE TABLE a (b int); DROP TRIGGER IF EXISTS c ON a", "of a new table"),
  bad("drop-policy", "DROP POLICY own ON public.orders", "rows vanish", lock("ACCESS EXCLUSIVE", "public.orders")),
  good("drop-policy", "CREATE TABLE a (b int); DROP POLICY IF EXISTS c ON a", "of a new table"),
  bad("create-trigger", `${create} orders FOR EACH ROW EXECUTE FUNCTION f()`, "writes do more", lock("SHARE ROW EXCLUSIVE")),
  good("create-trigger", `CREATE TABLE a (b int); ${create} a FOR EACH ROW EXECUTE FUNCTION f()`, "of a new table"),
  bad(
    "refresh-not-concurrently",
    "REFRESH MATERIALIZED VIEW sums",
    "nobody reads it",
    lock("ACCESS EXCLUSIVE", "sums", "rewrite"),
    ["sums"],
  ),
  good("refresh-not-concurrently", "REFRESH MATERIALIZED VIEW CONCURRENTLY sums", "while reads go on"),
  bad("lock-table", "LOCK TABLE orders", "everybody waits", lock("ACCESS EXCLUSIVE")),
  bad("lock-table", "LOCK TABLE orders IN SHARE MODE", "who writes waits", lock("SHARE")),
  good("lock-table", "LOCK TABLE orders IN ROW EXCLUSIVE MODE", "nobody waits"),
  bad("set-search-path", "SET search_path = shop", "it stays"),
  good("set-search-path", "SET LOCAL search_path = shop", "it ends with the transaction"),
  bad("create-extension", "CREATE EXTENSION IF NOT EXISTS citext", "it has to be there"),
  good("create-extension", "COMMENT ON EXTENSION plpgsql IS 'a'", "one that is there"),
  bad("grant-to-public", "GRANT SELECT ON orders TO PUBLIC", "everybody may"),
  good("grant-to-public", "REVOKE ALL ON orders FROM PUBLIC", "nobody may"),
];
