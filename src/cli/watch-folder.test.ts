import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { watchFolder } from "./watch-folder.ts";

let folder: string;
let over: AbortController;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "gantry-watch-"));
  mkdirSync(path.join(folder, "src"));
  mkdirSync(path.join(folder, ".gantry"));
  over = new AbortController();
});
afterEach(() => {
  over.abort();
  rmSync(folder, { recursive: true, force: true });
});

const put = (name: string) => writeFileSync(path.join(folder, name), String(Math.random()));

test("tells a file that changed, in a folder below too, and in one that is made later", async () => {
  const changes = watchFolder(folder, over.signal);
  const first = changes.next();
  put("src/api.ts");
  expect((await first).value).toBe(path.join("src", "api.ts"));
  const second = changes.next();
  mkdirSync(path.join(folder, "more"));
  await second;
  const third = changes.next();
  put("more/file.ts");
  expect((await third).value).toContain("more");
});

test("a burst is one change, and what Gantry keeps is none", async () => {
  const changes = watchFolder(folder, over.signal);
  const seen: string[] = [];
  const listening = (async () => {
    for await (const one of changes) seen.push(one);
  })();
  put(".gantry/agent.json");
  for (const name of ["a.ts", "b.ts", "c.ts"]) put(name);
  await expect.poll(() => seen.length).toBe(1);
  over.abort();
  await listening;
  expect(seen).toEqual(["c.ts"]);
});
