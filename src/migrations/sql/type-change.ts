import type { ColumnType } from "./types.ts";

/** What a change of a column's type costs: nothing, its indexes built anew, or the table written anew. */
export type TypeCost = "nothing" | "indexes" | "rewrite" | "rewrite unless UTC";

const strings = ["text", "varchar"];
const precise = ["timestamp", "timestamptz", "time", "timetz", "interval"];
/** Kept in the same way, with the same order. */
const alike = ["cidr>inet", "xml>text", "xml>varchar", "int4>oid", "oid>int4"];

export function typeCost(from: ColumnType, to: ColumnType): TypeCost {
  const collated = from.collation === to.collation ? "nothing" : "indexes";
  const isSameType = from.name === to.name && from.schema === to.schema && from.dimensions === to.dimensions;
  if (isSameType && from.modifiers.join() === to.modifiers.join()) return collated;
  if (from.dimensions > 0 || to.dimensions > 0) return "rewrite";
  if (isSameType && from.name === "numeric") return widensNumeric(from, to) ? "nothing" : "rewrite";
  if (isSameType && precise.includes(from.name)) return precisionOf(to) >= precisionOf(from) ? "nothing" : "rewrite";
  if (isSameType && from.name === "varbit") return lengthOf(to) >= lengthOf(from) ? "nothing" : "rewrite";
  if (strings.includes(from.name) && strings.includes(to.name)) return lengthOf(to) >= lengthOf(from) ? collated : "rewrite";
  if (isCaseless(from, to) || isCaseless(to, from)) return lengthOf(to) === Infinity ? "indexes" : "rewrite";
  if (alike.includes(`${from.name}>${to.name}`) && to.modifiers.length === 0) return from.name === "xml" ? "indexes" : "nothing";
  const zones = [from.name, to.name].toSorted().join();
  if (zones === "timestamp,timestamptz" && precisionOf(to) >= precisionOf(from)) return "rewrite unless UTC";
  return "rewrite";
}

function isCaseless(a: ColumnType, b: ColumnType): boolean {
  return a.name === "citext" && strings.includes(b.name);
}

function lengthOf({ modifiers }: ColumnType): number {
  return modifiers[0] === undefined ? Infinity : Number(modifiers[0]);
}

function precisionOf({ modifiers }: ColumnType): number {
  return modifiers[0] === undefined ? 6 : Number(modifiers[0]);
}

function widensNumeric(from: ColumnType, to: ColumnType): boolean {
  if (to.modifiers.length === 0) return true;
  const [precision, scale = "0"] = from.modifiers;
  const [newPrecision, newScale = "0"] = to.modifiers;
  return precision !== undefined && scale === newScale && Number(newPrecision) >= Number(precision);
}
