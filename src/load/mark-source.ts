import MagicString from "magic-string";
import { Visitor, parseSync } from "oxc-parser";
import type { Place } from "../lib/problem.ts";
import { type KeyPlaces, literalMark, markCall, markLiteral } from "../spec/places.ts";

// Rewrites one of a spec's own files so that every object, array and call says where it stands when it is evaluated:
//
//   service("api", { ...base, port: 1 })   becomes   G.c(service("api", G.o({ ...G.k(base), port: 1 }, 0)), 1)
//
// 1. What the code does stays the same: each wrapper returns the very value it was given.
// 2. `G.k` keeps spread and computed values; the wrapper of the literal around them takes back exactly as many as it holds.
// 3. The line of everything stays; the columns that move are in the source map.

type Entry = { readonly key: string | undefined; readonly spread: boolean; readonly keep: boolean; readonly places: KeyPlaces };
type Mark =
  | { readonly place: Place; readonly entries: readonly Entry[]; readonly list: boolean }
  | { readonly place: Place; readonly args: readonly Place[] };

export class Marker {
  readonly #marks: Mark[] = [];
  readonly #kept: unknown[] = [];
  readonly #maps: boolean;

  /** Maps take longer than the rest, and are only wanted when a spec throws. */
  constructor({ maps = false }: { readonly maps?: boolean } = {}) {
    this.#maps = maps;
  }
  readonly #exports = new Map<string, Place>();

  /** What the rewritten code calls; it has to be in its scope under the name `globalName`. */
  readonly runtime: object = {
    o: (value: object, index: number) => this.#markLiteral(value, index),
    c: (value: unknown, index: number) => this.#markCall(value, index),
    k: (value: unknown) => {
      this.#kept.push(value);
      return value;
    },
  };

  /** Where a file that was rewritten says what it exports by default. */
  exportedAt(file: string): Place | undefined {
    return this.#exports.get(file);
  }

  /** The rewritten code, with its source map where that is wanted; or undefined when the file does not parse: then the bundler says why. */
  rewrite(file: string, shownAs: string, code: string, globalName: string): string | undefined {
    const { program, errors } = parseSync(file, code, {});
    if (errors.length > 0) return undefined;
    const lines = lineStarts(code);
    const place = (offset: number): Place => placeOf(lines, offset, shownAs);
    const text = new MagicString(code);
    const wrap = (start: number, end: number, how: "o" | "c", mark: Mark) => {
      text.prependRight(start, `${globalName}.${how}(`);
      text.appendLeft(end, `,${this.#marks.length})`);
      this.#marks.push(mark);
    };
    const keep = (start: number, end: number) => {
      text.prependRight(start, `${globalName}.k(`);
      text.appendLeft(end, ")");
    };
    let chain = 0;
    new Visitor({
      ExportDefaultDeclaration: ({ declaration }) => void this.#exports.set(file, place(declaration.start)),
      ChainExpression: () => void chain++,
      "ChainExpression:exit": () => void chain--,
      "ObjectExpression:exit"(node) {
        const entries: Entry[] = [];
        for (const property of node.properties) {
          if (property.type === "SpreadElement") {
            keep(property.argument.start, property.argument.end);
            const at = place(property.argument.start);
            entries.push({ key: undefined, spread: true, keep: true, places: { key: at, value: at } });
            continue;
          }
          const { key } = property;
          const name = property.computed
            ? undefined
            : key.type === "Identifier"
              ? key.name
              : key.type === "Literal"
                ? String(key.value)
                : undefined;
          if (property.computed) keep(key.start, key.end);
          entries.push({
            key: name,
            spread: false,
            keep: property.computed,
            places: { key: place(key.start), value: place(property.value.start) },
          });
        }
        wrap(node.start, node.end, "o", { place: place(node.start), entries, list: false });
      },
      "ArrayExpression:exit"(node) {
        const entries: Entry[] = [];
        for (const element of node.elements) {
          const spread = element?.type === "SpreadElement";
          if (spread) keep(element.argument.start, element.argument.end);
          const at = place(element?.start ?? node.start);
          entries.push({ key: undefined, spread, keep: spread, places: { key: at, value: at } });
        }
        wrap(node.start, node.end, "o", { place: place(node.start), entries, list: true });
      },
      "CallExpression:exit"(node) {
        if (chain > 0 || node.callee.type === "Super") return;
        const at = node.callee.type === "MemberExpression" ? node.callee.property.start : node.start;
        wrap(node.start, node.end, "c", { place: place(at), args: node.arguments.map((argument) => place(argument.start)) });
      },
    }).visit(program);
    if (!this.#maps) return text.toString();
    const map = text.generateMap({ source: file, hires: "boundary", includeContent: false });
    return `${text.toString()}\n//# sourceMappingURL=${map.toUrl()}`;
  }

  #markLiteral(value: object, index: number): object {
    const mark = this.#marks[index];
    if (!mark || !("entries" in mark)) return value;
    const kept = this.#kept.splice(this.#kept.length - mark.entries.filter((entry) => entry.keep).length);
    const keys = new Map<string, KeyPlaces>();
    let position = 0;
    for (const entry of mark.entries) {
      const given = entry.keep ? kept.shift() : undefined;
      if (!entry.spread) keys.set(mark.list ? String(position++) : (entry.key ?? keyText(given)), entry.places);
      else if (mark.list)
        for (const from of asArray(given).keys()) keys.set(String(position++), literalPlace(given, String(from), entry.places));
      else if (typeof given === "object" && given !== null)
        for (const key of Object.keys(given)) keys.set(key, literalPlace(given, key, entry.places));
    }
    markLiteral(value, { place: mark.place, keys });
    return value;
  }

  #markCall(value: unknown, index: number): unknown {
    const mark = this.#marks[index];
    if (typeof value === "object" && value !== null && mark && "args" in mark) markCall(value, mark.place, mark.args);
    return value;
  }
}

/** A spread key stands where the spread object wrote it, if that is known, else at the spread. */
function literalPlace(from: unknown, key: string, otherwise: KeyPlaces): KeyPlaces {
  return (typeof from === "object" && from !== null ? literalMark(from)?.keys.get(key) : undefined) ?? otherwise;
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function keyText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

export function placeOf(starts: readonly number[], offset: number, file: string): Place {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
