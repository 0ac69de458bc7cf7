import type { Node } from "libpg-query";
import { type Name, as, nameOfObject, nameOfWords, wordsOf } from "../sql/tree.ts";
import { textOf } from "./made.ts";
import type { Taken } from "./what-is-taken.ts";

type Word = { readonly word: string; readonly kind: Taken["kind"]; readonly of?: "relation" | "schema" };

const words: Readonly<Record<string, Word>> = {
  OBJECT_TABLE: { word: "table", kind: "loses", of: "relation" },
  OBJECT_FOREIGN_TABLE: { word: "foreign table", kind: "breaks", of: "relation" },
  OBJECT_VIEW: { word: "view", kind: "breaks", of: "relation" },
  OBJECT_MATVIEW: { word: "materialized view", kind: "breaks", of: "relation" },
  OBJECT_SCHEMA: { word: "schema", kind: "loses", of: "schema" },
  OBJECT_SEQUENCE: { word: "sequence", kind: "breaks" },
  OBJECT_TYPE: { word: "type", kind: "breaks" },
  OBJECT_DOMAIN: { word: "domain", kind: "breaks" },
  OBJECT_FUNCTION: { word: "function", kind: "breaks" },
  OBJECT_PROCEDURE: { word: "procedure", kind: "breaks" },
  OBJECT_EXTENSION: { word: "extension", kind: "breaks" },
  // ON CONFLICT needs the index that it names.
  OBJECT_INDEX: { word: "index", kind: "may break" },
};

export function takenByDrop(node: Node): readonly Taken[] | undefined {
  const drop = as(node, "DropStmt");
  if (drop === undefined) return undefined;
  const known = words[drop.removeType ?? ""];
  return (drop.objects ?? []).map((object) => {
    const relation = textOf(nameOfDropped(object));
    if (known === undefined) return { does: `drops something: ${relation}`, kind: "may break", relation, of: [] };
    const of = known.of === "relation" ? [relation] : known.of === "schema" ? [`schema ${relation}`] : [];
    return { does: `drops the ${known.word} ${relation}`, kind: known.kind, relation, of };
  });
}

export function nameOfDropped(object: Node): Name {
  const routine = as(object, "ObjectWithArgs");
  return routine === undefined ? nameOfObject(object) : nameOfWords(wordsOf(routine.objname));
}
