import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type CheckReport, gantry, main, temporaryFolder } from "./support/gantry.ts";

// What the system refuses is no mistake of Gantry's: it is told with its path and what to do, to people and to programs.

const spec = `import { gcp, node, product, service } from "gantry";
export default product("shop", {
  services: [service("api", { build: "./api", stack: node("20"), health: "/health" })],
  environments: { dev: gcp("shop-dev") },
});
`;

const nobody = 65_534;
const root = process.getuid?.() === 0;
const asNobody = root ? ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"] : [];

/** Runs the command line as somebody whom rights hold: root may read and write everything. */
function unprivileged(args: readonly string[], cwd: string): { status: number | null; out: string; err: string } {
  const [program = "", ...rest] = [...asNobody, process.execPath, main, ...args];
  const ran = spawnSync(program, rest, { cwd, encoding: "utf8", env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "" } });
  return { status: ran.status, out: ran.stdout, err: ran.stderr };
}

const held = unprivileged(["--version"], "/").status === 0;

function folderOfNobody(): string {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, "gantry.config.ts"), spec);
  if (root) chownSync(folder, nobody, nobody);
  return folder;
}

describe("what this user may not read or write", () => {
  const cases: readonly [what: string, command: readonly string[], close: (folder: string) => string][] = [
    ["a spec", ["check"], (folder) => closed(folder, "gantry.config.ts")],
    ["a file that a spec imports", ["check"], (folder) => {
      writeFileSync(path.join(folder, "gantry.config.ts"), `import "./other.ts";\n${spec}`);
      writeFileSync(path.join(folder, "other.ts"), "");
      return closed(folder, "other.ts");
    }],
    ["a product in JSON", ["check", "-c", "gantry.json"], (folder) => {
      writeFileSync(path.join(folder, "gantry.json"), "{}");
      return closed(folder, "gantry.json");
    }],
    ["a manifest", ["synth"], (folder) => {
      writeFileSync(path.join(folder, "gantry.files.json"), "{}");
      return closed(folder, "gantry.files.json");
    }],
    ["a file that is there", ["synth"], (folder) => {
      mkdirSync(path.join(folder, "api"));
      writeFileSync(path.join(folder, "api/Dockerfile"), "FROM scratch\n");
      return closed(folder, "api/Dockerfile");
    }],
    ["a folder that files go into", ["synth"], (folder) => {
      mkdirSync(path.join(folder, "infra"), { mode: 0o555 });
      return "infra/";
    }],
    ["the folder of the spec", ["synth"], (folder) => {
      chmodSync(folder, 0o555);
      if (root) chownSync(folder, 0, 0);
      return "gantry.files.json";
    }],
    ["the folder that a spec is to go into", ["init", "--yes", "shop"], (folder) => {
      chmodSync(folder, 0o555);
      if (root) chownSync(folder, 0, 0);
      return "shop";
    }],
  ]; // prettier-ignore

  function closed(folder: string, name: string): string {
    chmodSync(path.join(folder, name), 0);
    return name;
  }

  test.for(cases)("%s", async ([, command, close], { skip }) => {
    skip(!held, "this machine has no setpriv, or what is tested cannot be read by nobody");
    const folder = folderOfNobody();
    const name = close(folder);
    const told = unprivileged(command, folder);
    const json = unprivileged([...command, "--json"], folder);
    chmodSync(folder, 0o755);
    expect([told.status, told.out]).toEqual([4, ""]);
    expect(told.err).toContain(path.join(folder, name));
    expect(told.err).toMatch(/cannot be used: this user may not do that there\n {2}→ give it to this user/);
    expect([json.status, (JSON.parse(json.out) as CheckReport).error?.code]).toEqual([4, "not-allowed"]);
    expect(readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((one) => one.endsWith(".tmp"))).toEqual([]);
  });
});

test("a folder in the place of the manifest is told as one", async () => {
  const folder = folderOfNobody();
  mkdirSync(path.join(folder, "gantry.files.json"));
  for (const command of [["synth"], ["eject", "--yes"]])
    expect(await gantry(command, { cwd: folder })).toMatchObject({
      status: 2,
      err: expect.stringContaining("gantry.files.json cannot be used: there is a folder of that name"),
    });
});

describe("strange places to stand in", () => {
  const inShell = (script: string, cwd: string) =>
    spawnSync("bash", ["-c", script], {
      cwd,
      encoding: "utf8",
      env: { ...process.env, G: `${process.execPath} ${main}`, NO_COLOR: "1", FORCE_COLOR: "" },
    });

  test("a folder that was removed", () => {
    const { status, stderr } = inShell("mkdir gone && cd gone && rmdir ../gone && $G check", folderOfNobody());
    expect([status, stderr]).toEqual([2, "error the folder that this runs in is gone\n  → go to another one\n"]);
  });

  test("a folder whose name is no UTF-8: nothing is written beside it", () => {
    const folder = folderOfNobody();
    const ran = inShell(`mkdir $'\\xff' && cd $'\\xff' && cp ../gantry.config.ts . && $G check; $G init --yes`, folder);
    expect([ran.status, ran.stderr]).toEqual([2, expect.stringMatching(/name is no UTF-8[\s\S]*no name in UTF-8/)]);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test("a repository reached over a link, and a spec with a byte order mark and lines as Windows ends them", async () => {
    const folder = folderOfNobody();
    expect((await gantry(["synth"], { cwd: folder })).status).toBe(0);
    const link = path.join(temporaryFolder(), "link");
    symlinkSync(folder, link);
    writeFileSync(path.join(folder, "gantry.config.ts"), `\ufeff${spec.replaceAll("\n", "\r\n")}`);
    expect((await gantry(["synth", "--check"], { cwd: link })).status).toBe(0);
    expect((await gantry(["synth", "--check", "-c", path.join(link, "gantry.config.ts")], { cwd: "/" })).status).toBe(0);
  });

  test("without a home, or with one that cannot be written to", async () => {
    for (const HOME of [undefined, "/nonexistent"])
      expect(
        (await gantry(["synth", "--dry-run"], { cwd: folderOfNobody(), env: { HOME, TMPDIR: "/nonexistent" } })).status,
      ).toBe(0);
  });

  test.for(["show", "check --json", "check nowhere --json"])(
    "gantry %s onto a full disk fails, and says so",
    (line, { skip }) => {
      skip(!existsSync("/dev/full"), "this system has no /dev/full");
      const { status, stderr } = inShell(`$G ${line} > /dev/full`, folderOfNobody());
      expect([status, stderr]).toEqual([
        4,
        expect.stringMatching(/^error standard output cannot be used: there is no room left/),
      ]);
    },
  );

  test("where nobody can be told anything the status is what it is, and a reader that leaves changes none", () => {
    const folder = folderOfNobody();
    expect(inShell("set -o pipefail; $G check nowhere --json | true", folder)).toMatchObject({ status: 2, stderr: "" });
    expect(inShell("set -o pipefail; $G show | true", folder)).toMatchObject({ status: 0, stderr: "" });
    expect(inShell("test ! -e /dev/full || exec 2> /dev/full; $G synth", folder).status).toBe(0);
    expect(existsSync(path.join(folder, "gantry.files.json"))).toBe(true);
  });
});

test("Ctrl-C ends a spec that does not end", async () => {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, "gantry.config.ts"), 'console.log("begun");\nfor (;;);\n');
  const child = spawn(process.execPath, [main, "synth", "--json"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  await new Promise((resolve) => void child.stderr.once("data", resolve));
  child.kill("SIGINT");
  const status = await new Promise((resolve) => void child.on("close", resolve));
  expect([status, (JSON.parse(out) as CheckReport).error?.code]).toEqual([130, "interrupted"]);
});
