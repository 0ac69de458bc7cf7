import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildArtifact, pruneArtifacts } from "./artifact.ts";

let root: string;
let artifacts: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "gantry-artifact-"));
  artifacts = path.join(root, ".gantry", "artifacts");
  mkdirSync(artifacts, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (name: string, text: string) => {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), text);
};
const build = (here: Parameters<typeof buildArtifact>[1]) => buildArtifact("api", here, { root, artifacts });

describe("a file", () => {
  test("is bundled with what it imports, and runs", async () => {
    write(
      "api.ts",
      `import { word } from "./word.ts"; import { readFileSync } from "node:fs"; console.log(word, process.argv[2], typeof readFileSync);`,
    );
    write("word.ts", `export const word: string = "hello";`);
    const built = await build({ entry: "api.ts", args: ["there"] });
    const [program, ...args] = built.command;
    expect(execFileSync(program, args, { cwd: built.folder, encoding: "utf8" })).toBe("hello there function\n");
  });

  test("that is the same is built once, and one that differs is another artifact", async () => {
    write("api.ts", "console.log(1);");
    const first = await build({ entry: "api.ts" });
    const again = await build({ entry: "api.ts" });
    expect([first.reused, again.reused, again.id]).toEqual([false, true, first.id]);
    write("api.ts", "console.log(2);");
    expect((await build({ entry: "api.ts" })).id).not.toBe(first.id);
  });

  test("built by several at once is there once and whole", async () => {
    write("api.ts", "console.log(1);");
    const all = await Promise.all(Array.from({ length: 8 }, () => build({ entry: "api.ts" })));
    expect(new Set(all.map((one) => one.id)).size).toBe(1);
    expect(readdirSync(artifacts)).toEqual([all[0]?.id]);
  });

  test("with a mistake is told with its place", async () => {
    write("api.ts", "const a = ;\n");
    await expect(build({ entry: "api.ts" })).rejects.toMatchObject({
      code: "build-failed",
      message: expect.stringContaining("api.ts:1:11"),
    });
  });

  test("that is not there is told by its path", async () => {
    await expect(build({ entry: "nowhere.ts" })).rejects.toMatchObject({
      code: "build-failed",
      message: expect.stringContaining("nowhere.ts"),
    });
    expect(readdirSync(artifacts)).toEqual([]);
  });
});

describe("a command", () => {
  test("runs in a copy of its folder, without what git leaves out", async () => {
    execFileSync("git", ["init", "-q"], { cwd: root });
    write(".gitignore", "secret.txt\n.gantry\n");
    write("app/run.js", "console.log(1);");
    write("app/secret.txt", "not for others");
    const built = await build({ command: "node run.js", folder: "app" });
    expect(readdirSync(built.folder)).toEqual(["run.js"]);
    expect(built.command).toEqual([process.execPath, "run.js"]);
  });

  test("without git everything is copied but modules and what Gantry keeps", async () => {
    write("run.js", "console.log(1);");
    write("lib/one.js", "1;");
    write("node_modules/x/index.js", "1;");
    const built = await build({ command: "node run.js" });
    expect(readdirSync(built.folder).toSorted()).toEqual(["lib", "node_modules", "run.js"]);
    expect(existsSync(path.join(built.folder, "node_modules/x/index.js"))).toBe(true);
  });

  test("is built once in the copy, and a build that fails leaves nothing and says why", async () => {
    write("in.txt", "text");
    const built = await build({ command: "cat out.txt", build: "tr a-z A-Z < in.txt > out.txt" });
    expect(readFileSync(path.join(built.folder, "out.txt"), "utf8")).toBe("TEXT");
    expect(existsSync(path.join(root, "out.txt"))).toBe(false);
    const before = readdirSync(artifacts);
    await expect(build({ command: "true", build: "echo the disk is tired >&2; exit 3" })).rejects.toMatchObject({
      code: "build-failed",
      message: expect.stringContaining("the disk is tired"),
    });
    expect(readdirSync(artifacts)).toEqual(before);
  });

  test.each([
    ["node server.js --port 1", [process.execPath, "server.js", "--port", "1"]],
    ["uvicorn app:main --port $PORT", ["/bin/sh", "-c", "exec uvicorn app:main --port $PORT"]],
    ["./run  'a b'", ["/bin/sh", "-c", "exec ./run  'a b'"]],
  ])("%s is started without a shell where it needs none", async (command, started) => {
    write("server.js", "1;");
    expect((await build({ command })).command).toEqual(started);
  });
});

test("artifacts that nobody needs are removed, and the others stay", async () => {
  write("api.ts", "console.log(1);");
  const kept = await build({ entry: "api.ts" });
  write("api.ts", "console.log(2);");
  await build({ entry: "api.ts" });
  expect(await pruneArtifacts(artifacts, new Set([kept.id]))).toBe(1);
  expect(readdirSync(artifacts)).toEqual([kept.id]);
});
