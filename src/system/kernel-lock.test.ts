import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withFolderLock } from "./kernel-lock.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), "gantry-lock-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("one works at a time, everybody gets a turn, and nothing is left", async () => {
  let inside = 0;
  let most = 0;
  const turns = await Promise.all(
    Array.from({ length: 8 }, (_, turn) =>
      withFolderLock(folder, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        return turn;
      }),
    ),
  );
  expect(turns).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(1);
  if (process.platform === "linux") expect(readdirSync(folder)).toEqual([]);
});

test("work that fails lets go", async () => {
  await expect(withFolderLock(folder, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await withFolderLock(folder, async () => "yes")).toBe("yes");
});

test("who waits too long is told", async () => {
  await withFolderLock(folder, async () => {
    await expect(withFolderLock(folder, async () => 1, { waitMs: 0 })).rejects.toMatchObject({ code: "held-elsewhere" });
  });
});

test("a process that is killed holds it no longer", async () => {
  const program = path.join(folder, "hold.mjs");
  buildSync({
    stdin: {
      contents: `import { withFolderLock } from "./kernel-lock.ts";
        await withFolderLock(process.argv[2], () => { console.log("held"); return new Promise(() => setInterval(() => {}, 1000)); });`,
      resolveDir: path.dirname(fileURLToPath(import.meta.url)),
      loader: "ts",
    },
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
  });
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  await expect(withFolderLock(folder, async () => 1, { waitMs: 0 })).rejects.toMatchObject({ code: "held-elsewhere" });
  const next = withFolderLock(folder, async () => "mine");
  child.kill("SIGKILL");
  expect(await next).toBe("mine");
});
