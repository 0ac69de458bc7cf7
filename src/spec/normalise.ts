import { type Path, pathText } from "../lib/paths.ts";
import type { Place, Problem } from "../lib/problem.ts";
import { shown } from "../lib/text.ts";
import { builders, describe, isObject, isPlain } from "./describe.ts";
import { isMergeable } from "./merge.ts";
import { type Collection, type EntityMeaning, type Meaning, entityCollections, meaningOf } from "./node.ts";
import { callMark, literalMark } from "./places.ts";
import { singular } from "./singular.ts";
import { expand } from "./shorthand.ts";
import { type Source, type Sources, sourceOf } from "./sources.ts";
import { ToData, put } from "./to-data.ts";

export type Normalised = {
  readonly data: Record<string, unknown>;
  readonly sources: Sources;
  readonly problems: readonly Problem[];
};

/** Lists of a product that fill the collections; whatever else is referred to joins by itself. */
const listed: ReadonlySet<string> = new Set(entityCollections.filter((one) => one !== "checks"));

/** Turns what builders made into plain data, and notes for each object where it was written. */
export function normalise(product: unknown, file: string): Normalised {
  return new Normaliser(file).run(product);
}

class Normaliser {
  readonly #to: ToData;

  constructor(file: string) {
    this.#to = new ToData(file);
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
    this.#to.sources.put(data, source);
    const { watch, environments, ...rest } = written;
    this.#nameEnvironments(environments);
    for (const [key, given] of Object.entries({ ...rest, ...this.#watched(watch, source) })) {
      if (listed.has(key)) this.#list(key as Collection, given, [key], source.keys(key)?.value ?? this.#placeIn(watch, key));
      else put(data, key, this.#to.convert(given, [key], source.keys(key)?.value ?? source.place));
    }
    data["environments"] = this.#environmentsData(environments, source);
    Object.assign(data, this.#to.collections());
    data["services"] ??= {};
    return { data, sources: this.#to.sources, problems: this.#to.problems };
  }

  /** `watch` only groups; in the data its parts stand beside the others. */
  #watched(watch: unknown, source: Source): Record<string, unknown> {
    if (watch === undefined) return {};
    if (!isPlain(watch)) {
      this.#to.problem(
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
      const known = this.#to.environments.get(environment);
      if (known !== undefined)
        this.#to.problem(
          "duplicate-name",
          ["environments", name],
          this.#placeIn(environments, name),
          `${shown(name)} and ${shown(known)} are one and the same environment`,
          "make one for each, by a function if they are alike",
        );
      this.#to.environments.set(environment, name);
      const meaning = meaningOf(environment);
      const cases = meaning?.kind === "value" ? meaning.data["cases"] : undefined;
      if (isPlain(cases)) for (const one of Object.values(cases)) if (isObject(one)) this.#to.environments.set(one, name);
    }
  }

  #environmentsData(environments: unknown, source: Source): unknown {
    const path = ["environments"];
    const place = source.keys("environments")?.value ?? source.place;
    if (!isPlain(environments)) return this.#to.convert(environments, path, place);
    const out: Record<string, unknown> = {};
    this.#to.sources.put(out, sourceOf({ literal: environments }, place));
    for (const [name, given] of Object.entries(environments)) {
      const at = [...path, name];
      const here = this.#placeIn(environments, name) ?? place;
      if (this.#to.forbidden(name, path, here)) continue;
      const meaning = isObject(given) ? meaningOf(given) : undefined;
      if (isObject(given) && meaning?.kind === "entity" && meaning.collection === "environments")
        put(out, name, this.#environmentData(given, meaning, at, here));
      else if (isObject(given) && meaning?.kind === "value" && "switch" in meaning.data)
        put(out, name, this.#switchedData(given, meaning, at, here));
      else
        this.#to.problem(
          "wrong-type",
          at,
          here,
          `${shown(name)} is no environment`,
          "make it with gcp(), aws(), azure() or local()",
        );
    }
    return out;
  }

  #switchedData(node: object, meaning: Meaning & { kind: "value" }, path: Path, place: Place | undefined): object {
    const cases: Record<string, unknown> = {};
    const given = meaning.data["cases"];
    this.#to.sources.put(cases, sourceOf({ literal: given }, place));
    for (const [name, one] of isPlain(given) ? Object.entries(given) : []) {
      const at = [...path, "cases", name];
      const here = this.#placeIn(given, name) ?? place;
      if (this.#to.forbidden(name, [...path, "cases"], here)) continue;
      const inner = isObject(one) ? meaningOf(one) : undefined;
      if (inner?.kind === "entity" && inner.collection === "environments")
        put(cases, name, this.#environmentData(one as object, inner, at, here));
      else
        this.#to.problem(
          "wrong-type",
          at,
          here,
          `the case ${shown(name)} is no environment`,
          "make it with gcp(), aws() or azure()",
        );
    }
    const out = { switch: meaning.data["switch"], usual: Object.keys(cases)[0], cases };
    this.#to.sources.put(out, sourceOf({ call: node, args: meaning.args }, place));
    return out;
  }

  #environmentData(node: object, meaning: EntityMeaning, path: Path, place: Place | undefined): object {
    const { overrides, ...rest } = meaning.data;
    const out: Record<string, unknown> = {};
    const source = sourceOf({ literal: meaning.given, call: node, args: meaning.args }, place);
    this.#to.sources.put(out, source);
    this.#to.copy(rest, out, path, source);
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
    if (!Array.isArray(given)) return this.#to.convert(given, path, place);
    const out: Record<string, Record<string, unknown>> = {};
    this.#to.sources.put(out, { place, keys: () => undefined });
    for (const [index, one] of given.entries()) {
      const meaning = isObject(one) ? meaningOf(one) : undefined;
      const of = meaning?.kind === "change" ? meaningOf(meaning.of) : undefined;
      const at = (isObject(one) ? callMark(one)?.place : undefined) ?? place;
      if (meaning?.kind !== "change" || of?.kind !== "entity" || of.name === undefined) {
        this.#to.problem(
          "wrong-type",
          [...path, index],
          at,
          meaning?.kind === "change" ? `${describe(meaning.of)} cannot be changed by set()` : `${describe(one)} is no override`,
          "write set(api, { … }), with a service, a resource, an alert …",
        );
        continue;
      }
      this.#to.register(meaning.of, of, [...path, index], at);
      const members = (out[of.collection] ??= this.#to.place({}, at));
      const changes = isPlain(meaning.changes) ? expand(of.collection, meaning.changes) : meaning.changes;
      const converted = this.#convertExpanded(changes, meaning.changes, [...path, of.collection, of.name], at);
      put(members, of.name, Object.hasOwn(members, of.name) ? this.#over(members[of.name], converted) : converted);
    }
    return out;
  }

  /** A later `set` of the same thing over an earlier one, as an environment's change goes over what the product says. */
  #over(earlier: unknown, later: unknown): unknown {
    if (!isMergeable(earlier) || !isMergeable(later)) return later;
    const out: Record<string, unknown> = { ...earlier };
    for (const key of Object.keys(later))
      put(out, key, Object.hasOwn(earlier, key) ? this.#over(earlier[key], later[key]) : later[key]);
    const [first, second] = [this.#to.sources.of(earlier), this.#to.sources.of(later)];
    this.#to.sources.put(out, {
      place: second?.place,
      keys: (key) => (Object.hasOwn(later, key) ? second?.keys(key) : first?.keys(key)),
    });
    return out;
  }

  #convertExpanded(expanded: unknown, written: unknown, path: Path, place: Place | undefined): unknown {
    if (!isPlain(expanded)) return this.#to.convert(written, path, place);
    const out: Record<string, unknown> = {};
    const source = sourceOf({ literal: written }, place);
    this.#to.sources.put(out, { ...source, place: place ?? source.place });
    this.#to.copy(expanded, out, path, source);
    return out;
  }

  #list(collection: Collection, given: unknown, path: Path, place: Place | undefined): void {
    if (!Array.isArray(given)) {
      if (given !== undefined)
        this.#to.problem(
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
        if (!this.#to.list(one as object) && collection === "services")
          this.#to.problem("duplicate-name", [...path, index], at, `${shown(meaning.name)} is listed twice`, "list it once");
        this.#to.register(one as object, meaning, [...path, index], at);
      } else
        this.#to.problem(
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
}
