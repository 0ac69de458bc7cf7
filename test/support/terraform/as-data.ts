import { type Block, type Body, type Folder, type Json, isObject, list } from "./parsed.ts";

// A tree of Terraform files with every resource replaced by Terraform's own `terraform_data`, which takes anything and is known only
// once applied. Terraform plans it without a provider and without its schema, so that what a provider says inside a block may be used
// as well: calls, conditions, types, loops, checks and circles are the real ones.

const providers = "azurerm|kubernetes|random|tls|google|aws";
const resource = String.raw`(?:(data)\.)?((?:${providers})_\w+)\.(\w+)`;

/** The files of a folder as Terraform's JSON, by path. */
export function asData({ path, blocks, values }: Folder): ReadonlyMap<string, string> {
  const out: Record<string, Json[]> = {};
  const add = (type: string, one: Json) => (out[type] ??= []).push(one);
  for (const block of blocks) addBlock(block, add);
  const files = new Map([[`${path}/main.tf.json`, JSON.stringify(out, null, 1)]]);
  for (const [file, given] of values) files.set(`${path}/${nameOf(file)}.auto.tfvars.json`, JSON.stringify(given));
  return files;
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1).replace(/\.tfvars$/, "");
}

function addBlock({ type, labels, body }: Block, add: (type: string, one: Json) => void): void {
  const [first = "", second = ""] = labels;
  switch (type) {
    case "resource":
      return add("resource", { terraform_data: { [`${first}__${second}`]: standIn(body) } });
    case "data":
      return add("resource", { terraform_data: { [`data__${first}__${second}`]: standIn(body) } });
    case "variable":
      return add("variable", { [first]: { ...body, ...(body["type"] === undefined ? {} : { type: bare(body["type"]) }) } });
    case "output":
      return add("output", { [first]: { ...rewritten(without(body, ["depends_on"])), ...dependsOn(body) } });
    case "module":
      return add("module", { [first]: { ...rewritten(without(body, ["providers", "depends_on"])), ...dependsOn(body) } });
    case "locals":
      return add("locals", rewritten(body));
    case "provider":
    case "terraform":
      return undefined;
    default:
      throw new Error(`no stand-in for ${type}`);
  }
}

const meta = ["count", "for_each", "depends_on", "lifecycle", "provider"];

function standIn(body: Body): Body {
  const conditions = list(body["lifecycle"])
    .filter(isObject)
    .flatMap(({ precondition }) => (precondition === undefined ? [] : [{ precondition: rewritten(precondition) }]));
  const { count, for_each: each } = body;
  return {
    ...(count === undefined ? {} : { count: rewritten(count) }),
    ...(each === undefined ? {} : { for_each: rewritten(each) }),
    ...dependsOn(body),
    ...(conditions.length === 0 ? {} : { lifecycle: conditions }),
    input: `\${${expressionOf(without(body, meta))}}`,
  };
}

function dependsOn(body: Body): Body {
  const on = list(body["depends_on"]).map((one) =>
    bare(one).replace(new RegExp(`^${resource}$`), (_, data: string | undefined, type: string, label: string) =>
      name(data, type, label),
    ),
  );
  return on.length === 0 ? {} : { depends_on: on };
}

function name(data: string | undefined, type: string, label: string): string {
  return `terraform_data.${data === undefined ? "" : "data__"}${type}__${label}`;
}

/** What a thing says of itself is known once it is there, and nothing of its type before: as with its stand-in's id, read as data. */
function refer(expression: string): string {
  return expression.replace(
    new RegExp(String.raw`(?<![\w.])${resource}(\[[^\]]*\])?(\.\w+)?`, "g"),
    (_, data: string | undefined, type: string, label: string, index: string | undefined, step: string | undefined) => {
      const stand = name(data, type, label);
      if (step === undefined && index === undefined)
        return `{ for key__, value__ in ${stand} : key__ => jsondecode(value__.id) }`;
      return `jsondecode(${stand}${index ?? ""}.id)${step ?? ""}`;
    },
  );
}

function rewritten(value: Body): Body;
function rewritten(value: Json): Json;
function rewritten(value: Json): Json {
  if (typeof value === "string") return value.replace(/\$\{[^]*\}/, (whole) => refer(whole));
  if (Array.isArray(value)) return (value as readonly Json[]).map(rewritten);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rewritten(one)]));
  return value;
}

/** A body as one expression: a dynamic block is a loop. */
function expressionOf(value: Json): string {
  if (typeof value === "string") return stringOf(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(expressionOf).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const pairs = Object.entries(value).flatMap(([key, one]) =>
    key === "dynamic" && isObject(one)
      ? Object.entries(one).map(([label, loops]) => [label, loopsOf(label, loops)] as const)
      : [[key, expressionOf(one)] as const],
  );
  const merged = new Map<string, string[]>();
  for (const [key, text] of pairs) merged.set(key, [...(merged.get(key) ?? []), text]);
  return `{ ${[...merged]
    .map(([key, texts]) => `${keyOf(key)} = ${texts.length === 1 ? texts[0] : `concat(${texts.join(", ")})`}`)
    .join(", ")} }`;
}

function keyOf(key: string): string {
  const computed = /^\$\{([^]*)\}$/.exec(key)?.[1];
  return computed === undefined ? JSON.stringify(key) : `(${refer(computed)})`;
}

function loopsOf(label: string, loops: Json): string {
  const all = list(loops).filter(isObject);
  const texts = all.map((one) => {
    const iterator = bare(one["iterator"] ?? label);
    const content = expressionOf(list(one["content"])[0] ?? {})
      .replace(new RegExp(String.raw`\b${iterator}\.value\b`, "g"), `${iterator}__value`)
      .replace(new RegExp(String.raw`\b${iterator}\.key\b`, "g"), `${iterator}__key`);
    return `[for ${iterator}__key, ${iterator}__value in ${expressionOf(one["for_each"] ?? null)} : ${content}]`;
  });
  return texts.length === 1 ? (texts[0] ?? "[]") : `concat(${texts.join(", ")})`;
}

/** `${a}` is an expression; a text with some in it is a template, whose expressions keep their quotes. */
function stringOf(text: string): string {
  const parts = partsOf(text);
  const [only] = parts;
  if (parts.length === 1 && only?.is === "expression") return `(${refer(only.text)})`;
  return `"${parts.map((one) => (one.is === "expression" ? `\${${refer(one.text)}}` : JSON.stringify(one.text).slice(1, -1))).join("")}"`;
}

type Part = { readonly is: "text" | "expression"; readonly text: string };

function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let rest = 0;
  for (let at = text.indexOf("${"); at !== -1; at = text.indexOf("${", rest)) {
    if (text[at - 1] === "$") {
      parts.push({ is: "text", text: text.slice(rest, at + 2) });
      rest = at + 2;
      continue;
    }
    if (at > rest) parts.push({ is: "text", text: text.slice(rest, at) });
    let depth = 1;
    let end = at + 2;
    for (; end < text.length && depth > 0; end++) depth += text[end] === "{" ? 1 : text[end] === "}" ? -1 : 0;
    parts.push({ is: "expression", text: text.slice(at + 2, end - 1) });
    rest = end;
  }
  if (rest < text.length || parts.length === 0) parts.push({ is: "text", text: text.slice(rest) });
  return parts;
}

function without(body: Body, keys: readonly string[]): Body {
  return Object.fromEntries(Object.entries(body).filter(([key]) => !keys.includes(key)));
}

function bare(value: Json): string {
  return String(value).replace(/^\$\{([^]*)\}$/, "$1");
}
