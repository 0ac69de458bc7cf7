import { type Path, pathText, setKey } from "../lib/paths.ts";
import type { Place, Problem } from "../lib/problem.ts";
import { shown } from "../lib/text.ts";
import { describe, isPlain } from "./describe.ts";
import { type Collection, type EntityMeaning, type Meaning, meaningOf } from "./node.ts";
import { callMark } from "./places.ts";
import { singular } from "./singular.ts";
import { type Source, Sources, sourceOf } from "./sources.ts";

const deepest = 60;
/** Objects that are shared stand for one in each place: a few lines can stand for more than there is memory. */
const mostValues = 500_000;

/**
 * Turns values of a spec into plain data: entities into references to their one place, nodes into what they mean, the rest into
 * itself. It collects the entities on its way, and notes for each object where it was written.
 */
export class ToData {
  readonly sources: Sources;
  readonly problems: Problem[] = [];
  /** The names of environments, which they get from the product that lists them. */
  readonly environments = new Map<object, string>();
  readonly #collections = new Map<Collection, Map<string, { node: object; data: object }>>();
  readonly #listed = new Set<object>();
  readonly #unlisted = new Map<object, { path: Path; place: Place | undefined }>();
  readonly #open = new Set<object>();
  readonly #waiting: (() => void)[] = [];
  #values = 0;

  constructor(file: string) {
    this.sources = new Sources(file);
  }

  /** Notes that the product itself lists an entity; false when it did so before. */
  list(node: object): boolean {
    if (this.#listed.has(node)) return false;
    this.#listed.add(node);
    return true;
  }

  /** Everything that was referred to, by collection and name; and what was referred to without being listed. */
  collections(): Record<string, object> {
    while (this.#waiting.length > 0) this.#waiting.shift()?.();
    for (const [node, { path, place }] of this.#unlisted) {
      const name = (meaningOf(node) as EntityMeaning).name ?? "?";
      const message = `the service ${shown(name)} is referred to here, but the product does not list it`;
      this.problem("unlisted-service", path, place, message, "add it to the product's services");
    }
    return Object.fromEntries([...this.#collections].map(([collection, members]) => [collection, this.#collectionData(members)]));
  }

  /** Gives an entity its one place in the data. */
  register(node: object, meaning: EntityMeaning, path: Path, place: Place | undefined): string {
    const { collection } = meaning;
    if (collection === "environments") {
      const name = this.environments.get(node);
      if (name === undefined) {
        this.problem(
          "unknown-reference",
          path,
          place,
          "this environment is not one of the product's",
          "add it to the product's environments",
        );
        return "?";
      }
      return name;
    }
    const name = typeof meaning.name === "string" ? meaning.name : shown(meaning.name);
    if (collection === "services" && !this.#listed.has(node)) {
      if (!this.#unlisted.has(node)) this.#unlisted.set(node, { path, place });
    } else this.#unlisted.delete(node);
    let members = this.#collections.get(collection);
    if (!members) this.#collections.set(collection, (members = new Map()));
    const known = members.get(name);
    if (known?.node === node) return name;
    if (known) {
      const first = callMark(known.node)?.place;
      const second = callMark(node)?.place ?? place;
      const two = `two ${singular[collection]}${singular[collection].endsWith("s") ? "" : "s"} are named ${shown(name)}`;
      if (!this.problems.some((problem) => problem.code === "duplicate-name" && problem.places[0] === second))
        this.problems.push({
          code: "duplicate-name",
          severity: "error",
          path: pathText([collection, name]),
          places: [second, first].filter((one) => one !== undefined),
          message: two,
          hint: "make it once and refer to it by its constant, or give one another name",
        });
      return name;
    }
    const named = callMark(node)?.args[0] ?? place;
    if (typeof meaning.name !== "string")
      this.problem(
        "wrong-type",
        [collection, name],
        named,
        `a ${singular[collection]} is named ${describe(meaning.name)}, but a name has to be text`,
        `write the name first, as ${singular[collection]}("main", …)`,
      );
    this.forbidden(name, [collection], named);
    const out: Record<string, unknown> = {};
    members.set(name, { node, data: out });
    const source = sourceOf({ literal: meaning.given, call: node, args: meaning.args }, place);
    this.sources.put(out, source);
    this.#waiting.push(() => this.copy(meaning.data, out, [collection, name], source));
    return name;
  }

  convert(given: unknown, path: Path, place: Place | undefined): unknown {
    if (++this.#values > mostValues) {
      if (this.#values === mostValues + 1)
        this.problem(
          "too-large",
          path,
          place,
          `this spec stands for more than ${mostValues.toLocaleString("en")} values`,
          "lists and objects that are shared multiply: share services and resources, which are written down once",
        );
      return undefined;
    }
    switch (typeof given) {
      case "string":
      case "boolean":
      case "undefined":
        return given;
      case "number":
        if (Number.isFinite(given)) return given;
        this.problem("wrong-type", path, place, `${String(given)} is no number that can be written down`, "use a finite number");
        return undefined;
      case "object":
        return given === null ? null : this.#convertObject(given, path, place);
      default:
        this.problem(
          "not-data",
          path,
          place,
          `${describe(given)} cannot be part of a spec`,
          "a spec is data: text, numbers, lists, objects and what the builders make",
        );
        return undefined;
    }
  }

  #convertObject(given: object, path: Path, place: Place | undefined): unknown {
    if (this.#open.has(given)) {
      this.problem(
        "cyclic-value",
        path,
        place,
        "this value contains itself",
        "break the circle: refer to services and resources by their constants",
      );
      return undefined;
    }
    if (path.length > deepest) {
      this.problem("too-deep", path, place, `this is nested more than ${deepest} levels deep`, "flatten it");
      return undefined;
    }
    this.#open.add(given);
    try {
      const meaning = meaningOf(given);
      if (meaning) return this.#convertMeaning(given, meaning, path, place);
      if (Array.isArray(given)) return this.#convertList(given, path, place);
      if (isPlain(given)) {
        const out: Record<string, unknown> = {};
        const source = sourceOf({ literal: given }, place);
        this.sources.put(out, source);
        this.copy(given, out, path, source);
        return out;
      }
      this.problem(
        "not-data",
        path,
        place,
        `${describe(given)} cannot be part of a spec`,
        given instanceof Promise
          ? "await is not possible in a spec; write the value itself"
          : "a spec is data: text, numbers, lists, objects and what the builders make",
      );
      return undefined;
    } finally {
      this.#open.delete(given);
    }
  }

  #convertMeaning(node: object, meaning: Meaning, path: Path, place: Place | undefined): unknown {
    switch (meaning.kind) {
      case "entity": {
        const out = { ref: `${meaning.collection}.${this.register(node, meaning, path, place)}` };
        return this.place(out, place);
      }
      case "reference": {
        const to = meaningOf(meaning.to) as EntityMeaning;
        const out: Record<string, unknown> = {
          ref: `${to.collection}.${this.register(meaning.to, to, path, callMark(node)?.place ?? place)}`,
        };
        const source = sourceOf({ call: node }, place);
        this.sources.put(out, { ...source, place: place ?? source.place });
        this.copy(meaning.with, out, path, source);
        return out;
      }
      case "value": {
        const environment = this.environments.get(node);
        if (environment !== undefined) return this.place({ ref: `environments.${environment}` }, place);
        const out: Record<string, unknown> = {};
        const source = this.#valueSource(node, place);
        this.sources.put(out, source);
        this.copy(meaning.data, out, path, source);
        return out;
      }
      case "change":
        this.problem(
          "wrong-type",
          path,
          place,
          "set(…) belongs into an environment's overrides",
          "write overrides: [set(api, { … })]",
        );
        return undefined;
    }
  }

  #valueSource(node: object, place: Place | undefined): Source {
    const meaning = meaningOf(node);
    if (meaning?.kind !== "value") return { place, keys: () => undefined };
    const earlier = meaning.earlier && this.#valueSource(meaning.earlier, place);
    return sourceOf({ literal: meaning.given, call: node, args: meaning.args, earlier }, place);
  }

  #convertList(given: readonly unknown[], path: Path, place: Place | undefined): unknown {
    const source = sourceOf({ literal: given }, place);
    const out: unknown[] = [];
    this.sources.put(out, source);
    for (let index = 0; index < given.length && this.#values <= mostValues; index++) {
      out.push(this.convert(given[index], [...path, index], source.keys(String(index))?.value ?? source.place));
    }
    return out;
  }

  copy(from: Readonly<Record<string, unknown>>, to: Record<string, unknown>, path: Path, source: Source): void {
    for (const key of Object.keys(from)) {
      const at = source.keys(key);
      if (this.forbidden(key, path, at?.key ?? source.place)) continue;
      if (key === "__proto__") {
        this.problem("forbidden-key", [...path, key], at?.key ?? source.place, "__proto__ cannot be a name", "use another name");
        continue;
      }
      const converted = this.convert(from[key], [...path, key], at?.value ?? source.place);
      if (converted !== undefined) put(to, key, converted);
    }
  }

  #collectionData(members: ReadonlyMap<string, { node: object; data: object }>): object {
    const out: Record<string, unknown> = {};
    const places = new Map<string, Place>();
    for (const [name, { node, data }] of members) {
      put(out, name, data);
      const call = callMark(node);
      const place = call?.args[0] ?? call?.place;
      if (place) places.set(name, place);
    }
    this.sources.put(out, {
      place: undefined,
      keys: (key) => {
        const place = places.get(key);
        return place && { key: place, value: place };
      },
    });
    return out;
  }

  place<T extends object>(data: T, place: Place | undefined): T {
    this.sources.put(data, { place, keys: () => undefined });
    return data;
  }

  /** JavaScript keeps this name for itself: an object that had it would be another object. */
  forbidden(name: string, path: Path, place: Place | undefined): boolean {
    if (name === "__proto__")
      this.problem("forbidden-key", [...path, name], place, "__proto__ cannot be a name", "use another name");
    return name === "__proto__";
  }

  problem(code: string, path: Path, place: Place | undefined, message: string, hint: string): void {
    this.problems.push({
      code,
      severity: "error",
      path: pathText(path),
      places: place ? [place] : [{ file: this.sources.file, line: 1, column: 1 }],
      message,
      hint,
    });
  }
}

/** Sets a key, unless there is nothing to set. */
export function put(to: object, key: string, given: unknown): void {
  if (given !== undefined) setKey(to, key, given);
}
