import { writeFileSync } from "node:fs";
import { test } from "vitest";
import { checkProduct } from "../../src/spec/check.ts";
import { rulesOf } from "../../src/signals/rules/rules-of.ts";
import { loadExample } from "../support/spec.ts";

test("print", async () => {
  let out = "";
  for (const name of ["ai-governance", "bytereview", "codementor", "cpa-platform", "proveniq-ledger"]) {
    const { environments } = checkProduct(await loadExample(name));
    for (const environment of environments)
      out += `## ${name} ${environment.environment}\n${JSON.stringify(rulesOf(environment), (key, value) => (key === "when" || key === "path" ? undefined : value), 1)}\n`;
  }
  writeFileSync("/tmp/wr/rules.txt", out);
});
