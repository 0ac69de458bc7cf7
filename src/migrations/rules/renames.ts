import { madeName, quoted, quotedName } from "../sql/quote.ts";
import { as, nameOf } from "../sql/tree.ts";
import { notNullSteps } from "./backfill.ts";
import { otherRenames } from "./rename-objects.ts";
import { relationRenames } from "./rename-relations.ts";
import type { Rule } from "./rule.ts";
import { lock, safe, step } from "./safe.ts";

const renameColumn: Rule = {
  id: "rename-column",
  family: "renames",
  severity: "error",
  title: "RENAME COLUMN",
  why: "The code that runs now knows the old name, the new code knows the new one, and both run at the same time while a release is under way: whichever name is missing, one of them fails.",
  check({ node }, { isNew, table: known, version }) {
    const rename = as(node, "RenameStmt");
    if (rename?.renameType !== "OBJECT_COLUMN" || isNew(nameOf(rename.relation))) return [];
    const table = nameOf(rename.relation);
    const [relation, old, now] = [quotedName(table), quoted(rename.subname ?? ""), quoted(rename.newname ?? "")];
    const routine = quotedName({ ...table, name: madeName(table.name, rename.newname ?? "", "sync") });
    const trigger = quoted(madeName(table.name, rename.newname ?? "", "sync"));
    const column = known(table)?.columns.get(rename.subname ?? "");
    const type = rename.relationType === "OBJECT_TABLE" ? column?.type?.text : undefined;
    const after = column?.notNull === true ? notNullSteps(table, rename.newname ?? "", version) : [];
    return [
      {
        says: `queries that say ${old} of ${relation} fail from now on, and those that say ${now} have failed before`,
        locks: [lock(relation, "ACCESS EXCLUSIVE", "instant")],
        ...(type === undefined
          ? {
              why:
                rename.relationType === "OBJECT_TABLE"
                  ? "The code that runs now knows the old name and the new code the new one, and both run during a release. Add a column of the new name and the same type, keep the two alike by a trigger, fill it in batches, and drop the old one with the next release."
                  : "The code that runs now knows the old name and the new code the new one, and both run during a release. Give the view both columns (CREATE OR REPLACE VIEW adds one behind the others), and take the old one away with the next release.",
            }
          : {
              safe: safe(
                step("A column of the new name", `ALTER TABLE ${relation} ADD COLUMN ${now} ${type}`),
                step(
                  "Whoever writes one of the two writes both",
                  `CREATE FUNCTION ${routine}() RETURNS trigger LANGUAGE plpgsql AS $gantry$\nBEGIN\n  IF TG_OP = 'INSERT' THEN\n    IF NEW.${now} IS NULL THEN\n      NEW.${now} := NEW.${old};\n    ELSE\n      NEW.${old} := NEW.${now};\n    END IF;\n  ELSIF NEW.${now} IS DISTINCT FROM OLD.${now} THEN\n    NEW.${old} := NEW.${now};\n  ELSE\n    NEW.${now} := NEW.${old};\n  END IF;\n  RETURN NEW;\nEND $gantry$;\nCREATE TRIGGER ${trigger} BEFORE INSERT OR UPDATE ON ${relation} FOR EACH ROW EXECUTE FUNCTION ${routine}()`,
                ),
                step(
                  "Fill it in batches: run this again and again, until it changes no row",
                  `UPDATE ${relation} SET ${now} = ${old}\nWHERE ctid = ANY (ARRAY(SELECT ctid FROM ${relation} WHERE ${now} IS NULL AND ${old} IS NOT NULL LIMIT 1000 FOR UPDATE SKIP LOCKED))`,
                  { inTransaction: false },
                ),
                ...after,
                ...(column?.hasDefault === true
                  ? [
                      step(
                        "Before the old one goes",
                        `-- ${now} needs the default that ${old} has: ALTER TABLE ${relation} ALTER COLUMN ${now} SET DEFAULT …;`,
                      ),
                    ]
                  : []),
                step(
                  "The next release, once no revision that says the old name can come back",
                  `DROP TRIGGER ${trigger} ON ${relation};\nDROP FUNCTION ${routine}();\nALTER TABLE ${relation} DROP COLUMN ${old}`,
                  { release: "next" },
                ),
              ),
            }),
      },
    ];
  },
};

export const renameRules: readonly Rule[] = [renameColumn, ...relationRenames, ...otherRenames];
