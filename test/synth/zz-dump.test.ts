import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "vitest";
import { filesOf } from "../support/synth.ts";
test("dump", async () => {
  for (const [p, { text }] of await filesOf("ai-governance", { switches: { cloud: "azure" } })) {
    const f = path.join("/tmp/azscratch/out", p);
    mkdirSync(path.dirname(f), { recursive: true });
    writeFileSync(f, text);
  }
});
