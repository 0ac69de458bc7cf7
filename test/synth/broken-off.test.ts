import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, watch, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { carryOut } from "../../src/cli/repository/carry-out.ts";
import { compare } from "../../src/cli/repository/compare.ts";
import { manifestName, readManifest } from "../../src/cli/repository/manifest.ts";
import { writeWhole } from "../../src/system/whole-file.ts";
import type { File } from "../../src/synth/file.ts";
import { gantry, main, temporaryFolder } from "../support/gantry.ts";

// What is left when writing is broken off, by Ctrl-C or by a kill, and that the next run goes on from there.

const files: readonly File[] = ["a.tf", "b/c.tf", "b/d.tf"].map((name) => ({ path: name, text: `${name}\n` }));

/** Says no so many times, and then that it was aborted. */
function abortedAfter(turns: number): AbortSignal {
  return { get aborted() { return turns-- <= 0; } } as AbortSignal; // prettier-ignore
}

const names = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .toSorted();

function processIdOfNobody(): number {
  return spawnSync("true").pid;
}

describe("Ctrl-C", () => {
  test.each([0, 1, 2, 3])("after %i turns stops before the next file, and the next run does the rest", async (turns) => {
    const folder = temporaryFolder();
    const changes = compare(folder, files, undefined);
    const left = await carryOut(folder, changes, {
      product: "shop",
      manifest: undefined,
      force: false,
      signal: abortedAfter(turns),
    });
    const done = turns === 0 ? 0 : turns - 1;
    expect(left.map((one) => one.path)).toEqual(files.slice(done).map((one) => one.path));
    expect(names(folder).filter((one) => one !== manifestName)).toEqual(files.slice(0, done).map((one) => one.path));
    const manifest = readManifest(folder);
    const rest = compare(folder, files, manifest);
    expect(rest.map(({ is }) => is)).toEqual(files.map((_, index) => (index < done ? "same" : "new")));
    expect(await carryOut(folder, rest, { product: "shop", manifest, force: false })).toEqual([]);
    expect(names(folder)).toEqual([...files.map((one) => one.path), manifestName]);
  });
});

describe("what a killed run left beside the files", () => {
  const synth = async (folder: string, wanted: readonly File[]) => {
    const manifest = readManifest(folder);
    await carryOut(folder, compare(folder, wanted, manifest), { product: "shop", manifest, force: false });
  };
  const put = (folder: string, name: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), "half");
  };

  test("is cleared when its process is gone, and else stays", async () => {
    const folder = temporaryFolder();
    const gone = processIdOfNobody();
    const theirs = ["b/e.tf.tmp", "b/c.tf.1.tmp", `elsewhere/c.tf.gantry-${gone}.tmp`, `b/d.tf.gantry-${process.ppid}.tmp`];
    for (const name of theirs) put(folder, name);
    for (const name of ["a.tf", "b/c.tf", manifestName, ".gantry/synth.json"]) put(folder, `${name}.gantry-${gone}.tmp`);
    await synth(folder, files);
    expect(names(folder)).toEqual([...files.map((one) => one.path), manifestName, ...theirs].toSorted());
  });

  test("goes with its folder when the spec no longer wants that", async () => {
    const folder = temporaryFolder();
    const changes = compare(folder, files, undefined);
    await carryOut(folder, changes, { product: "shop", manifest: undefined, force: false, signal: abortedAfter(2) });
    put(folder, `b/c.tf.gantry-${processIdOfNobody()}.tmp`);
    await synth(folder, [{ path: "a.tf", text: "a\n" }]);
    expect(names(folder)).toEqual(["a.tf", manifestName]);
    expect(existsSync(path.join(folder, "b"))).toBe(false);
  });

  test("is not written where the file cannot take its place", () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, "a.tf/b"), { recursive: true });
    expect(() => writeWhole(path.join(folder, "a.tf"), "text")).toThrow(/EISDIR|ENOTEMPTY/);
    expect(readdirSync(folder)).toEqual(["a.tf"]);
  });
});

describe("the command", () => {
  // So many files that it is still writing when it hears of anything.
  const services = Array.from({ length: 400 }, (_, index) => `service("s${index}", { build: "./s${index}", stack: node("20") })`);
  const spec = `import { gcp, node, pipeline, product, service } from "gantry";
export default product("shop", {
  services: [${services.join(",\n")}],
  pipeline: pipeline({ runsOn: ["github actions"], infrastructure: { state: { in: "gcs", bucket: "shop-tf-state", locked: true, versioned: true } } }),
  environments: { dev: gcp("shop-dev") },
});
`;
  const written = (): string => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, "gantry.config.ts"), spec);
    return folder;
  };
  let whole: readonly string[] = [];
  let removed = () => undefined as void;

  beforeAll(async () => {
    const folder = temporaryFolder((clean) => void (removed = clean));
    writeFileSync(path.join(folder, "gantry.config.ts"), spec);
    expect(await gantry(["synth"], { cwd: folder })).toMatchObject({ status: 0 });
    whole = names(folder);
    removed();
  });

  /** Runs `gantry synth` and sends it a signal once it has written its first file. */
  async function brokenOff(folder: string, signal: NodeJS.Signals, ...flags: string[]) {
    const began = new Promise<void>((resolve) => {
      const watcher = watch(folder, () => {
        if (!existsSync(path.join(folder, "infra")) && !existsSync(path.join(folder, "s0"))) return;
        watcher.close();
        resolve();
      });
    });
    const child = spawn(process.execPath, [main, "synth", ...flags], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said.out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said.err += text));
    const ended = new Promise<number | null>((resolve) => void child.on("close", resolve));
    await Promise.race([began, ended]);
    child.kill(signal);
    return { status: await ended, ...said };
  }

  test("stops at Ctrl-C, says what is done and what is not, and completes it the next time", async () => {
    const folder = written();
    const { status, err } = await brokenOff(folder, "SIGINT");
    expect(status).toBe(130);
    expect(err).toMatch(/^wrote /m);
    expect(err).toMatch(/^would write /m);
    expect(err).toMatch(/broken off: \d+ files of \d+ not come to\n {2}→ every file is whole; call it again/);
    expect(names(folder).length).toBeLessThan(whole.length);
    const again = await gantry(["synth"], { cwd: folder });
    expect([again.status, names(folder)]).toEqual([0, whole]);
    expect(again.err).not.toContain("kept");
  });

  test("tells programs of each file whether it is done", async () => {
    const folder = written();
    const { status, out } = await brokenOff(folder, "SIGINT", "--json");
    const told = JSON.parse(out) as { ok: boolean; error: { code: string }; files: { path: string; done: boolean }[] };
    expect([status, told.ok, told.error.code]).toEqual([130, false, "interrupted"]);
    for (const { path: name, done } of told.files) expect(existsSync(path.join(folder, name)), name).toBe(done);
    expect(new Set(told.files.map(({ done }) => done))).toEqual(new Set([true, false]));
  });

  test("that was killed is completed, and nothing is left of it; git knows what it leaves meanwhile", async () => {
    const folder = written();
    expect((await brokenOff(folder, "SIGKILL")).status).toBe(null);
    const left = path.join(folder, `s1/Dockerfile.gantry-${processIdOfNobody()}.tmp`);
    mkdirSync(path.dirname(left), { recursive: true });
    writeFileSync(left, "half");
    const again = await gantry(["synth"], { cwd: folder });
    expect([again.status, names(folder)]).toEqual([0, whole]);
    writeFileSync(left, "half");
    spawnSync("git", ["init", "-q"], { cwd: folder });
    expect(spawnSync("git", ["check-ignore", left], { cwd: folder }).status).toBe(0);
    expect(readFileSync(path.join(folder, ".gitignore"), "utf8")).toContain("*.gantry-*.tmp");
  });
});
