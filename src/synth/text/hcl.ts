import { escapeOf, replaceControls } from "../../lib/text.ts";

// HCL as `terraform fmt` would leave it. Only what is marked as an expression is written as one: every other string is quoted.

export class Expression {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An expression, of names and values that Gantry chose itself: `module.db.connection_name`. */
export function expression(text: string): Expression {
  return new Expression(text);
}

/** A string of literal text and expressions: `template("projects/", expression("var.project"), "/topics")`. */
export function template(...parts: readonly (string | Expression)[]): Expression {
  return new Expression(`"${parts.map((one) => (one instanceof Expression ? `\${${one.text}}` : escaped(one))).join("")}"`);
}

export type Value =
  string | number | boolean | null | Expression | readonly Value[] | { readonly [key: string]: Value | undefined };

export type Entry =
  | { readonly is: "attribute"; readonly name: string; readonly value: Value; readonly comment?: string }
  | {
      readonly is: "block";
      readonly type: string;
      readonly labels: readonly string[];
      readonly body: readonly Entry[];
      readonly comment?: string;
    }
  | { readonly is: "gap" };

/** `name = value`; nothing when there is no value. */
export function attribute(name: string, value: Value | undefined, comment?: string): readonly Entry[] {
  return value === undefined ? [] : [{ is: "attribute", name, value, ...(comment === undefined ? {} : { comment }) }];
}

export function attributes(given: Readonly<Record<string, Value | undefined>>): readonly Entry[] {
  return Object.entries(given).flatMap(([name, value]) => attribute(name, value));
}

export function block(type: string, labels: readonly string[], body: readonly Entry[], comment?: string): Entry {
  return { is: "block", type, labels, body, ...(comment === undefined ? {} : { comment }) };
}

/** An empty line between two groups of attributes. */
export const gap: Entry = { is: "gap" };

/** A whole file: blocks with an empty line between them. */
export function hclFile(entries: readonly Entry[]): string {
  return `${bodyLines(entries, "").join("\n")}\n`;
}

function bodyLines(entries: readonly Entry[], indent: string): string[] {
  const lines: string[] = [];
  const pairs: Pair[] = [];
  const flush = () => {
    lines.push(...aligned(pairs.splice(0), indent));
  };
  let before: Entry | undefined;
  for (const entry of entries) {
    if (entry.is === "attribute") {
      if (before?.is === "block") lines.push("");
      const text = valueText(entry.value, indent);
      pairs.push({ name: entry.name, text, ...(entry.comment === undefined ? {} : { comment: entry.comment }) });
    } else {
      flush();
      if (entry.is === "gap") {
        if (before !== undefined && before.is !== "gap") lines.push("");
      } else {
        if (before !== undefined && before.is !== "gap") lines.push("");
        lines.push(...blockLines(entry, indent));
      }
    }
    before = entry;
  }
  flush();
  return lines;
}

function blockLines(entry: Extract<Entry, { is: "block" }>, indent: string): string[] {
  const head = [entry.type, ...entry.labels.map(quoted)].join(" ");
  const comment = commentLines(entry.comment, indent);
  const inner = bodyLines(entry.body, `${indent}  `);
  if (inner.length === 0) return [...comment, `${indent}${head} {}`];
  return [...comment, `${indent}${head} {`, ...inner, `${indent}}`];
}

type Pair = { readonly name: string; readonly text: string; readonly comment?: string };

/** Neighbours of one line each have their `=` below each other; a comment or a value of several lines ends the neighbourhood. */
function aligned(pairs: readonly Pair[], indent: string): string[] {
  const lines: string[] = [];
  let start = 0;
  while (start < pairs.length) {
    let end = start;
    const one = pairs[start] as Pair;
    if (!one.text.includes("\n")) {
      while (end + 1 < pairs.length) {
        const next = pairs[end + 1] as Pair;
        if (next.text.includes("\n") || next.comment !== undefined) break;
        end++;
      }
    }
    const group = pairs.slice(start, end + 1);
    const width = Math.max(...group.map(({ name }) => name.length));
    for (const { name, text, comment } of group)
      lines.push(...commentLines(comment, indent), `${indent}${name}${" ".repeat(width - name.length)} = ${text}`);
    start = end + 1;
  }
  return lines;
}

function commentLines(comment: string | undefined, indent: string): string[] {
  return comment === undefined ? [] : comment.split("\n").map((line) => `${indent}# ${line}`.trimEnd());
}

/** A value as HCL; what spans lines is indented for a line that begins at `indent`. */
export function valueText(value: Value, indent = ""): string {
  if (value instanceof Expression) return value.text;
  if (value === null) return "null";
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const inner = `${indent}  `;
  if (isList(value)) {
    if (value.length === 0) return "[]";
    const items = value.map((one) => valueText(one, inner));
    const line = `[${items.join(", ")}]`;
    if (!line.includes("\n") && line.length <= 100) return line;
    return `[\n${items.map((one) => `${inner}${one},`).join("\n")}\n${indent}]`;
  }
  const pairs = Object.entries(value).flatMap(([name, one]): Pair[] =>
    one === undefined ? [] : [{ name: keyText(name), text: valueText(one, inner) }],
  );
  if (pairs.length === 0) return "{}";
  return `{\n${aligned(pairs, inner).join("\n")}\n${indent}}`;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function keyText(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) ? name : quoted(name);
}

export function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

/** Literal text inside quotes: nothing in it starts an interpolation or a directive, and nothing ends the string. */
function escaped(text: string): string {
  const literal = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replaceAll("${", () => "$${")
    .replaceAll("%{", "%%{");
  return replaceControls(literal, escapeOf);
}
