import { grantsOf, hostsOf, imageOf, list, secretsOf } from "./derive.ts";
import { entityDefaults, environmentDefaults } from "./defaults.ts";
import type { Environment } from "./environment.ts";
import { type Layer, type Memory, type Part, assemble, mergeLayers, remember, sortedKeys } from "./merge.ts";
import { type Collection, entityCollections } from "./node.ts";

// product × environment → Environment. Three layers: what the environment changes, what the product says, what holds by default;
// and then what follows from them.

type Data = Readonly<Record<string, unknown>>;

/** What an environment says about others; it has taken effect where it belongs. */
const applied: ReadonlySet<string> = new Set(["overrides", "with", "without", "flags", "freezes"]);
const theReference: ReadonlySet<string> = new Set(["ref"]);
const notOfEnvironments: ReadonlySet<string> = new Set([...entityCollections, "environments", "schemaVersion", "name"]);

const productLayer: Layer = { label: "product" };
const defaultLayer: Layer = { label: "default" };
const derivedLayer: Layer = { label: "worked out", why: "it follows from the rest of the environment" };

export type Switches = Readonly<Record<string, string>>;

export type Case = {
  readonly name: string;
  readonly switches: Switches;
  readonly path: readonly string[];
  readonly data: Data;
};

/** Every environment of a product, with the cases of those that are switched: `production`, `production` with cloud=azure. */
export function environmentCases(product: Data): readonly Case[] {
  const cases = [];
  for (const [name, given] of Object.entries((product["environments"] ?? {}) as Data)) {
    const data = given as Data;
    const by = data["switch"];
    if (typeof by !== "string") cases.push({ name, switches: {}, path: ["environments", name], data });
    else
      for (const [choice, one] of casesOf(data))
        cases.push({ name, switches: { [by]: choice }, path: ["environments", name, "cases", choice], data: one as Data });
  }
  return cases;
}

/** The cases of a switched environment, the usual one first. */
function casesOf(data: Data): readonly [string, unknown][] {
  const cases = (data["cases"] ?? {}) as Data;
  const names = sortedKeys(Object.keys(cases));
  const usual = names.filter((name) => name === data["usual"]);
  return [...usual, ...names.filter((name) => name !== data["usual"])].map((name) => [name, cases[name]]);
}

/** Resolves environments of one product; what they share is merged once. */
export class Resolver {
  readonly #product: Data;
  readonly #shared = new Map<string, Data>();
  readonly #memory: Memory = new Map();
  readonly #only: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(product: Data) {
    this.#product = product;
    this.#only = onlyIn(product);
  }

  /** Throws a RangeError when there is no such environment: callers look first. */
  resolve(name: string, switches: Switches = {}): Environment {
    const cases = environmentCases(this.#product).filter((one) => one.name === name);
    const chosen = cases.find((one) => Object.entries(one.switches).every(([by, choice]) => (switches[by] ?? choice) === choice));
    if (!chosen) throw new RangeError(`no environment ${name}`);
    const environment = this.#resolveCase(chosen);
    remember(environment, this.#memory);
    return environment;
  }

  #resolveCase({ name, data, switches, path }: Case): Environment {
    const layer: Layer = { label: `environment ${name}` };
    const strategy = String((data["release"] as Data | undefined)?.["strategy"] ?? "rolling");
    const defaults = environmentDefaults(String(data["cloud"]), strategy);
    const runs = String(data["runs"] ?? defaults["runs"] ?? "here");
    const collections = this.#collections(path.join("."), { data, layer, runs });
    const merged = mergeLayers(this.#memory, [
      { layer, data, without: applied },
      { layer: productLayer, data: this.#product, without: notOfEnvironments },
      { layer: defaultLayer, data: defaults },
    ]);
    const withDerived = this.#derive(merged, collections);
    const values: Record<string, unknown> = {
      ...merged,
      ...withDerived,
      schemaVersion: 1,
      product: this.#product["name"],
      environment: name,
      ...(Object.keys(switches).length > 0 ? { switches: Object.freeze({ ...switches }) } : {}),
    };
    return assemble(this.#memory, values, [
      { layer, data },
      { layer: productLayer, data: this.#product },
      { layer: defaultLayer, data: defaults },
      { layer: derivedLayer, data: { hosts: true, product: true, environment: true, switches: true } },
    ]) as unknown as Environment;
  }

  #collections(key: string, { data, layer, runs }: { data: Data; layer: Layer; runs: string }): Record<string, Data> {
    const overrides = (data["overrides"] ?? {}) as Data;
    const without = refs(data["without"]);
    const settings = list(data["flags"]) as readonly Data[];
    const out: Record<string, Data> = {};
    for (const collection of entityCollections) {
      const members = (this.#product[collection] ?? {}) as Data;
      const changes = (overrides[collection] ?? {}) as Data;
      const here: Record<string, unknown> = {};
      for (const member of sortedKeys(Object.keys(members))) {
        const ref = `${collection}.${member}`;
        const only = this.#only.get(ref);
        if (without.has(ref) || (only && !only.has(key))) continue;
        const parts: Part[] = [];
        const set = settings.findIndex((one) => one["ref"] === ref);
        if (set >= 0) parts.push({ layer, data: settings[set] as Data, without: theReference });
        if (Object.hasOwn(changes, member)) parts.push({ layer, data: changes[member] as Data });
        const given = members[member] as Data;
        here[member] =
          parts.length > 0
            ? this.#merge(collection, member, given, parts, runs)
            : this.#mergeShared(collection, member, given, runs);
      }
      out[collection] = assemble(this.#memory, here, [{ layer: productLayer, data: members }]);
    }
    return out;
  }

  #mergeShared(collection: Collection, name: string, data: Data, runs: string): Data {
    const key = `${runs} ${collection}.${name}`;
    let known = this.#shared.get(key);
    if (!known) this.#shared.set(key, (known = this.#merge(collection, name, data, [], runs)));
    return known;
  }

  #merge(collection: Collection, name: string, data: Data, changes: readonly Part[], runs: string): Data {
    const strongest = changes.reduceRight<Data>((sum, part) => ({ ...sum, ...part.data }), data);
    return mergeLayers(this.#memory, [
      ...changes,
      { layer: productLayer, data },
      { layer: defaultLayer, data: entityDefaults(collection, strongest, runs) },
    ]);
  }

  /** Adds what follows from the rest to services and hosts. */
  #derive(environment: Data, collections: Record<string, Data>): Record<string, unknown> {
    const { services = {}, resources = {} } = collections;
    const derived: Record<string, unknown> = {};
    for (const [name, given] of Object.entries(services)) {
      const service = given as Data;
      const image = imageOf(name, service, environment["pipeline"], environment);
      const named = { name, container: name };
      const written = service["deployment"] as Data | undefined;
      const deployment = assemble(this.#memory, { ...named, ...written }, [
        ...((written && this.#memory.get(written)) ?? []),
        { layer: derivedLayer, data: named },
      ]);
      const added: Record<string, unknown> = {
        grants: frozenList(grantsOf(service, resources, String(environment["cloud"]))),
        secrets: Object.freeze(secretsOf(service, resources)),
        ...(service["account"] === undefined ? { account: name } : {}),
        deployment,
        ...(image === undefined || service["image"] !== undefined ? {} : { image }),
        ...(service["logLevel"] === undefined ? { logLevel: environment["logLevel"] } : {}),
      };
      derived[name] = assemble(this.#memory, { ...service, ...added }, [
        ...(this.#memory.get(service) ?? []),
        { layer: derivedLayer, data: added },
      ]);
    }
    return {
      ...collections,
      services: assemble(this.#memory, derived, this.#memory.get(services) ?? []),
      hosts: frozenList(hostsOf(environment["domain"], services)),
    };
  }
}

/** The environment of a product by that name; every value frozen, keys in one order. */
export function resolve(product: Data, environment: string, switches: Switches = {}): Environment {
  return new Resolver(product).resolve(environment, switches);
}

/** What some environment names in `with`, or as a freeze, exists only in the environments that do. */
function onlyIn(product: Data): ReadonlyMap<string, ReadonlySet<string>> {
  const only = new Map<string, Set<string>>();
  for (const { path, data } of environmentCases(product)) {
    for (const ref of [...refs(data["with"]), ...refs(data["freezes"])]) {
      let names = only.get(ref);
      if (!names) only.set(ref, (names = new Set()));
      names.add(path.join("."));
    }
  }
  return only;
}

function refs(given: unknown): ReadonlySet<string> {
  return new Set(
    list(given).flatMap((one) => (typeof (one as Data | null)?.["ref"] === "string" ? [(one as { ref: string }).ref] : [])),
  );
}

function frozenList<T extends object>(items: readonly T[]): readonly T[] {
  return Object.freeze(items.map((item) => Object.freeze({ ...item })));
}
