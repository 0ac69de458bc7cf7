import type { PostgresVersion } from "../../../src/migrations/rules/rule.ts";
import type { RuleCase } from "./case.ts";

const before = "CREATE TABLE orders (id bigint PRIMARY KEY);";
const sql = "ALTER TABLE orders ADD COLUMN a int";
const locks = [{ relation: "orders", mode: "ACCESS EXCLUSIVE" as const, lasts: "unknown" as const }];

function casesOf(setting: string, versions?: readonly PostgresVersion[]): readonly RuleCase[] {
  const rule = `no-${setting.replaceAll("_", "-")}`;
  const more = { rule, before, ...(versions === undefined ? {} : { versions }) };
  return [
    { ...more, says: "nothing says how long", sql, finds: [{ rule, at: sql, locks }] },
    { ...more, says: "0 is none", sql: `SET LOCAL ${setting} = 0; ${sql}`, finds: [{ rule, at: sql, locks }] },
    { ...more, says: "said in front of it", sql: `SET LOCAL ${setting} TO '2s'; ${sql}`, finds: [] },
    { ...more, says: "nobody waits for a new table", sql: "CREATE TABLE a (b int); ALTER TABLE a ADD c int", finds: [] },
  ];
}

export const timeoutCases: readonly RuleCase[] = [
  ...casesOf("lock_timeout"),
  ...casesOf("statement_timeout"),
  ...casesOf("transaction_timeout", [17, 18]),
];
