import { type Body, type Json, isObject, list } from "./parsed.ts";
import type { Attribute, Attributes } from "./schemas.ts";

/** What is wrong with the inside of a block, by what its provider says of it. */
export function bodyProblems(body: Body, attrs: Attributes, where: string): string[] {
  const problems: string[] = [];
  const given = new Set(Object.keys(body));
  for (const [name, value] of Object.entries(body)) {
    if (name === "dynamic") {
      for (const [block, ones] of Object.entries(isObject(value) ? value : {})) {
        given.add(block);
        problems.push(...dynamicProblems(block, ones, attrs, where));
      }
      continue;
    }
    const known = Object.hasOwn(attrs, name) ? attrs[name] : undefined;
    if (known === undefined) problems.push(`${where}: ${name} is unknown`);
    else if (isBlock(known)) problems.push(...blockProblems(name, value, known, where));
    else problems.push(...valueProblems(value, known, `${where}.${name}`));
  }
  for (const [name, one] of Object.entries(attrs))
    if (one.req && (!given.has(name) || body[name] === null)) problems.push(`${where}: ${name} is missing`);
  return problems;
}

/** Of very large types the schema only names the blocks, and not what is in them. */
function isBlock({ block, t }: Attribute): boolean {
  return block === 1 || /^(list|set)<[A-Z]/.test(t);
}

function insideProblems(body: Body, { attrs }: Attribute, where: string): string[] {
  return attrs === undefined ? [] : bodyProblems(body, attrs, where);
}

function blockProblems(name: string, value: Json, known: Attribute, where: string): string[] {
  const bodies = list(value);
  if (!Array.isArray(value) || !bodies.every(isObject)) return [`${where}: ${name} is a block, not an attribute`];
  return [
    ...(known.single === 1 && bodies.length > 1 ? [`${where}: ${name} may stand only once`] : []),
    ...bodies.flatMap((body) => insideProblems(body, known, `${where}.${name}`)),
  ];
}

function dynamicProblems(block: string, ones: Json, attrs: Attributes, where: string): string[] {
  const known = Object.hasOwn(attrs, block) ? attrs[block] : undefined;
  if (known === undefined || !isBlock(known)) return [`${where}: dynamic ${block} is no block`];
  return list(ones)
    .filter(isObject)
    .flatMap((one) => [
      ...Object.keys(one)
        .filter((key) => !["for_each", "iterator", "labels", "content"].includes(key))
        .map((key) => `${where}: dynamic ${block}: ${key} is unknown`),
      ...(one["for_each"] === undefined ? [`${where}: dynamic ${block}: for_each is missing`] : []),
      ...list(one["content"])
        .filter(isObject)
        .flatMap((body) => insideProblems(body, known, `${where}.${block}`)),
    ]);
}

function valueProblems(value: Json, { t, enum: choices }: Attribute, where: string): string[] {
  if (value === null || isComputed(value)) return [];
  if (/^(list|set)</.test(t)) {
    if (!Array.isArray(value)) return [`${where} is a ${t}`];
    return list(value).flatMap((one) => choiceProblems(one, choices, where));
  }
  if (Array.isArray(value) && value.every(isObject) && value.length > 0 && /^(string|number|boolean)$/.test(t))
    return [`${where} is an attribute, not a block`];
  if (t.startsWith("map<")) return isObject(value) ? [] : [`${where} is a ${t}`];
  if (/^(string|number|boolean)$/.test(t) && typeof value === "object") return [`${where} is a ${t}`];
  if (t === "number" && Number.isNaN(Number(value))) return [`${where} is a number`];
  if (t === "boolean" && !["true", "false"].includes(String(value))) return [`${where} is true or false`];
  return choiceProblems(value, choices, where);
}

function choiceProblems(value: Json, choices: readonly string[] | undefined, where: string): string[] {
  if (choices === undefined || typeof value !== "string" || isComputed(value) || choices.includes(value)) return [];
  return [`${where} is one of ${choices.join(", ")}, not ${value}`];
}

/** A string with an interpolation in it is known only later. */
export function isComputed(value: Json): boolean {
  return typeof value === "string" && /(^|[^$])\$\{/.test(value);
}
