import type { SafeStep } from "../finding.ts";
import { madeName, quoted, quotedName } from "../sql/quote.ts";
import type { Name } from "../sql/tree.ts";
import { step } from "./safe.ts";

/** A column that follows from others of its row: kept so by a trigger, and filled in batches. */
export type Followed = { readonly table: Name; readonly column: string; readonly expression: string };

export function triggerOf({ table, column }: Pick<Followed, "table" | "column">) {
  const name = madeName(table.name, column, "sync");
  return { trigger: quoted(name), routine: quotedName({ ...table, name }) };
}

/** From now on each row that is written has it. The expression speaks of columns by their plain names. */
export function syncStep({ table, column, expression }: Followed): SafeStep {
  const { trigger, routine } = triggerOf({ table, column });
  return step(
    "Whoever writes a row writes it too",
    `CREATE FUNCTION ${routine}() RETURNS trigger LANGUAGE plpgsql AS $gantry$\nBEGIN\n  NEW.${quoted(column)} := (SELECT ${expression} FROM (SELECT NEW.*) AS written);\n  RETURN NEW;\nEND $gantry$;\nCREATE TRIGGER ${trigger} BEFORE INSERT OR UPDATE ON ${quotedName(table)} FOR EACH ROW EXECUTE FUNCTION ${routine}()`,
  );
}

export function fillStep({ table, column, expression }: Followed): SafeStep {
  const [relation, name] = [quotedName(table), quoted(column)];
  return step(
    "Fill it in batches: run this again and again, until it changes no row",
    `UPDATE ${relation} SET ${name} = ${expression}\nWHERE ctid = ANY (ARRAY(SELECT ctid FROM ${relation} WHERE ${name} IS NULL AND (${expression}) IS NOT NULL LIMIT 1000 FOR UPDATE SKIP LOCKED))`,
    { inTransaction: false },
  );
}

export function unsyncSql(followed: Pick<Followed, "table" | "column">): string {
  const { trigger, routine } = triggerOf(followed);
  return `DROP TRIGGER ${trigger} ON ${quotedName(followed.table)};\nDROP FUNCTION ${routine}()`;
}
