import { columnsOfType, typeOf } from "../catalogue/catalogue.ts";
import { literal, quoted, quotedName } from "../sql/quote.ts";
import { as, nameOf, nameOfObject, nameOfWords, wordsOf } from "../sql/tree.ts";
import type { Rule } from "./rule.ts";
import { lock, safe, step } from "./safe.ts";

const renameEnumValue: Rule = {
  id: "rename-enum-value",
  family: "renames",
  severity: "error",
  title: "RENAME VALUE of an enum",
  why: "Rows that held the old value hold the new one at once: code that runs now meets a value that it does not know, and what it writes or asks for fails. A second value can stand beside the first until nobody says that one; it cannot be taken away then, and does no harm.",
  check({ node }, { catalogue, origin }) {
    const rename = as(node, "AlterEnumStmt");
    if (rename?.oldVal === undefined || rename.newVal === undefined) return [];
    const name = nameOfWords(wordsOf(rename.typeName));
    if (typeOf(catalogue, name)?.origin?.release === origin.release) return [];
    const [old, now] = [literal(rename.oldVal), literal(rename.newVal)];
    const fills = columnsOfType(catalogue, name).map(({ table, column }) => {
      const [relation, field] = [quotedName(table.name), quoted(column.name)];
      return step(
        "The next release, once no revision that knows only the old one can come back: in batches, until it changes no row",
        `UPDATE ${relation} SET ${field} = ${now}\nWHERE ctid = ANY (ARRAY(SELECT ctid FROM ${relation} WHERE ${field} = ${old} LIMIT 1000 FOR UPDATE SKIP LOCKED))`,
        { inTransaction: false, release: "next" },
      );
    });
    return [
      {
        says: `rows with ${old} hold ${now} at once, which code that runs now does not know, and ${old} is no value any more`,
        safe: safe(
          step(
            "A second value beside the first: this release reads both, and writes the old one",
            `ALTER TYPE ${quotedName(name)} ADD VALUE IF NOT EXISTS ${now} AFTER ${old}`,
          ),
          ...fills,
        ),
      },
    ];
  },
};

const renameType: Rule = {
  id: "rename-type",
  family: "renames",
  severity: "warning",
  title: "RENAME of a type, a domain or one of its attributes",
  why: "Code that runs now says the name in casts, in parameters or when it asks for the type's number, and fails from now on; new code has failed before. Postgres gives a type no second name: take the new one only for a new type, or leave it as it is.",
  check({ node }, { catalogue, origin }) {
    const rename = as(node, "RenameStmt");
    if (!["OBJECT_TYPE", "OBJECT_DOMAIN", "OBJECT_ATTRIBUTE"].includes(rename?.renameType ?? "")) return [];
    const name = rename?.relation === undefined ? nameOfObject(rename?.object) : nameOf(rename.relation);
    if (typeOf(catalogue, name)?.origin?.release === origin.release) return [];
    const old = rename?.subname === undefined ? quotedName(name) : `${quoted(rename.subname)} of ${quotedName(name)}`;
    return [{ says: `what says ${old} fails from now on, and what says ${quoted(rename?.newname ?? "")} has failed before` }];
  },
};

const renameConstraint: Rule = {
  id: "rename-constraint",
  family: "renames",
  severity: "warning",
  title: "RENAME CONSTRAINT",
  why: "Code that says ON CONFLICT ON CONSTRAINT, or knows by the constraint's name which of its mistakes the database refused, no longer finds it. There is no second name for a constraint: let the code name columns instead of the constraint first, or leave the name as it is.",
  check({ node }, { isNew }) {
    const rename = as(node, "RenameStmt");
    if (rename?.renameType !== "OBJECT_TABCONSTRAINT" || isNew(nameOf(rename.relation))) return [];
    const relation = quotedName(nameOf(rename.relation));
    return [
      {
        says: `code that knows ${quoted(rename.subname ?? "")} of ${relation} by its name no longer finds it`,
        locks: [lock(relation, "ACCESS EXCLUSIVE", "instant")],
      },
    ];
  },
};

const renameRoutine: Rule = {
  id: "rename-routine",
  family: "renames",
  severity: "warning",
  title: "RENAME of a function or a procedure",
  why: "Code that runs now calls the old name and fails from now on; new code has failed before. Make a function of the new name beside it, which may call the old one, and drop that with the next release.",
  check({ node }) {
    const rename = as(node, "RenameStmt");
    if (!["OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE", "OBJECT_AGGREGATE"].includes(rename?.renameType ?? ""))
      return [];
    const name = quotedName(nameOfWords(wordsOf(as(rename?.object, "ObjectWithArgs")?.objname)));
    return [
      { says: `whoever calls ${name} fails from now on, and who calls ${quoted(rename?.newname ?? "")} has failed before` },
    ];
  },
};

export const otherRenames: readonly Rule[] = [renameEnumValue, renameType, renameConstraint, renameRoutine];
