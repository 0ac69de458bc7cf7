import path from "node:path";
import { expect, test } from "vitest";
import { exampleFile, exampleNames, gantry, root } from "./support/gantry.ts";

const shown: Readonly<Record<(typeof exampleNames)[number], readonly string[]>> = {
  "ai-governance": ["production"],
  bytereview: ["prod"],
  codementor: ["prod"],
  "cpa-platform": ["production"],
  "proveniq-ledger": ["sandbox"],
};

const golden = (name: string) => path.join(root, "test/golden", name);

test.each(exampleNames)("%s: the product as plain data", async (name) => {
  const { status, out } = await gantry(["show", "--yaml", "-c", exampleFile(name)]);
  expect(status).toBe(0);
  await expect(out).toMatchFileSnapshot(golden(`${name}.product.yaml`));
});

test.each(exampleNames.flatMap((name) => shown[name].map((environment) => [name, environment] as const)))(
  "%s: %s as a tree",
  async (name, environment) => {
    const { status, out } = await gantry(["show", environment, "-c", exampleFile(name)]);
    expect(status).toBe(0);
    await expect(out).toMatchFileSnapshot(golden(`${name}.${environment}.txt`));
  },
);

test("ai-governance: production on the other cloud", async () => {
  const { status, out } = await gantry(["show", "production", "--switch", "cloud=azure", "-c", exampleFile("ai-governance")]);
  expect(status).toBe(0);
  await expect(out).toMatchFileSnapshot(golden("ai-governance.production.azure.txt"));
});
