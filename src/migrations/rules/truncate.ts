import { type Catalogue, foundKeyOf, tableOf } from "../catalogue/catalogue.ts";
import { quotedName } from "../sql/quote.ts";
import { as, type Name, nameOf } from "../sql/tree.ts";
import type { Rule } from "./rule.ts";
import { lock, safe, step } from "./safe.ts";

const truncate: Rule = {
  id: "truncate",
  family: "data",
  severity: "error",
  title: "TRUNCATE",
  why: "All rows are gone, at once and for good: what code that runs now still needs comes back only from a backup. It needs the strongest lock, for which everybody waits; and CASCADE empties every table that points to it too, whichever those are by then. Rows that nobody needs can be deleted in batches, of tables that are named.",
  isMeantInDown: true,
  check({ node }, { catalogue, isNew }) {
    const statement = as(node, "TruncateStmt");
    const named = (statement?.relations ?? []).map((one) => nameOf(as(one, "RangeVar")));
    const emptied = statement?.behavior === "DROP_CASCADE" ? withReferencing(catalogue, named) : named;
    const old = emptied.filter((one) => !isNew(one));
    if (old.length === 0) return [];
    const more = statement?.behavior === "DROP_CASCADE" ? ", with every table that points to it" : "";
    return [
      {
        says: `every row of ${old.map(quotedName).join(", ")} is gone${more}`,
        locks: old.map((one) => lock(quotedName(one), "ACCESS EXCLUSIVE", "instant")),
        safe: safe(
          // Those that point to others come first.
          ...old
            .toReversed()
            .map((one) =>
              step(
                `Delete the rows of ${quotedName(one)} in batches: run this again and again, until it changes no row`,
                `DELETE FROM ${quotedName(one)}\nWHERE ctid = ANY (ARRAY(SELECT ctid FROM ${quotedName(one)} LIMIT 1000 FOR UPDATE SKIP LOCKED))`,
                { inTransaction: false },
              ),
            ),
        ),
      },
    ];
  },
};

/** With those that a CASCADE reaches, as far as migrations tell. */
function withReferencing(catalogue: Catalogue, named: readonly Name[]): readonly Name[] {
  const found = new Map(named.map((one) => [foundKeyOf(catalogue, catalogue.tables, one), one]));
  for (const key of found.keys())
    for (const [other, table] of catalogue.tables)
      for (const { references } of table.constraints.values())
        if (references !== undefined && foundKeyOf(catalogue, catalogue.tables, references) === key && !found.has(other))
          found.set(other, tableOf(catalogue, table.name)?.name ?? table.name);
  return [...found.values()];
}

export const truncateRules: readonly Rule[] = [truncate];
