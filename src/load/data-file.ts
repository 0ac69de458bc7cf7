import type { parseSync as ParseSync } from "oxc-parser";
import type * as Yaml from "yaml";
import type { Alias, Document, Node as YamlNode } from "yaml";
import { UserError } from "../lib/errors.ts";
import { type Path, pathText } from "../lib/paths.ts";
import type { Place, Problem } from "../lib/problem.ts";
import type { KeyPlaces } from "../spec/places.ts";
import type { Normalised } from "../spec/normalise.ts";
import { Sources } from "../spec/sources.ts";
import { decode } from "./decode.ts";
import { jsonFault } from "./json-fault.ts";
import { lineStarts, placeOf } from "./mark-source.ts";
import type { Refusal } from "./unparsable.ts";

// A product given as plain data. JSON is YAML here (its grammar is a part of it), so both get places from one tree.

const mostBytes = { json: 8 * 2 ** 20, yaml: 2 ** 20 };
const mostValues = 500_000;
const deepest = 60;

export async function parseDataFile(given: string | Buffer, shownAs: string): Promise<Normalised> {
  const bytes = Buffer.from(given);
  const kind = shownAs.endsWith(".json") ? "json" : "yaml";
  const text = decode(bytes);
  if (typeof text !== "string") throw refused(text, placeOf(lineStarts(bytes.toString("utf8")), text.offset, shownAs));
  const refusal = refusalOf(text, kind);
  if (refusal) throw refused(refusal, placeOf(lineStarts(text), refusal.offset, shownAs));
  const reader = new Reader(shownAs, lineStarts(text));
  const data =
    kind === "json" ? reader.json(text, (await import("oxc-parser")).parseSync) : reader.yaml(text, await import("yaml"));
  if (reader.problems.length > 0)
    throw new UserError(reader.problems[0]?.code ?? "syntax", "the file cannot be read", { problems: reader.problems });
  if (typeof data !== "object" || data === null || Array.isArray(data))
    throw refused(
      {
        code: "not-a-product",
        message: "this file holds no product",
        hint: "a product in data starts with schemaVersion: 1 and name: …",
        offset: 0,
      },
      { file: shownAs, line: 1, column: 1 },
    );
  return { data: data as Record<string, unknown>, sources: reader.sources, problems: [] };
}

function refused({ code, message, hint }: Refusal, place: Place): UserError {
  return new UserError(code, message, { problems: [{ code, severity: "error", path: "", places: [place], message, hint }] });
}

function refusalOf(text: string, kind: "json" | "yaml"): Refusal | undefined {
  if (text.length > mostBytes[kind])
    return {
      code: "too-large",
      message: `this file has ${(text.length / 2 ** 20).toFixed(1)} MiB; ${kind.toUpperCase()} may have ${mostBytes[kind] / 2 ** 20}`,
      hint: "is it the right file? large products are better given as JSON",
      offset: 0,
    };
  const offset = depthOf(text);
  return offset === undefined
    ? undefined
    : { code: "too-deep", message: `this is nested more than ${deepest} levels deep`, hint: "flatten it", offset };
}

/** Where brackets or block indentation go deeper than any product does; a cheap look before any parser's stack is at stake. */
function depthOf(text: string): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "[" || character === "{") depth++;
    else if (character === "]" || character === "}") depth = Math.max(0, depth - 1);
    else if (character === '"') at = stringEnd(text, at);
    if (depth > deepest) return at;
  }
  const nested = /^ {400}|^(?:- ?){100}/m.exec(text);
  return nested ? nested.index : undefined;
}

function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
    else if (text[at] === "\n") return from;
  }
  return from;
}

class Reader {
  readonly problems: Problem[] = [];
  readonly sources: Sources;
  readonly #file: string;
  readonly #lines: readonly number[];
  #values = 0;

  constructor(file: string, lines: readonly number[]) {
    this.sources = new Sources(file);
    this.#file = file;
    this.#lines = lines;
  }

  json(text: string, parseSync: typeof ParseSync): unknown {
    if (!isJson(text)) {
      const { offset, said } = jsonFault(text);
      this.#problem("syntax", [], this.#at(offset), `this is no JSON: ${said}`, "mend the syntax at this place");
      return undefined;
    }
    const { program } = parseSync("data.js", `(${text}\n)`, {});
    const statement = program.body[0] as unknown as { expression: JsonNode } | undefined;
    return statement ? this.#fromJson(statement.expression, []) : undefined;
  }

  #fromJson(given: JsonNode, path: Path): unknown {
    const node = given.type === "ParenthesizedExpression" ? given.expression : given;
    switch (node.type) {
      case "Literal":
        return node.value;
      case "UnaryExpression":
        return -(node.argument as { value: number }).value;
      case "ArrayExpression": {
        const keys = new Map<string, KeyPlaces>();
        const out = node.elements.map((element, index) => {
          const place = this.#at(element.start - 1);
          keys.set(String(index), { key: place, value: place });
          return this.#fromJson(element, [...path, index]);
        });
        return this.#placed(out, this.#at(node.start - 1), keys);
      }
      default: {
        const keys = new Map<string, KeyPlaces>();
        const out: Record<string, unknown> = {};
        for (const property of node.properties) {
          const key = property.key.value;
          const places = { key: this.#at(property.key.start - 1), value: this.#at(property.value.start - 1) };
          this.#set(out, keys, key, places, path, () => this.#fromJson(property.value, [...path, key]));
        }
        return this.#placed(out, this.#at(node.start - 1), keys);
      }
    }
  }

  yaml(text: string, yaml: typeof Yaml): unknown {
    let document;
    try {
      document = yaml.parseDocument(text, {
        merge: false,
        uniqueKeys: false,
        prettyErrors: false,
        strict: true,
        version: "1.2",
        schema: "core",
      });
    } catch (error) {
      this.#problem(
        "syntax",
        [],
        this.#at(0),
        `this is no YAML: ${(error as Error).message.split("\n", 1)[0] ?? ""}`,
        "mend the syntax",
      );
      return undefined;
    }
    for (const error of [...document.errors, ...document.warnings].slice(0, 20)) {
      const said =
        error.code === "MULTIPLE_DOCS"
          ? "a file holds one document, so --- can only stand at its beginning"
          : (error.message.split("\n", 1)[0] ?? "");
      this.#problem(
        "syntax",
        [],
        this.#at(error.pos[0]),
        `this is no YAML: ${said.charAt(0).toLowerCase()}${said.slice(1)}`,
        "mend the syntax at this place",
      );
    }
    if (this.problems.length > 0) return undefined;
    const anchors = anchorsOf(document, yaml);
    const open = new Set<YamlNode>();
    const read = (node: YamlNode | null | undefined, path: Path): unknown => {
      if (this.problems.length > 50) return undefined;
      if (node === null || node === undefined) return null;
      const place = this.#at(node.range?.[0] ?? 0);
      if (++this.#values > mostValues || path.length > deepest) {
        if (!this.problems.some((problem) => problem.code === "too-large"))
          this.#problem(
            "too-large",
            path,
            place,
            `this file stands for more than ${mostValues.toLocaleString("en")} values or ${deepest} levels`,
            "aliases multiply what they stand for: write it out, or use fewer",
          );
        return undefined;
      }
      if (yaml.isAlias(node)) {
        const meant = anchors.get(node);
        if (meant && !open.has(meant)) return read(meant, path);
        this.#problem(
          meant ? "cyclic-value" : "syntax",
          path,
          place,
          meant ? "this value contains itself" : `no anchor is named ${node.source}`,
          meant ? "write out what is meant" : "write the value itself",
        );
        return undefined;
      }
      if (yaml.isScalar(node)) return typeof node.value === "bigint" ? Number(node.value) : node.value;
      if (yaml.isSeq(node)) {
        const keys = new Map<string, KeyPlaces>();
        open.add(node);
        const out = node.items.map((item, index) => {
          const at = this.#at((item as YamlNode | null)?.range?.[0] ?? 0);
          keys.set(String(index), { key: at, value: at });
          return read(item as YamlNode, [...path, index]);
        });
        open.delete(node);
        return this.#placed(out, place, keys);
      }
      if (!yaml.isMap(node)) return undefined;
      const keys = new Map<string, KeyPlaces>();
      const out: Record<string, unknown> = {};
      open.add(node);
      for (const pair of node.items) {
        const keyNode = pair.key as YamlNode;
        const at = this.#at(keyNode.range?.[0] ?? 0);
        const valueNode = pair.value as YamlNode | null;
        if (!yaml.isScalar(keyNode) || (typeof keyNode.value !== "string" && typeof keyNode.value !== "number")) {
          this.#problem("syntax", path, at, "a key here has to be text", "write the key as plain text");
          continue;
        }
        const key = String(keyNode.value);
        this.#set(out, keys, key, { key: at, value: this.#at(valueNode?.range?.[0] ?? keyNode.range?.[0] ?? 0) }, path, () =>
          read(valueNode, [...path, key]),
        );
      }
      open.delete(node);
      return this.#placed(out, place, keys);
    };
    return read(document.contents, []);
  }

  #set(out: object, keys: Map<string, KeyPlaces>, key: string, places: KeyPlaces, path: Path, value: () => unknown): void {
    if (key === "__proto__")
      return this.#problem("forbidden-key", [...path, key], places.key, "__proto__ cannot be a name", "use another name");
    if (keys.has(key))
      return this.#problem(
        "duplicate-name",
        [...path, key],
        places.key,
        `${JSON.stringify(key)} is written twice here`,
        "keep one of the two",
      );
    keys.set(key, places);
    Object.defineProperty(out, key, { value: value(), enumerable: true, configurable: true, writable: true });
  }

  #placed<T extends object>(data: T, place: Place, keys: ReadonlyMap<string, KeyPlaces>): T {
    this.sources.put(data, { place, keys: (key) => keys.get(key) });
    return data;
  }

  #at(offset: number): Place {
    return placeOf(this.#lines, Math.max(0, offset), this.#file);
  }

  #problem(code: string, path: Path, place: Place, message: string, hint: string): void {
    this.problems.push({ code, severity: "error", path: pathText(path), places: [place], message, hint });
  }
}

/** What each alias stands for: the last value before it with that anchor. One walk, as looking each up alone walks the file each time. */
function anchorsOf(document: Document.Parsed, { visit }: typeof Yaml): ReadonlyMap<Alias, YamlNode> {
  const named = new Map<string, YamlNode>();
  const meant = new Map<Alias, YamlNode>();
  visit(document, {
    Node: (_key, node) => {
      if (node.anchor !== undefined && node.anchor !== "") named.set(node.anchor, node);
    },
    Alias: (_key, alias) => {
      const node = named.get(alias.source);
      if (node) meant.set(alias, node);
    },
  });
  return meant;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

type JsonNode = { start: number } & (
  | { type: "ParenthesizedExpression"; expression: Exclude<JsonNode, { type: "ParenthesizedExpression" }> }
  | { type: "Literal"; value: unknown }
  | { type: "UnaryExpression"; argument: object }
  | { type: "ArrayExpression"; elements: JsonNode[] }
  | { type: "ObjectExpression"; properties: { key: { start: number; value: string }; value: JsonNode }[] }
);
