import { madeName, quoted, quotedName } from "../sql/quote.ts";
import type { Name } from "../sql/tree.ts";
import type { SafeStep } from "../finding.ts";
import { step } from "./safe.ts";

/** Fills a column bit by bit: each round is a short transaction, to be run until it changes nothing. */
export function backfill(table: Name, column: string, expression: string): SafeStep {
  const [relation, name] = [quotedName(table), quoted(column)];
  return step(
    "Fill it in batches: run this again and again, until it changes no row",
    `UPDATE ${relation} SET ${name} = ${expression}\nWHERE ctid = ANY (ARRAY(SELECT ctid FROM ${relation} WHERE ${name} IS NULL LIMIT 1000 FOR UPDATE SKIP LOCKED))`,
    { inTransaction: false },
  );
}

/** SET NOT NULL with no long lock: the scan happens while reads and writes go on. */
export function notNullSteps(table: Name, column: string, version: number): readonly SafeStep[] {
  const [relation, name] = [quotedName(table), quoted(column)];
  const constraint = quoted(madeName(table.name, column, "not_null"));
  if (version >= 18)
    return [
      step("From now on no row gets a null", `ALTER TABLE ${relation} ADD CONSTRAINT ${constraint} NOT NULL ${name} NOT VALID`),
      step(
        "In another transaction: look at the rows that are there, while reads and writes go on",
        `ALTER TABLE ${relation} VALIDATE CONSTRAINT ${constraint}`,
      ),
    ];
  return [
    step(
      "From now on no row gets a null",
      `ALTER TABLE ${relation} ADD CONSTRAINT ${constraint} CHECK (${name} IS NOT NULL) NOT VALID`,
    ),
    step(
      "In another transaction: look at the rows that are there, while reads and writes go on",
      `ALTER TABLE ${relation} VALIDATE CONSTRAINT ${constraint}`,
    ),
    step(
      "The check proves it, so that this reads no row",
      `ALTER TABLE ${relation} ALTER COLUMN ${name} SET NOT NULL;\nALTER TABLE ${relation} DROP CONSTRAINT ${constraint}`,
    ),
  ];
}
