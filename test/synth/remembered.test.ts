import { describe, expect, test } from "vitest";
import { Inputs } from "../../src/cli/repository/remembered.ts";

const repeatable = (text: string, name = "/x/gantry.config.ts") => {
  const inputs = new Inputs();
  inputs.add(name, Buffer.from(text));
  return inputs.digests !== undefined;
};

describe("a spec is read again each time when it may say something else", () => {
  test.each([
    `const who = process.env.USER;`,
    `import { readFileSync } from "node:fs";`,
    `import {\n  readFileSync,\n} from "fs";`,
    `import "left-pad";`,
    `export * from "somewhere";`,
    `const now = new Date();`,
    `const x = Math.random();`,
    `const x = await import("./x.ts");`,
    `const x = globalThis["pro" + "cess"];`,
    `const x = (0, eval)("1");`,
  ])("%s", (text) => {
    expect(repeatable(text)).toBe(false);
  });

  test("what comes from node_modules", () => {
    expect(repeatable("", "/x/node_modules/a/index.js")).toBe(false);
  });
});

test.each([
  `import { product } from "gantry";\nimport { db } from "./things.ts";`,
  `import {\n  postgres,\n} from "gantry";\nexport const db = postgres("db", { backup: { adopt: "terraform import", dump: "daily" } });`,
  `export { db } from "./things.ts";`,
])("and remembered when it cannot: %s", (text) => {
  expect(repeatable(text)).toBe(true);
});

test("a product that is plain data is remembered, whatever words are in it", () => {
  expect(repeatable('{"purpose":"process the Date"}', "/x/gantry.json")).toBe(true);
});
