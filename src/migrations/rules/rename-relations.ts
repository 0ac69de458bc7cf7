import type { SafeWay } from "../finding.ts";
import { quoted, quotedName } from "../sql/quote.ts";
import { as, type Name, nameOf } from "../sql/tree.ts";
import type { Rule } from "./rule.ts";
import { lock, safe, step } from "./safe.ts";

const both =
  "The code that runs now knows the old name, the new code knows the new one, and both run at the same time while a release is under way: whichever name is missing, one of them fails. A view of the new name reads and writes the same rows, so that both can be said.";

const words: Readonly<Record<string, string>> = {
  OBJECT_TABLE: "TABLE",
  OBJECT_VIEW: "VIEW",
  OBJECT_MATVIEW: "MATERIALIZED VIEW",
  OBJECT_FOREIGN_TABLE: "FOREIGN TABLE",
};

/** The new name as a view for now, and the change itself once nobody says the old one. */
function viewFirst(old: Name, now: Name, change: string): SafeWay {
  return safe(
    step(
      "Both names can be said: a view that reads and writes the same rows",
      `CREATE VIEW ${quotedName(now)} WITH (security_invoker = true) AS SELECT * FROM ${quotedName(old)}`,
    ),
    step(
      "The next release, once no revision that says the old name can come back: in one transaction",
      `DROP VIEW ${quotedName(now)};\n${change}`,
      { release: "next" },
    ),
  );
}

const renameTable: Rule = {
  id: "rename-table",
  family: "renames",
  severity: "error",
  title: "RENAME of a table or a view",
  why: both,
  check({ node, text }, { isNew }) {
    const rename = as(node, "RenameStmt");
    const word = words[rename?.renameType ?? ""];
    if (rename?.relation === undefined || word === undefined || isNew(nameOf(rename.relation))) return [];
    const old = nameOf(rename.relation);
    const now = { ...old, name: rename.newname ?? "" };
    return [
      {
        says: `queries that say ${quotedName(old)} fail from now on, and those that say ${quotedName(now)} have failed before`,
        locks: [lock(quotedName(old), "ACCESS EXCLUSIVE", "instant")],
        safe: viewFirst(old, now, text),
      },
    ];
  },
};

const moveToSchema: Rule = {
  id: "set-schema",
  family: "renames",
  severity: "error",
  title: "SET SCHEMA",
  why: both,
  check({ node, text }, { isNew, catalogue }) {
    const move = as(node, "AlterObjectSchemaStmt");
    const word = words[move?.objectType ?? ""];
    if (move?.relation === undefined || word === undefined || isNew(nameOf(move.relation))) return [];
    const old = nameOf(move.relation);
    const now = { schema: move.newschema ?? "", name: old.name };
    // Where the search path finds both schemas, the name alone goes on to be found.
    const isFound = old.schema === undefined && catalogue.searchPath.includes(now.schema);
    return [
      {
        says: `queries that say ${quotedName(old)}${isFound ? " with its schema, or without this search path," : ""} fail from now on, and those that say ${quotedName(now)} have failed before`,
        locks: [lock(quotedName(old), "ACCESS EXCLUSIVE", "instant")],
        safe: viewFirst(old, now, text),
      },
    ];
  },
};

const renameSchema: Rule = {
  id: "rename-schema",
  family: "renames",
  severity: "error",
  title: "RENAME of a schema",
  why: "Every query, function and search path that says the old name fails from now on, while code that knows only the old one still runs. A second schema with a view of each table lets both be said.",
  check({ node, text }, { catalogue, origin }) {
    const rename = as(node, "RenameStmt");
    if (rename?.renameType !== "OBJECT_SCHEMA") return [];
    const [old, now] = [rename.subname ?? "", rename.newname ?? ""];
    if (catalogue.schemas.get(old)?.release === origin.release) return [];
    const tables = [...catalogue.tables].flatMap(([key, { kind }]) => {
      const [schema, name] = JSON.parse(key) as [string, string];
      return schema === old && kind !== "unknown" ? [name] : [];
    });
    const views = tables.map(
      (name) =>
        `CREATE VIEW ${quotedName({ schema: now, name })} WITH (security_invoker = true) AS SELECT * FROM ${quotedName({ schema: old, name })}`,
    );
    return [
      {
        says: `whatever says ${quoted(old)} fails from now on, and what says ${quoted(now)} has failed before`,
        ...(tables.length === 0
          ? {}
          : {
              safe: safe(
                step("Both names can be said: a schema of views", [`CREATE SCHEMA ${quoted(now)}`, ...views].join(";\n")),
                step(
                  "The next release, once no revision that says the old name can come back: in one transaction",
                  `DROP SCHEMA ${quoted(now)} CASCADE;\n${text}`,
                  { release: "next" },
                ),
              ),
            }),
      },
    ];
  },
};

export const relationRenames: readonly Rule[] = [renameTable, moveToSchema, renameSchema];
