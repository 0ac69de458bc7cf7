import { type Path, pathText, setKey } from "../lib/paths.ts";
import type { Place, Problem } from "../lib/problem.ts";
import { shown } from "../lib/text.ts";
import { builders, describe, isObject, isPlain } from "./describe.ts";
import { type Collection, type EntityMeaning, type Meaning, meaningOf } from "./node.ts";
import { callMark, literalMark } from "./places.ts";
import { singular } from "./singular.ts";
import { expand } from "./shorthand.ts";
import { type Source, Sources, sourceOf } from "./sources.ts";

export type Normalised = {
  readonly data: Record<string, unknown>;
  readonly sources: Sources;
  readonly problems: readonly Problem[];
};

/** Lists of a product that fill the collections; whatever else is referred to joins by itself. */
const listed: Readonly<Record<string, Collection>> = {
  services: "services",
  resources: "resources",
  secrets: "secrets",
  roles: "roles",
  approvals: "approvals",
  channels: "channels",
  flags: "flags",
  datasets: "datasets",
  tenants: "tenants",
  resets: "resets",
  freezes: "freezes",
  policies: "policies",
  runbooks: "runbooks",
  exercises: "exercises",
  slos: "slos",
  alerts: "alerts",
  dashboards: "dashboards",
  uptime: "uptime",
};

const deepest = 60;
/** Objects that are shared stand for one in each place: a few lines can stand for more than there is memory. */
const mostValues = 500_000;

/** Turns what builders made into plain data, and notes for each object where it was written. */
export function normalise(product: unknown, file: string): Normalised {
  return new Normaliser(file).run(product);
}

class Normaliser {
  readonly #sources: Sources;
  readonly #problems: Problem[] = [];
  readonly #collections = new Map<Collection, Map<string, { node: object; data: object }>>();
  readonly #environments = new Map<object, string>();
  readonly #listed = new Set<object>();
  readonly #unlisted = new Map<object, { path: Path; place: Place | undefined }>();
  readonly #open = new Set<object>();
  readonly #waiting: (() => void)[] = [];
  #values = 0;

  constructor(file: string) {
    this.#sources = new Sources(file);
  }

  run(product: unknown): Normalised {
    const meaning = isObject(product) ? meaningOf(product) : undefined;
    const written = meaning?.kind === "value" ? meaning.data : undefined;
    if (!isObject(product) || written === undefined || (product as { kind?: unknown }).kind !== "product")
      throw new TypeError("normalise takes a product");
    const data: Record<string, unknown> = { schemaVersion: 1 };
    const source = sourceOf(
      { literal: meaning?.kind === "value" ? meaning.given : undefined, call: product, args: { name: 0 } },
      undefined,
    );
    this.#sources.put(data, source);
    const { watch, environments, ...rest } = written;
    this.#nameEnvironments(environments);
    for (const [key, given] of Object.entries({ ...rest, ...this.#watched(watch, source) })) {
      const collection = Object.hasOwn(listed, key) ? listed[key] : undefined;
      if (collection) this.#list(collection, given, [key], source.keys(key)?.value ?? this.#placeIn(watch, key));
      else put(data, key, this.#convert(given, [key], source.keys(key)?.value ?? source.place));
    }
    data["environments"] = this.#environmentsData(environments, source);
    while (this.#waiting.length > 0) this.#waiting.shift()?.();
    for (const [collection, members] of this.#collections) data[collection] = this.#collectionData(members);
    data["services"] ??= {};
    for (const [node, { path, place }] of this.#unlisted) {
      const name = (meaningOf(node) as EntityMeaning).name ?? "?";
      this.#problem(
        "unlisted-service",
        path,
        place,
        `the service ${shown(name)} is referred to here, but the product does not list it`,
        `add it to the product's services`,
      );
    }
    return { data, sources: this.#sources, problems: this.#problems };
  }

  /** `watch` only groups; in the data its parts stand beside the others. */
  #watched(watch: unknown, source: Source): Record<string, unknown> {
    if (watch === undefined) return {};
    if (!isPlain(watch)) {
      this.#problem(
        "wrong-type",
        ["watch"],
        source.keys("watch")?.value,
        `watch is ${shown(watch)}, but has to be an object`,
        "write watch: { alerts: […] }",
      );
      return {};
    }
    return Object.fromEntries(Object.entries(watch));
  }

  #placeIn(literal: unknown, key: string): Place | undefined {
    return isObject(literal) ? literalMark(literal)?.keys.get(key)?.value : undefined;
  }

  #nameEnvironments(environments: unknown): void {
    if (!isPlain(environments)) return;
    for (const [name, environment] of Object.entries(environments)) {
      if (!isObject(environment)) continue;
      const known = this.#environments.get(environment);
      if (known !== undefined)
        this.#problem(
          "duplicate-name",
          ["environments", name],
          this.#placeIn(environments, name),
          `${shown(name)} and ${shown(known)} are one and the same environment`,
          "make one for each, by a function if they are alike",
        );
      this.#environments.set(environment, name);
      const meaning = meaningOf(environment);
      const cases = meaning?.kind === "value" ? meaning.data["cases"] : undefined;
      if (isPlain(cases)) for (const one of Object.values(cases)) if (isObject(one)) this.#environments.set(one, name);
    }
  }

  #environmentsData(environments: unknown, source: Source): unknown {
    const path = ["environments"];
    const place = source.keys("environments")?.value ?? source.place;
    if (!isPlain(environments)) return this.#convert(environments, path, place);
    const out: Record<string, unknown> = {};
    this.#sources.put(out, sourceOf({ literal: environments }, place));
    for (const [name, given] of Object.entries(environments)) {
      const at = [...path, name];
      const here = this.#placeIn(environments, name) ?? place;
      if (this.#forbidden(name, path, here)) continue;
      const meaning = isObject(given) ? meaningOf(given) : undefined;
      if (!isObject(given))
        this.#problem(
          "wrong-type",
          at,
          here,
          `${shown(name)} is no environment`,
          "make it with gcp(), aws(), azure() or local()",
        );
      else if (meaning?.kind === "entity" && meaning.collection === "environments")
        put(out, name, this.#environmentData(given, meaning, at, here));
      else if (meaning?.kind === "value" && "switch" in meaning.data)
        put(out, name, this.#switchedData(given, meaning, at, here));
      else {
        this.#problem(
          "wrong-type",
          at,
          here,
          `${shown(name)} is no environment`,
          "make it with gcp(), aws(), azure() or local()",
        );
      }
    }
    return out;
  }

  #switchedData(node: object, meaning: Meaning & { kind: "value" }, path: Path, place: Place | undefined): object {
    const cases: Record<string, unknown> = {};
    const given = meaning.data["cases"];
    this.#sources.put(cases, sourceOf({ literal: given }, place));
    for (const [name, one] of isPlain(given) ? Object.entries(given) : []) {
      const at = [...path, "cases", name];
      const here = this.#placeIn(given, name) ?? place;
      if (this.#forbidden(name, [...path, "cases"], here)) continue;
      const inner = isObject(one) ? meaningOf(one) : undefined;
      if (inner?.kind === "entity" && inner.collection === "environments")
        put(cases, name, this.#environmentData(one as object, inner, at, here));
      else
        this.#problem(
          "wrong-type",
          at,
          here,
          `the case ${shown(name)} is no environment`,
          "make it with gcp(), aws() or azure()",
        );
    }
    const out = { switch: meaning.data["switch"], cases };
    this.#sources.put(out, sourceOf({ call: node, args: meaning.args }, place));
    return out;
  }

  #environmentData(node: object, meaning: EntityMeaning, path: Path, place: Place | undefined): object {
    const { overrides, ...rest } = meaning.data;
    const out: Record<string, unknown> = {};
    const source = sourceOf({ literal: meaning.given, call: node, args: meaning.args }, place);
    this.#sources.put(out, source);
    this.#copy(rest, out, path, source);
    if (overrides !== undefined)
      put(
        out,
        "overrides",
        this.#overridesData(overrides, [...path, "overrides"], source.keys("overrides")?.value ?? source.place),
      );
    return out;
  }

  /** `[set(api, …), set(db, …)]` becomes `{ services: { api: … }, resources: { db: … } }`. */
  #overridesData(given: unknown, path: Path, place: Place | undefined): unknown {
    if (!Array.isArray(given)) return this.#convert(given, path, place);
    const out: Record<string, Record<string, unknown>> = {};
    this.#sources.put(out, { place, keys: () => undefined });
    for (const [index, one] of given.entries()) {
      const meaning = isObject(one) ? meaningOf(one) : undefined;
      const of = meaning?.kind === "change" ? meaningOf(meaning.of) : undefined;
      const at = (isObject(one) ? callMark(one)?.place : undefined) ?? place;
      if (meaning?.kind !== "change" || of?.kind !== "entity" || of.name === undefined) {
        this.#problem(
          "wrong-type",
          [...path, index],
          at,
          meaning?.kind === "change" ? `${describe(meaning.of)} cannot be changed by set()` : `${describe(one)} is no override`,
          "write set(api, { … }), with a service, a resource, an alert …",
        );
        continue;
      }
      this.#register(meaning.of, of, [...path, index], at);
      const members = (out[of.collection] ??= this.#place({}, at));
      const changes = isPlain(meaning.changes) ? expand(of.collection, meaning.changes) : meaning.changes;
      const converted = this.#convertExpanded(changes, meaning.changes, [...path, of.collection, of.name], at);
      put(members, of.name, Object.hasOwn(members, of.name) ? this.#over(members[of.name], converted) : converted);
    }
    return out;
  }

  /** A later `set` of the same thing over an earlier one, as a later spread goes over an earlier one. */
  #over(earlier: unknown, later: unknown): unknown {
    if (!isPlain(earlier) || !isPlain(later) || "ref" in earlier || "ref" in later) return later;
    const out: Record<string, unknown> = { ...earlier };
    for (const key of Object.keys(later))
      put(out, key, Object.hasOwn(earlier, key) ? this.#over(earlier[key], later[key]) : later[key]);
    const [first, second] = [this.#sources.of(earlier), this.#sources.of(later)];
    this.#sources.put(out, {
      place: second?.place,
      keys: (key) => (Object.hasOwn(later, key) ? second?.keys(key) : first?.keys(key)),
    });
    return out;
  }

  #convertExpanded(expanded: unknown, written: unknown, path: Path, place: Place | undefined): unknown {
    if (!isPlain(expanded)) return this.#convert(written, path, place);
    const out: Record<string, unknown> = {};
    const source = sourceOf({ literal: written }, place);
    this.#sources.put(out, { ...source, place: place ?? source.place });
    this.#copy(expanded, out, path, source);
    return out;
  }

  #place<T extends object>(data: T, place: Place | undefined): T {
    this.#sources.put(data, { place, keys: () => undefined });
    return data;
  }

  #list(collection: Collection, given: unknown, path: Path, place: Place | undefined): void {
    if (!Array.isArray(given)) {
      if (given !== undefined)
        this.#problem(
          "wrong-type",
          path,
          place,
          `${pathText(path)} is ${describe(given)}, but has to be a list`,
          `write ${pathText(path)}: [ … ]`,
        );
      return;
    }
    const marks = literalMark(given);
    for (const [index, one] of given.entries()) {
      const at = marks?.keys.get(String(index))?.value ?? place;
      const meaning = isObject(one) ? meaningOf(one) : undefined;
      if (meaning?.kind === "entity" && meaning.collection === collection) {
        if (this.#listed.has(one as object) && collection === "services") {
          this.#problem("duplicate-name", [...path, index], at, `${shown(meaning.name)} is listed twice`, "list it once");
        }
        this.#listed.add(one as object);
        this.#register(one as object, meaning, [...path, index], at);
      } else
        this.#problem(
          "wrong-type",
          [...path, index],
          at,
          `${describe(one)} is no ${singular[collection]}`,
          one === undefined
            ? "a constant has to stand above the line that uses it"
            : `this list takes what ${builders[collection]} makes`,
        );
    }
  }

  /** Gives an entity its one place in the data. */
  #register(node: object, meaning: EntityMeaning, path: Path, place: Place | undefined): string {
    const { collection } = meaning;
    if (collection === "environments") {
      const name = this.#environments.get(node);
      if (name === undefined) {
        this.#problem(
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
      if (!this.#problems.some((problem) => problem.code === "duplicate-name" && problem.places[0] === second))
        this.#problems.push({
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
      this.#problem(
        "wrong-type",
        [collection, name],
        named,
        `a ${singular[collection]} is named ${describe(meaning.name)}, but a name has to be text`,
        `write the name first, as ${singular[collection]}("main", …)`,
      );
    this.#forbidden(name, [collection], named);
    const out: Record<string, unknown> = {};
    members.set(name, { node, data: out });
    const source = sourceOf({ literal: meaning.given, call: node, args: meaning.args }, place);
    this.#sources.put(out, source);
    this.#waiting.push(() => this.#copy(meaning.data, out, [collection, name], source));
    return name;
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
    this.#sources.put(out, {
      place: undefined,
      keys: (key) => {
        const place = places.get(key);
        return place && { key: place, value: place };
      },
    });
    return out;
  }

  #convert(given: unknown, path: Path, place: Place | undefined): unknown {
    if (++this.#values > mostValues) {
      if (this.#values === mostValues + 1)
        this.#problem(
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
        this.#problem("wrong-type", path, place, `${String(given)} is no number that can be written down`, "use a finite number");
        return undefined;
      case "object":
        return given === null ? null : this.#convertObject(given, path, place);
      default:
        this.#problem(
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
      this.#problem(
        "cyclic-value",
        path,
        place,
        "this value contains itself",
        "break the circle: refer to services and resources by their constants",
      );
      return undefined;
    }
    if (path.length > deepest) {
      this.#problem("too-deep", path, place, `this is nested more than ${deepest} levels deep`, "flatten it");
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
        this.#sources.put(out, source);
        this.#copy(given, out, path, source);
        return out;
      }
      this.#problem(
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
        const out = { ref: `${meaning.collection}.${this.#register(node, meaning, path, place)}` };
        return this.#place(out, place);
      }
      case "reference": {
        const to = meaningOf(meaning.to) as EntityMeaning;
        const out: Record<string, unknown> = {
          ref: `${to.collection}.${this.#register(meaning.to, to, path, callMark(node)?.place ?? place)}`,
        };
        const source = sourceOf({ call: node }, place);
        this.#sources.put(out, { ...source, place: place ?? source.place });
        this.#copy(meaning.with, out, path, source);
        return out;
      }
      case "value": {
        const environment = this.#environments.get(node);
        if (environment !== undefined) return this.#place({ ref: `environments.${environment}` }, place);
        const out: Record<string, unknown> = {};
        const source = this.#valueSource(node, place);
        this.#sources.put(out, source);
        this.#copy(meaning.data, out, path, source);
        return out;
      }
      case "change":
        this.#problem(
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
    this.#sources.put(out, source);
    for (let index = 0; index < given.length && this.#values <= mostValues; index++) {
      out.push(this.#convert(given[index], [...path, index], source.keys(String(index))?.value ?? source.place));
    }
    return out;
  }

  #copy(from: Readonly<Record<string, unknown>>, to: Record<string, unknown>, path: Path, source: Source): void {
    for (const key of Object.keys(from)) {
      const at = source.keys(key);
      if (this.#forbidden(key, path, at?.key ?? source.place)) continue;
      if (key === "__proto__") {
        this.#problem("forbidden-key", [...path, key], at?.key ?? source.place, "__proto__ cannot be a name", "use another name");
        continue;
      }
      const converted = this.#convert(from[key], [...path, key], at?.value ?? source.place);
      if (converted !== undefined) put(to, key, converted);
    }
  }

  /** JavaScript keeps this name for itself: an object that had it would be another object. */
  #forbidden(name: string, path: Path, place: Place | undefined): boolean {
    if (name === "__proto__")
      this.#problem("forbidden-key", [...path, name], place, "__proto__ cannot be a name", "use another name");
    return name === "__proto__";
  }

  #problem(code: string, path: Path, place: Place | undefined, message: string, hint: string): void {
    this.#problems.push({
      code,
      severity: "error",
      path: pathText(path),
      places: place ? [place] : [{ file: this.#sources.file, line: 1, column: 1 }],
      message,
      hint,
    });
  }
}

function put(to: object, key: string, given: unknown): void {
  if (given !== undefined) setKey(to, key, given);
}
