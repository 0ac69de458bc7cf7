import { Document, type Node, type Scalar } from "yaml";

/** A value with a comment above it. */
export class Noted {
  readonly comment: string;
  readonly value: YamlValue;
  constructor(comment: string, value: YamlValue) {
    this.comment = comment;
    this.value = value;
  }
}

/** As the value of a key it stands above the key, as an item of a list above the item. */
export function noted(comment: string, value: YamlValue): Noted {
  return new Noted(comment, value);
}

export type YamlValue =
  string | number | boolean | null | Noted | readonly YamlValue[] | { readonly [key: string]: YamlValue | undefined };

/** One document. Strings that an older reader would take for something else (`on`, `1e3`, `12:30`) are quoted. */
export function yaml(value: YamlValue, { plainKeys = false }: { readonly plainKeys?: boolean } = {}): string {
  const document = new Document(undefined, { version: "1.2", compat: "yaml-1.1", aliasDuplicateObjects: false });
  document.contents = node(document, value) as never;
  if (value instanceof Noted) document.commentBefore = comment(value.comment);
  const text = document.toString({ lineWidth: 0, nullStr: "", flowCollectionPadding: false });
  // A workflow's reader knows YAML 1.2, where `on` is a word like any other, and people write it bare.
  return plainKeys ? text.replace(/^"on":/m, "on:") : text;
}

export function yamlDocuments(values: readonly YamlValue[]): string {
  return values.map((one) => yaml(one)).join("---\n");
}

function node(document: Document, value: YamlValue | undefined): Node | null {
  if (value instanceof Noted) {
    const inner = node(document, value.value);
    return inner;
  }
  if (isList(value)) {
    const list = document.createNode([]);
    for (const one of value) {
      const item = node(document, one);
      if (item !== null && one instanceof Noted) item.commentBefore = comment(one.comment);
      (list.items as unknown[]).push(item);
    }
    return list;
  }
  if (typeof value === "object" && value !== null) {
    const map = document.createNode({});
    for (const [name, one] of Object.entries(value)) {
      if (one === undefined) continue;
      const key = document.createNode(name) as Scalar;
      if (one instanceof Noted) key.commentBefore = comment(one.comment);
      (map as unknown as { items: unknown[] }).items.push(document.createPair(key, node(document, one)));
    }
    return map;
  }
  const scalar = document.createNode(value ?? null) as Scalar;
  if (typeof value === "string" && value.includes("\n")) scalar.type = "BLOCK_LITERAL";
  return scalar;
}

function isList(value: unknown): value is readonly YamlValue[] {
  return Array.isArray(value);
}

function comment(text: string): string {
  return text
    .split("\n")
    .map((line) => ` ${line}`.trimEnd())
    .join("\n");
}
