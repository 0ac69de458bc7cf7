import { isComputed } from "./blocks.ts";
import { type Json, isObject, list } from "./parsed.ts";

type Type =
  | { readonly is: "any" | "string" | "number" | "bool" }
  | { readonly is: "list" | "map"; readonly of: Type }
  | { readonly is: "object"; readonly fields: ReadonlyMap<string, { readonly type: Type; readonly optional: boolean }> };

/**
 * What is wrong with a value given for a variable of a type, so far as it can be told before a plan. Terraform drops an object's
 * unknown field without a word, so a mistyped one is named here.
 */
export function inputProblems(value: Json, type: Json | undefined, where: string): string[] {
  if (typeof type !== "string") return [];
  return problems(value, parseType(type.replace(/^\$\{([^]*)\}$/, "$1")), where);
}

function problems(value: Json, type: Type, where: string): string[] {
  if (value === null || isComputed(value) || type.is === "any") return [];
  if (type.is === "object") {
    if (!isObject(value)) return [`${where} is an object`];
    if (Object.keys(value).some(isComputed)) return [];
    return [
      ...Object.entries(value).flatMap(([name, one]) => {
        const field = type.fields.get(name);
        return field === undefined ? [`${where}.${name} is unknown`] : problems(one, field.type, `${where}.${name}`);
      }),
      ...[...type.fields]
        .filter(([name, { optional }]) => !optional && value[name] === undefined)
        .map(([name]) => `${where}.${name} is missing`),
    ];
  }
  if (type.is === "map")
    return isObject(value)
      ? Object.entries(value).flatMap(([name, one]) => problems(one, type.of, `${where}.${name}`))
      : [`${where} is a map`];
  if (type.is === "list")
    return Array.isArray(value)
      ? list(value).flatMap((one, index) => problems(one, type.of, `${where}[${index}]`))
      : [`${where} is a list`];
  if (typeof value === "object") return [`${where} is a ${type.is}`];
  if (type.is === "number" && Number.isNaN(Number(value))) return [`${where} is a number`];
  if (type.is === "bool" && !["true", "false"].includes(String(value))) return [`${where} is true or false`];
  return [];
}

function parseType(text: string): Type {
  const one = text.trim();
  if (one === "string" || one === "number" || one === "bool") return { is: one };
  const [, name, inner = ""] = /^(\w+)\(([^]*)\)$/.exec(one) ?? [];
  if (name === "list" || name === "set") return { is: "list", of: parseType(inner) };
  if (name === "map") return { is: "map", of: parseType(inner) };
  if (name !== "object") return { is: "any" };
  const fields = split(inner.trim().replace(/^\{([^]*)\}$/, "$1")).map((field) => {
    const [, key = "", of = ""] = /^\s*"?([\w-]+)"?\s*[=:]\s*([^]*)$/.exec(field) ?? [];
    const optional = /^optional\(([^]*)\)$/.exec(of.trim());
    return [key, { type: parseType(optional ? (split(optional[1] ?? "")[0] ?? "") : of), optional: optional !== null }] as const;
  });
  return { is: "object", fields: new Map(fields) };
}

/** The parts between commas and line ends that stand in no bracket. */
function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const one of text.replace(/(#|\/\/).*$/gm, "")) {
    if ("({[".includes(one)) depth++;
    if (")}]".includes(one)) depth--;
    if (depth === 0 && (one === "," || one === "\n")) {
      parts.push(part);
      part = "";
    } else part += one;
  }
  return [...parts, part].filter((one) => one.trim() !== "");
}
