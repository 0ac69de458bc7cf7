import { readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { canonical } from "../src/spec/merge.ts";
import { exampleNames, root } from "./support/gantry.ts";
import { loadExample } from "./support/spec.ts";

const schema = JSON.parse(readFileSync(path.join(root, "schema/product.schema.json"), "utf8")) as object;
const validate = new Ajv2020({ strict: false, allErrors: false }).compile(schema);

describe.each(exampleNames)("%s", (name) => {
  test("the published schema takes the product", async () => {
    const { data } = await loadExample(name);
    expect(validate(JSON.parse(JSON.stringify(canonical(data)))), JSON.stringify(validate.errors?.[0])).toBe(true);
  });

  test.each([
    ["a word that does not exist", (data: Record<string, unknown>) => Object.assign(data, { servicse: {} })],
    ["a service of no kind", (data: Record<string, unknown>) => Object.assign(data["services"] as object, { extra: {} })],
    ["a number where text belongs", (data: Record<string, unknown>) => Object.assign(data, { name: 5 })],
    [
      "an environment on no cloud",
      (data: Record<string, unknown>) => Object.assign(data["environments"] as object, { extra: { cloud: "moon" } }),
    ],
    ["no environments", (data: Record<string, unknown>) => Reflect.deleteProperty(data, "environments")],
  ])("and refuses %s", async (_what, spoil) => {
    const data = JSON.parse(JSON.stringify((await loadExample(name)).data)) as Record<string, unknown>;
    spoil(data);
    expect(validate(data)).toBe(false);
  });
});
