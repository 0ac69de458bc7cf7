import type { Lock } from "../../../src/migrations/finding.ts";
import type { RuleCase } from "./case.ts";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, total int, state text);";
const written = (lasts: Lock["lasts"]): readonly Lock[] => [{ relation: "orders", mode: "ROW EXCLUSIVE", lasts }];
const finds = (rule: string, sql: string, lasts: Lock["lasts"]) => [
  { rule, at: sql, locks: written(lasts), safe: [`-- gantry: backfill\n${sql}\n;`] },
];
const found = (rule: string, says: string, sql: string, lasts: Lock["lasts"]): RuleCase => ({
  rule,
  says,
  before: orders,
  sql,
  finds: finds(rule, sql, lasts),
});
const fine = (rule: string, says: string, sql: string): RuleCase => ({ rule, says, before: orders, sql, finds: [] });

export const writeCases: readonly RuleCase[] = [
  found("write-every-row", "a backfill in one go", "UPDATE orders SET total = 0", "scan"),
  found("write-every-row", "TRUE is no condition", "DELETE FROM orders WHERE true", "scan"),
  fine("write-every-row", "of a table of the same migration", "CREATE TABLE a (b int); UPDATE a SET b = 1"),
  fine("write-every-row", "in batches, by Gantry's own runner", "-- gantry: backfill\nUPDATE orders SET total = 0"),
  found("write-unbatched", "those that have no value yet", "UPDATE orders SET total = 0 WHERE total IS NULL", "unknown"),
  found("write-unbatched", "a column that is no key", "DELETE FROM orders WHERE state = 'old'", "unknown"),
  found("write-unbatched", "a range without an end", "DELETE FROM orders WHERE id > 10", "unknown"),
  fine("write-unbatched", "one row by its key", "UPDATE orders SET total = 0 WHERE id = 7 AND total IS NULL"),
  fine("write-unbatched", "some by their keys", "UPDATE orders SET total = 0 WHERE id IN (7, 8)"),
  fine("write-unbatched", "a range with two ends", "UPDATE orders SET total = 0 WHERE id >= 10 AND id < 20"),
  fine("write-unbatched", "a range by BETWEEN", "DELETE FROM orders WHERE id BETWEEN 10 AND 20"),
  fine(
    "write-unbatched",
    "a batch that says how many",
    "DELETE FROM orders WHERE id IN (SELECT id FROM orders WHERE state = 'old' LIMIT 100)",
  ),
];
