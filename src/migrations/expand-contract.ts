import type { AlterTableCmd, Node } from "libpg-query";
import type { Migration, MigrationText } from "./migration.ts";
import { bodyOf } from "./sql/bodies.ts";
import { parseSql } from "./sql/parse.ts";
import type { Parser } from "./sql/parser.ts";
import { type Name, as, nameOf, nameOfObject, wordsOf } from "./sql/tree.ts";
import { filesPlace } from "./run/file-place.ts";

// Expand and contract over two releases: the first adds and fills, the second takes away. What takes away is told here.

/** A statement after which code that was written before it may not work, or something is lost. */
export type Contract = {
  readonly migration: string;
  /** `drops the column notes.title` */
  readonly does: string;
  /** breaks: code that uses the old shape. loses: data too. */
  readonly kind: "breaks" | "loses";
  readonly relation: string;
  readonly place: { readonly file: string; readonly line: number; readonly column: number };
};

/** `-- gantry: contract`: the code that comes with it works with and without it. */
const marked = /^--[ \t]*gantry:[ \t]*contract[ \t]*\r?$/m;

export const isContract = ({ sql }: MigrationText): boolean => marked.test(sql);

/** What of these migrations takes something away, of what was there before the first of them. */
export function contractsOf(parser: Parser, migrations: readonly Migration[]): readonly Contract[] {
  const made = new Set<string>();
  return migrations.flatMap(({ name, up }) => contractsIn(parser, name, up, made));
}

/** What is lost by going back. */
export function lossesOf(parser: Parser, name: string, down: MigrationText): readonly Contract[] {
  return contractsIn(parser, name, down, new Set()).filter(({ kind }) => kind === "loses");
}

type Seen = Pick<Contract, "does" | "kind" | "relation">;

function contractsIn(parser: Parser, migration: string, text: MigrationText, made: Set<string>): readonly Contract[] {
  const { statements } = parseSql(parser, text.sql, (at) => ({ file: text.file, ...filesPlace(text, at) }));
  const all = statements.flatMap((one) => {
    // A function's body runs when somebody calls it.
    const body = as(one.node, "DoStmt") === undefined ? undefined : bodyOf(parser, one);
    return [one, ...(body?.statements ?? [])];
  });
  // A new name with a view that goes by the old one breaks nobody.
  const views = new Set(all.flatMap(({ node }) => shown(as(node, "ViewStmt")?.view)));
  return all.flatMap(({ node, from }) => {
    for (const one of createdBy(node)) made.add(one);
    return seenIn(node)
      .filter(({ relation, does }) => !made.has(relation) && !(does.startsWith("renames the table") && views.has(relation)))
      .map((seen) => ({ migration, ...seen, place: { file: text.file, ...filesPlace(text, from) } }));
  });
}

function createdBy(node: Node): readonly string[] {
  const made = as(node, "CreateStmt")?.relation ?? as(node, "ViewStmt")?.view ?? as(node, "CreateTableAsStmt")?.into?.rel;
  const schema = as(node, "CreateSchemaStmt")?.schemaname;
  return made === undefined ? (schema === undefined ? [] : [schema]) : shown(made);
}

const shown = (relation: Parameters<typeof nameOf>[0]): readonly string[] =>
  relation === undefined ? [] : [textOf(nameOf(relation))];

/** `public` is where everything is that says nothing else. */
function textOf({ schema, name }: Name): string {
  return schema === undefined || schema === "public" ? name : `${schema}.${name}`;
}

function seenIn(node: Node): readonly Seen[] {
  const alter = as(node, "AlterTableStmt");
  if (alter !== undefined) {
    const relation = textOf(nameOf(alter.relation));
    return (alter.cmds ?? []).flatMap((one) => commandSeen(as(one, "AlterTableCmd"), relation));
  }
  const drop = as(node, "DropStmt");
  if (drop !== undefined) {
    const what = dropped[drop.removeType ?? ""];
    return what === undefined
      ? []
      : (drop.objects ?? []).map((object) => {
          const relation = textOf(nameOfDropped(object));
          return { does: `drops the ${what.word} ${relation}`, kind: what.kind, relation };
        });
  }
  const truncate = as(node, "TruncateStmt");
  if (truncate !== undefined)
    return (truncate.relations ?? []).map((one) => {
      const relation = textOf(nameOf(as(one, "RangeVar")));
      return { does: `empties the table ${relation}`, kind: "loses", relation };
    });
  const cleared = as(node, "DeleteStmt");
  if (cleared !== undefined && cleared.whereClause === undefined) {
    const relation = textOf(nameOf(cleared.relation));
    return [{ does: `deletes all rows of ${relation}`, kind: "loses", relation }];
  }
  return renameSeen(node);
}

function nameOfDropped(object: Node): Name {
  const routine = as(object, "ObjectWithArgs");
  if (routine === undefined) return nameOfObject(object);
  const words = wordsOf(routine.objname);
  const schema = words.at(-2);
  return { name: words.at(-1) ?? "", ...(schema === undefined ? {} : { schema }) };
}

const dropped: Readonly<Record<string, { readonly word: string; readonly kind: Contract["kind"] }>> = {
  OBJECT_TABLE: { word: "table", kind: "loses" },
  OBJECT_FOREIGN_TABLE: { word: "foreign table", kind: "breaks" },
  OBJECT_VIEW: { word: "view", kind: "breaks" },
  OBJECT_MATVIEW: { word: "materialized view", kind: "breaks" },
  OBJECT_SCHEMA: { word: "schema", kind: "loses" },
  OBJECT_SEQUENCE: { word: "sequence", kind: "breaks" },
  OBJECT_TYPE: { word: "type", kind: "breaks" },
  OBJECT_DOMAIN: { word: "domain", kind: "breaks" },
  OBJECT_FUNCTION: { word: "function", kind: "breaks" },
  OBJECT_PROCEDURE: { word: "procedure", kind: "breaks" },
  OBJECT_EXTENSION: { word: "extension", kind: "breaks" },
};

function commandSeen(command: AlterTableCmd | undefined, relation: string): readonly Seen[] {
  const column = `${relation}.${command?.name ?? ""}`;
  const breaks = (does: string): readonly Seen[] => [{ does, kind: "breaks", relation }];
  switch (command?.subtype) {
    case "AT_DropColumn":
      return [{ does: `drops the column ${column}`, kind: "loses", relation }];
    case "AT_AlterColumnType":
      return breaks(`changes the type of ${column}`);
    case "AT_SetNotNull":
      return breaks(`forbids NULL in ${column}`);
    case "AT_ColumnDefault":
      return command.def === undefined ? breaks(`drops the default of ${column}`) : [];
    case "AT_DropIdentity":
      return breaks(`drops the identity of ${column}`);
    case "AT_DetachPartition":
      return breaks(`takes a partition out of ${relation}`);
    case "AT_AddConstraint": {
      const constraint = as(command.def, "Constraint");
      return constraint?.contype === "CONSTR_NOTNULL"
        ? breaks(`forbids NULL in ${relation}.${wordsOf(constraint.keys).join(", ")}`)
        : [];
    }
    case "AT_AddColumn": {
      const definition = as(command.def, "ColumnDef");
      const kinds = (definition?.constraints ?? []).flatMap((one) => as(one, "Constraint")?.contype ?? []);
      const given = kinds.some((one) => one === "CONSTR_DEFAULT" || one === "CONSTR_IDENTITY" || one === "CONSTR_GENERATED");
      const serial = wordsOf(definition?.typeName?.names).some((one) => /serial\d?$/.test(one));
      const required = kinds.includes("CONSTR_NOTNULL") || kinds.includes("CONSTR_PRIMARY");
      return required && !given && !serial
        ? breaks(`adds ${relation}.${definition?.colname ?? ""}, which every row has to be given`)
        : [];
    }
    default:
      return [];
  }
}

const renamed: Readonly<Record<string, string>> = {
  OBJECT_TABLE: "table",
  OBJECT_VIEW: "view",
  OBJECT_MATVIEW: "materialized view",
  OBJECT_SEQUENCE: "sequence",
  OBJECT_SCHEMA: "schema",
  OBJECT_TYPE: "type",
  OBJECT_DOMAIN: "domain",
  OBJECT_FUNCTION: "function",
  OBJECT_PROCEDURE: "procedure",
};

function renameSeen(node: Node): readonly Seen[] {
  const rename = as(node, "RenameStmt");
  if (rename !== undefined) {
    const relation =
      rename.relation === undefined
        ? rename.object === undefined
          ? (rename.subname ?? "")
          : textOf(nameOfDropped(rename.object))
        : textOf(nameOf(rename.relation));
    const to = rename.newname ?? "";
    if (rename.renameType === "OBJECT_COLUMN" || rename.renameType === "OBJECT_ATTRIBUTE")
      return [{ does: `renames the column ${relation}.${rename.subname ?? ""} to ${to}`, kind: "breaks", relation }];
    const word = renamed[rename.renameType ?? ""];
    return word === undefined ? [] : [{ does: `renames the ${word} ${relation} to ${to}`, kind: "breaks", relation }];
  }
  const moved = as(node, "AlterObjectSchemaStmt");
  if (moved?.relation !== undefined) {
    const relation = textOf(nameOf(moved.relation));
    return [{ does: `moves ${relation} to the schema ${moved.newschema ?? ""}`, kind: "breaks", relation }];
  }
  const value = as(node, "AlterEnumStmt");
  if (value?.oldVal !== undefined) {
    const relation = wordsOf(value.typeName).join(".");
    return [{ does: `renames the value ${value.oldVal} of ${relation}`, kind: "breaks", relation }];
  }
  return [];
}
