import type { DropStmt } from "libpg-query";
import { quoted, quotedName } from "../sql/quote.ts";
import { as, type Name, nameOf, nameOfObject } from "../sql/tree.ts";
import type { Rule } from "./rule.ts";
import { lock, safe, step } from "./safe.ts";

const untilNobodyReads =
  "Code that runs now, and the code that a rollback would bring back, may still need it: from that moment on its queries fail. What is gone comes back only from a backup. Let a release stop using it first, and remove it with the next one.";

type Dropped = { readonly kind: DropStmt["removeType"]; readonly word: string; readonly severity: "error" | "warning" };

function dropRule(id: string, title: string, { kind, word, severity }: Dropped): Rule {
  return {
    id,
    family: "drops",
    severity,
    title,
    why: untilNobodyReads,
    check({ node, text }, { isNew }) {
      const drop = as(node, "DropStmt");
      if (drop === undefined || drop.removeType !== kind) return [];
      const old = (drop.objects ?? []).map(nameOfObject).filter((name: Name) => !isNew(name));
      if (old.length === 0) return [];
      const names = old.map(quotedName);
      return [
        {
          says: `${names.join(", ")} is gone with all that is in it, and whoever still uses it fails`,
          locks: kind === "OBJECT_SCHEMA" ? [] : names.map((one) => lock(one, "ACCESS EXCLUSIVE", "instant")),
          safe: safe(
            step(`This release: nothing of its code uses ${names.join(", ")} any more`, `-- the ${word} stays as it is`),
            step("The next release, once no revision that uses it can come back", text, { release: "next" }),
          ),
        },
      ];
    },
  };
}

const dropDatabase: Rule = {
  id: "drop-database",
  family: "drops",
  severity: "error",
  title: "DROP DATABASE",
  why: "A migration works within one database; that it removes one is a mistake, and what is gone comes back only from a backup. There is no safe way to write it as a migration.",
  check({ node }) {
    const drop = as(node, "DropdbStmt");
    return drop === undefined ? [] : [{ says: `the database ${quoted(drop.dbname ?? "")} is gone with all that is in it` }];
  },
};

const dropColumn: Rule = {
  id: "drop-column",
  family: "drops",
  severity: "error",
  title: "DROP COLUMN",
  why: untilNobodyReads,
  check({ node }, { alter, isNew, table }) {
    const name = nameOf(as(node, "AlterTableStmt")?.relation);
    if (isNew(name)) return [];
    const relation = quotedName(name);
    return (alter()?.commands ?? []).flatMap(({ command, from, to, text }) => {
      if (command.subtype !== "AT_DropColumn") return [];
      const column = quoted(command.name ?? "");
      const isRequired = table(name)?.columns.get(command.name ?? "")?.notNull === true;
      const stays = isRequired
        ? step(
            "This release: its code does not use it any more, and rows need no value there",
            `ALTER TABLE ${relation} ALTER COLUMN ${column} DROP NOT NULL`,
          )
        : step(
            "This release: its code does not use it any more",
            "-- the column stays; were it NOT NULL without a default, drop that now",
          );
      return [
        {
          from,
          to,
          says: `${column} of ${relation} is gone with its values, and whoever still names it fails`,
          locks: [lock(relation, "ACCESS EXCLUSIVE", "instant")],
          safe: safe(
            stays,
            step("The next release, once no revision that uses it can come back", `ALTER TABLE ${relation} ${text}`, {
              release: "next",
            }),
          ),
        },
      ];
    });
  },
};

export const dropRules: readonly Rule[] = [
  dropRule("drop-table", "DROP TABLE", { kind: "OBJECT_TABLE", word: "table", severity: "error" }),
  dropColumn,
  dropRule("drop-schema", "DROP SCHEMA", { kind: "OBJECT_SCHEMA", word: "schema", severity: "error" }),
  dropDatabase,
  dropRule("drop-view", "DROP VIEW", { kind: "OBJECT_VIEW", word: "view", severity: "warning" }),
];
