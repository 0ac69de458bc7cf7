import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { originsOf } from "../src/spec/explain.ts";
import { checkProduct } from "../src/spec/check.ts";
import { normalise } from "../src/spec/normalise.ts";
import { canonical } from "../src/spec/merge.ts";
import { Resolver, environmentCases } from "../src/spec/resolve.ts";
import * as gantry from "../src/spec/index.ts";
import { parseDataFile } from "../src/load/data-file.ts";
import { UserError } from "../src/lib/errors.ts";
import { exampleNames } from "./support/gantry.ts";
import { checkData, loadExample } from "./support/spec.ts";

const seed = Number(process.env["GANTRY_TEST_SEED"] ?? 20_261_121);
const runs = { seed, numRuns: 150 };

/** The same data with the keys of every object in another order. */
function shuffled(value: unknown, order: (length: number) => number[]): unknown {
  if (Array.isArray(value)) return value.map((one) => shuffled(one, order));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    order(entries.length).map((index) => [entries[index]?.[0] ?? "", shuffled(entries[index]?.[1], order)]),
  );
}

function randomOrder(random: () => number): (length: number) => number[] {
  return (length) =>
    Array.from({ length }, (_, index) => ({ index, key: random() }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ index }) => index);
}

function generator(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Paths to every part of some data. */
function everyPath(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, below]) => everyPath(below, [...path, Array.isArray(value) ? Number(key) : key])),
  ];
}

function replaceAt(value: unknown, [step, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (step === undefined) return by;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as Record<string, unknown>) };
  const record = copy as Record<string | number, unknown>;
  record[step] = replaceAt(record[step], rest, by);
  return copy;
}

describe.each(exampleNames)("%s", (name) => {
  test("resolves twice to equal bytes, and to equal bytes from its own plain data", async () => {
    const spec = await loadExample(name);
    const bytes = (data: Record<string, unknown>) => JSON.stringify(new Environments(data).all);
    expect(bytes(spec.data)).toBe(bytes((await loadExample(name)).data));
    const plain = JSON.parse(JSON.stringify(canonical(spec.data))) as Record<string, unknown>;
    expect(checkData(plain).problems).toEqual([]);
    expect(bytes(plain)).toBe(bytes(spec.data));
  });

  test("an environment is frozen all the way down, and is plain data", async () => {
    const { all } = new Environments((await loadExample(name)).data);
    const visit = (value: unknown, at: string): void => {
      if (typeof value !== "object" || value === null) return;
      expect(Object.isFrozen(value), at).toBe(true);
      for (const [key, below] of Object.entries(value)) visit(below, `${at}.${key}`);
    };
    for (const environment of all) {
      visit(environment, "environment");
      expect(JSON.parse(JSON.stringify(environment))).toEqual(environment);
    }
  });

  test("every value of an environment has an origin, and what was written has a place in the spec", async () => {
    const spec = await loadExample(name);
    const lines = readFileSync(new URL(`../examples/${name}/gantry.config.ts`, import.meta.url), "utf8").split("\n");
    for (const environment of checkProduct(spec).environments) {
      for (const [at, { from }] of Object.entries(originsOf(environment, spec.sources))) {
        if (from.layer === "default" || from.layer === "worked out") continue;
        if (["product", "schemaVersion", "environment"].includes(at) || at.startsWith("switches.")) continue;
        expect(from.place, `${environment.environment}: ${at}`).toBeDefined();
        if (from.place?.file.endsWith("gantry.config.ts"))
          expect(
            lines[from.place.line - 1]?.length,
            `${at} stands at ${from.place.line}:${from.place.column}`,
          ).toBeGreaterThanOrEqual(from.place.column - 1);
      }
    }
  });

  test("the order of keys changes nothing", async () => {
    const { data } = await loadExample(name);
    const wanted = JSON.stringify(new Environments(data).all);
    for (let round = 1; round <= 5; round++) {
      const turned = shuffled(data, randomOrder(generator(seed + round))) as Record<string, unknown>;
      expect(JSON.stringify(new Environments(turned).all)).toBe(wanted);
    }
  });

  test("one part replaced by anything never crashes a check, and the order of keys does not change what it says", async () => {
    const { data } = await loadExample(name);
    const paths = everyPath(data);
    fc.assert(
      fc.property(fc.nat(paths.length - 1), anything, fc.integer(), (index, by, order) => {
        const broken = replaceAt(data, paths[index] ?? [], by) as Record<string, unknown>;
        const said = checkData(broken).problems;
        const again = checkData(shuffled(broken, randomOrder(generator(order))) as Record<string, unknown>).problems;
        expect(again).toEqual(said);
      }),
      { ...runs, numRuns: 40 },
    );
  });
});

class Environments {
  readonly all: readonly object[];
  constructor(data: Record<string, unknown>) {
    const resolver = new Resolver(data);
    this.all = environmentCases(data)
      .map(({ name, switches }) => resolver.resolve(name, switches))
      .toSorted((a, b) => (JSON.stringify([a.environment, a.switches]) < JSON.stringify([b.environment, b.switches]) ? -1 : 1));
  }
}

const anything = fc
  .anything({ maxDepth: 3, withNullPrototype: true, withObjectString: true })
  .map((value) => JSON.parse(JSON.stringify(value) ?? "null") as unknown);

describe("no input crashes a check", () => {
  test("any plain data", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        checkData({ schemaVersion: 1, ...(value as object) });
      }),
      runs,
    );
  });

  test("data in the shape of a product with anything inside", () => {
    const names = fc.constantFrom("api", "db", "__proto__x", "constructor", "toString", "a".repeat(80), "");
    const bag = fc.dictionary(names, anything, { maxKeys: 3 });
    fc.assert(
      fc.property(bag, bag, bag, bag, (services, resources, alerts, environments) => {
        checkData({ schemaVersion: 1, name: "p", services, resources, alerts, environments });
      }),
      runs,
    );
  });

  test("builders given anything at all", () => {
    const odd = fc.anything({
      withDate: true,
      withMap: true,
      withSet: true,
      withBigInt: true,
      withTypedArray: true,
      withSparseArray: true,
      maxDepth: 2,
    });
    const loose = gantry as unknown as Record<string, (...args: unknown[]) => unknown>;
    const builders = Object.keys(gantry).filter((name) => typeof loose[name] === "function" && name !== "product");
    fc.assert(
      fc.property(fc.constantFrom(...builders), fc.array(odd, { maxLength: 3 }), odd, (builder, args, more) => {
        let made: unknown;
        try {
          made = loose[builder]?.(...args);
        } catch (error) {
          // A builder may refuse what is not even the right kind of JavaScript value; the loader reports that with its place.
          expect(error).toBeInstanceOf(Error);
          return;
        }
        const product = loose["product"]?.("p", {
          services: [made, more],
          environments: { here: made, there: more },
          resources: more,
          watch: { alerts: [made] },
          pipeline: made,
        });
        checkProduct(normalise(product, "gantry.config.ts"));
      }),
      { ...runs, numRuns: 400 },
    );
  });

  test("any text as JSON or YAML: read, or refused in words", async () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.json(),
      fc
        .array(
          fc.constantFrom(
            "a: 1\n",
            "- b\n",
            "  ",
            "{",
            "}",
            "[",
            "]",
            "&x ",
            "*x",
            "? ",
            "!!js/function ",
            "<<: ",
            "\t",
            "---\n",
            "|\n",
            '"',
            "__proto__: 1\n",
            "\0",
          ),
          { maxLength: 20 },
        )
        .map((parts) => parts.join("")),
    );
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom("gantry.json", "gantry.yaml"), async (given, name) => {
        try {
          checkProduct(await parseDataFile(given, name));
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          expect((error as UserError).problems.length).toBeGreaterThan(0);
        }
      }),
      runs,
    );
  });
});
