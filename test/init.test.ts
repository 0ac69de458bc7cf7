import { existsSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { gantry, root, temporaryFolder } from "./support/gantry.ts";

/** What a new user does first: scaffold, check, look. */
async function scaffolded(...flags: string[]): Promise<{ folder: string; file: string; text: string }> {
  const folder = temporaryFolder();
  const { status, err } = await gantry(["init", "--yes", "--name", "shop", ...flags], { cwd: folder });
  expect(err).toContain("wrote gantry.config.ts");
  expect(status).toBe(0);
  const file = path.join(folder, "gantry.config.ts");
  return { folder, file, text: readFileSync(file, "utf8") };
}

const tsc = path.join(root, "node_modules/typescript/bin/tsc");

describe("what init writes is sound", () => {
  const choices = ["gcp", "aws", "azure", "local"].flatMap((cloud) =>
    ["postgres", "none"].map((database) => [cloud, database] as const),
  );
  test.each(choices)("%s with %s", async (cloud, database) => {
    const { folder } = await scaffolded("--cloud", cloud, "--database", database, "--repository", "acme/shop");
    const { status, out, err } = await gantry(["check"], { cwd: folder });
    expect(err).toBe("");
    expect(out).toContain("✓ shop: 1 service");
    expect(status).toBe(0);
    const typed = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
    expect(typed.stdout).toBe("");
  });
});

describe("init does no harm", () => {
  test("it never overwrites", async () => {
    const { folder, file } = await scaffolded();
    writeFileSync(file, "// mine\n");
    const again = await gantry(["init", "--yes"], { cwd: folder });
    expect(again.status).toBe(2);
    expect(again.err).toContain("is there already");
    expect(readFileSync(file, "utf8")).toBe("// mine\n");
  });

  test("a tsconfig that is there stays, and the one line it needs is told", async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, "tsconfig.json"), "{}");
    const { status, err } = await gantry(["init", "--yes"], { cwd: folder });
    expect(status).toBe(0);
    expect(err).toContain("left alone tsconfig.json");
    expect(err).toContain('"paths"');
    expect(readFileSync(path.join(folder, "tsconfig.json"), "utf8")).toBe("{}");
  });

  test("--dry-run writes nothing and says what it would", async () => {
    const folder = temporaryFolder();
    const { status, out } = await gantry(["init", "--yes", "--dry-run", "--json"], { cwd: folder });
    expect(status).toBe(0);
    expect((JSON.parse(out) as { written: string[] }).written).toContain("gantry.config.ts");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("--editor adds only what an editor needs, and renews it", async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, "gantry.config.ts"), "export default 1;\n");
    expect((await gantry(["init", "--editor"], { cwd: folder })).status).toBe(0);
    expect(readdirSync(folder).toSorted()).toEqual([".gantry", "gantry.config.ts", "tsconfig.json"]);
    const types = path.join(folder, ".gantry/types/spec/index.d.ts");
    writeFileSync(types, "// old\n");
    expect((await gantry(["init", "--editor"], { cwd: folder })).status).toBe(0);
    expect(readFileSync(types, "utf8")).toContain("postgres");
  });

  test.each([
    [["--cloud", "gpc"], `did you mean "gcp"?`],
    [["--name", "My Shop"], "cannot be a product's name"],
    [["--name", "$(rm -rf)"], "cannot be a product's name"],
    [["--repository", 'a/b"); evil(('], "is no repository"],
  ])("%j is refused in words", async (flags, words) => {
    const folder = temporaryFolder();
    const { status, err } = await gantry(["init", "--yes", ...flags], { cwd: folder });
    expect(status).toBe(2);
    expect(err).toContain(words);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("the name that init derives is one that the spec takes", () => {
  const long = "a".repeat(80);
  test.each([
    [long, "gcp", long.slice(0, 63)],
    [long, "aws", long.slice(0, 63)],
    [`${"a".repeat(21)}-folder`, "gcp", `${"a".repeat(21)}-folder`],
    [`${"a".repeat(62)}--b`, "azure", "a".repeat(62)],
    ["My Shop!", "gcp", "my-shop"],
    ["12 monkeys-", "gcp", "monkeys"],
    ["__proto__", "gcp", "proto"],
    ["日本", "local", "product"],
  ])("%s on %s", async (folder, cloud, name) => {
    const cwd = temporaryFolder();
    expect((await gantry(["init", "--yes", "--cloud", cloud, folder], { cwd })).status).toBe(0);
    expect(await gantry(["check", "--json"], { cwd: path.join(cwd, folder) })).toMatchObject({
      status: 0,
      out: expect.stringContaining(`"product": "${name}"`),
    });
  });

  test.each(["a-", "-a", "A", "shop.v2", "a".repeat(64), "__proto__"])("--name=%s is refused", async (name) => {
    const cwd = temporaryFolder();
    const { status, err } = await gantry(["init", "--yes", `--name=${name}`], { cwd });
    expect([status, err]).toEqual([2, expect.stringContaining("cannot be a product's name")]);
  });
});

describe("a place that can be no folder is refused in words", () => {
  test.each([
    ["file", "is no folder"],
    ["file/x", "a part of its path is a file"],
    ["circle", "links in its path lead in a circle"],
    ["circle/x", "links in its path lead in a circle"],
    ["dangling", "there is a file of that name"],
    ["x".repeat(300), "its name is too long"],
    ["", "the folder's name is empty"],
  ])("%s", async (name, words) => {
    const cwd = temporaryFolder();
    writeFileSync(path.join(cwd, "file"), "mine");
    symlinkSync("circle", path.join(cwd, "circle"));
    symlinkSync("nowhere", path.join(cwd, "dangling"));
    const { status, err } = await gantry(["init", "--yes", name], { cwd });
    expect([status, err]).toEqual([2, expect.stringContaining(words)]);
    expect(readdirSync(cwd).toSorted()).toEqual(["circle", "dangling", "file"]);
  });

  test.for(["/proc/gantry", "/proc/gantry/x"])("%s", async (name, { skip }) => {
    skip(!existsSync("/proc/self"), "this system has no /proc");
    const { status, err } = await gantry(["init", "--yes", name]);
    expect([status, err]).toEqual([2, expect.stringContaining("the system makes no folder there")]);
  });
});

describe("a new user breaks the file in ten ways and reads ten good answers", () => {
  const ways: [way: string, from: string | RegExp, to: string, words: string[]][] = [
    ["misspells a word", "health:", "heath:", ["gantry.config.ts:7:3", 'services.api has no "heath"', 'did you mean "health"?']],
    [
      "misspells a region",
      /us-central1/,
      "us-centrl1",
      ["gantry.config.ts:", 'Google Cloud has no region "us-centrl1"', 'did you mean "us-central1"?'],
    ],
    ["forgets a bracket", "services: [api],", "services: [api,", ["gantry.config.ts:", "expected"]],
    ["uses what is not there", "uses: [db],", "uses: [cache],", ["gantry.config.ts:8:10", "cache is not defined"]],
    ["imports what is not exported", "import { alert", "import { mysql, alert", ["gantry exports no mysql"]],
    ["writes a time without a unit", '"10m"', '"10"', ["release.steps[0].bake", "write it as 90s, 30m, 12h, 7d"]],
    ["turns the canary's steps around", /to: "5%"/, 'to: "60%"', ["from 60% to 50%", "rising order"]],
    [
      "forgets the backup",
      /, backup: \{[^}]*\}/,
      "",
      ["prod is production, and the database db has no backup", 'add backup: { pitr: "7d", dump: "daily" }'],
    ],
    [
      "puts staging into production's project",
      '"shop-staging"',
      '"shop-prod"',
      ["staging lives in the same project as prod", "a project of its own"],
    ],
    ["forgets to export", "export default ", "void ", ["the spec exports nothing", "export default product"]],
  ];

  test.each(ways)("%s", async (_way, from, to, words) => {
    const { folder, file, text } = await scaffolded("--cloud", "gcp");
    const broken = text.replace(from, to).replace(/(import \{ )mysql, (alert.*)$/m, "$1mysql, $2\nvoid mysql();");
    expect(broken).not.toBe(text);
    writeFileSync(file, broken);
    const { status, out, err } = await gantry(["check"], { cwd: folder });
    expect(status).toBe(2);
    expect(out).toBe("");
    for (const word of words) expect(err).toContain(word);
    expect(err, "no stack trace").not.toMatch(/^\s+at .*\(.*:\d+:\d+\)/m);
    expect(err).toMatch(/→ \S/);
  });
});
