import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "vitest";
import { exampleNames, subjectOf } from "../support/synth.ts";
import { scripts } from "../../src/synth/scripts/index.ts";
test("dump", async () => {
  for (const name of exampleNames)
    for (const file of scripts(await subjectOf(name))) {
      const at = path.join("/tmp/scripts-out", name, file.path);
      mkdirSync(path.dirname(at), { recursive: true });
      writeFileSync(at, file.text, { mode: file.executable ? 0o755 : 0o644 });
    }
}, 60_000);
