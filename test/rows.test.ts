import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type Path, parsePath, valueAt } from "../src/lib/paths.ts";
import { originsOf } from "../src/spec/explain.ts";
import { canonical } from "../src/spec/merge.ts";
import { Resolver, environmentCases } from "../src/spec/resolve.ts";
import { Sources } from "../src/spec/sources.ts";
import { checkData, loadExample } from "./support/spec.ts";
import { root } from "./support/gantry.ts";
import { rows as byt } from "./rows/byt.ts";
import { rows as cpa } from "./rows/cpa.ts";
import { rows as gov } from "./rows/gov.ts";
import { rows as led } from "./rows/led.ts";
import { rows as men } from "./rows/men.ts";

const examples = [
  { example: "proveniq-ledger", prefix: "LED", last: 12, rows: led },
  { example: "bytereview", prefix: "BYT", last: 22, rows: byt },
  { example: "codementor", prefix: "MEN", last: 11, rows: men },
  { example: "cpa-platform", prefix: "CPA", last: 12, rows: cpa },
  { example: "ai-governance", prefix: "GOV", last: 13, rows: gov },
];

/** Every value of every environment with the layer that it came from. */
function origins(data: Record<string, unknown>): string[] {
  const resolver = new Resolver(data);
  const sources = new Sources("gantry.json");
  return environmentCases(data).map(({ name, switches }) =>
    JSON.stringify(
      Object.entries(originsOf(resolver.resolve(name, switches), sources)).map(([at, { from }]) => [at, from.layer, from.value]),
    ),
  );
}

function environments(data: Record<string, unknown>): string[] {
  const resolver = new Resolver(data);
  return environmentCases(data).map(({ name, switches }) => JSON.stringify(resolver.resolve(name, switches)));
}

/** The same data without what stands at a path. */
function without(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined) return undefined;
  if (Array.isArray(value)) {
    const items = value as unknown[];
    return rest.length === 0
      ? items.filter((_, index) => index !== step)
      : items.map((one, index) => (index === step ? without(one, rest) : one));
  }
  const record = { ...(value as Record<string, unknown>) };
  if (rest.length === 0) Reflect.deleteProperty(record, step);
  else record[step] = without(record[step], rest);
  return record;
}

describe.each(examples)("$example", ({ example, prefix, last, rows }) => {
  test("every row is there, once, and each names values", () => {
    const ids = Array.from({ length: last }, (_, index) => `${prefix}-${String(index + 1).padStart(2, "0")}`);
    expect(rows.map((row) => row.id)).toEqual(ids);
    for (const row of rows) expect(Object.keys(row.values).length, row.id).toBeGreaterThan(0);
  });

  test.each(rows.map((row) => [row.id, row] as const))(
    "%s: the spec says it, and taking a value away changes an environment",
    async (_id, row) => {
      const { data } = await loadExample(example);
      expect(checkData(data).problems).toEqual([]);
      const plain = canonical(data) as Record<string, unknown>;
      const before = environments(plain);
      const told = origins(plain);
      for (const [text, wanted] of Object.entries(row.values)) {
        const at = parsePath(text);
        expect(at, `${text} is a path`).toBeDefined();
        expect(valueAt(plain, at ?? []), text).toEqual(wanted);
        const poorer = without(plain, at ?? []) as Record<string, unknown>;
        const fewer = before.length !== environmentCases(poorer).length;
        // A value that is also the default stays what it is; then it is its origin that changes.
        const changed =
          fewer ||
          environments(poorer).some((one, index) => one !== before[index]) ||
          origins(poorer).some((one, index) => one !== told[index]);
        expect(changed, `without ${text} some environment is another`).toBe(true);
      }
    },
  );

  test("no row is met by a comment: none of its files names one", () => {
    const folder = path.join(root, "examples", example);
    const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
    const code = files.map((name) => readFileSync(path.join(folder, name), "utf8")).join("\n");
    const comments = [...code.matchAll(/(?:^|\s)\/\/(.*)$|\/\*([\s\S]*?)\*\//gm)]
      .map((match) => match[1] ?? match[2] ?? "")
      .join("\n");
    for (const row of rows) expect(comments, "rows are values, not comments").not.toContain(row.id);
  });
});
