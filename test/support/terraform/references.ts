import { type Json, isObject, list } from "./parsed.ts";

/** `module.db["a"].url` is `{root: "module", steps: ["db", "url"]}`. */
export type Reference = { readonly root: string; readonly steps: readonly string[] };

/** Every reference in a value: in its strings' interpolations, whatever they are nested in. */
export function referencesIn(value: Json): readonly Reference[] {
  if (typeof value === "string") return interpolations(value).flatMap((one) => referencesOf(one, new Set()));
  if (isObject(value)) return Object.entries(value).flatMap(([key, one]) => [...referencesIn(key), ...referencesIn(one)]);
  return list(value).flatMap(referencesIn);
}

function referencesOf(expression: string, above: ReadonlySet<string>): Reference[] {
  const { bare, inner } = withoutStrings(expression);
  const own = new Set(above);
  for (const [, first, second] of bare.matchAll(/\bfor\s+(\w+)(?:\s*,\s*(\w+))?\s+in\b/g))
    for (const name of [first, second]) if (name !== undefined) own.add(name);
  const found: Reference[] = [];
  for (const match of bare.matchAll(/(?<![\w.-])([A-Za-z_][\w-]*)\.([A-Za-z_][\w-]*)/g)) {
    const [whole, root = "", step = ""] = match;
    if (!own.has(root)) found.push({ root, steps: [step, ...stepsAfter(bare, match.index + whole.length)] });
  }
  return [...found, ...inner.flatMap((one) => referencesOf(one, own))];
}

/** The further names of a reference, past whatever stands in brackets. */
function stepsAfter(text: string, from: number): string[] {
  const steps: string[] = [];
  let at = from;
  while (at < text.length) {
    if (text[at] === "[") {
      for (let depth = 0; at < text.length; at++) {
        if (text[at] === "[") depth++;
        else if (text[at] === "]" && --depth === 0) break;
      }
      at++;
      continue;
    }
    const next = /^\.([A-Za-z_*][\w-]*)/.exec(text.slice(at, at + 100));
    if (!next) break;
    steps.push(next[1] ?? "");
    at += next[0].length;
  }
  return steps;
}

/** The expressions inside `${}` of a string; `$${` is no beginning of one. */
function interpolations(text: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text.startsWith("$${", at) || text.startsWith("%%{", at)) at += 2;
    else if (text.startsWith("${", at) || text.startsWith("%{", at)) {
      const end = endOfBraces(text, at + 2);
      found.push(text.slice(at + 2, end));
      at = end;
    }
  }
  return found;
}

function endOfBraces(text: string, from: number): number {
  let at = from;
  for (let depth = 1; at < text.length; at++) {
    if (text[at] === '"') at = endOfString(text, at + 1);
    else if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) break;
  }
  return at;
}

function endOfString(text: string, from: number): number {
  let at = from;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === "\\" || text.startsWith("$${", at)) at++;
    else if (text.startsWith("${", at)) at = endOfBraces(text, at + 2);
  }
  return at;
}

function withoutStrings(expression: string): { readonly bare: string; readonly inner: readonly string[] } {
  let bare = "";
  const inner: string[] = [];
  for (let at = 0; at < expression.length; at++) {
    if (expression[at] === '"') {
      const end = endOfString(expression, at + 1);
      inner.push(...interpolations(expression.slice(at + 1, end)));
      bare += '""';
      at = end;
    } else bare += expression[at];
  }
  return { bare: bare.replace(/(#|\/\/).*$/gm, ""), inner };
}
