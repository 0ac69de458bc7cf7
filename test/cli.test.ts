import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { exampleFile, gantry, main, temporaryFolder } from "./support/gantry.ts";

const spec = `import { gcp, local, postgres, product, service, set } from "gantry";
const db = postgres("db", { version: 16, backup: { pitr: "7d" } });
const api = service("api", { uses: [db], scale: { min: 1, max: 3 } });
export default product("shop", {
  services: [api],
  environments: {
    here: local(),
    prod: gcp("shop-prod", { production: true, domain: "shop.example", overrides: [set(api, { scale: { max: 9 } })] }),
  },
});
`;

function folderWith(text = spec): string {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, "gantry.config.ts"), text);
  return folder;
}

describe("the command line", () => {
  test("says what it can do", async () => {
    const { status, out } = await gantry(["--help"]);
    expect(status).toBe(0);
    for (const command of ["init", "check", "show", "explain", "diff", "completion"]) expect(out).toContain(`  ${command} `);
  });

  test.each(["init", "check", "show", "explain", "diff", "completion"])("%s --help has options and examples", async (command) => {
    const { status, out } = await gantry([command, "--help"]);
    expect(status).toBe(0);
    expect(out).toContain("Options");
    expect(out).toContain("--json");
    expect(out).toContain("Examples");
  });

  test("guesses what was meant", async () => {
    expect((await gantry(["chekc"])).err).toContain('did you mean "check"?');
    expect((await gantry(["check", "--jsn"])).err).toContain("did you mean --json?");
  });

  test("finds the spec in a folder above", async () => {
    const folder = folderWith();
    mkdirSync(path.join(folder, "a/b"), { recursive: true });
    expect((await gantry(["check"], { cwd: path.join(folder, "a/b") })).out).toContain("✓ shop");
  });

  test("--config takes a path from here", async () => {
    const folder = folderWith();
    expect(
      (await gantry(["check", "-c", `${path.basename(folder)}/gantry.config.ts`], { cwd: path.dirname(folder) })).out,
    ).toContain("✓ shop");
  });

  test("a folder without a spec is told so", async () => {
    const { status, err } = await gantry(["check"], { cwd: temporaryFolder() });
    expect([status, err]).toEqual([2, expect.stringContaining("gantry init writes one")]);
  });

  test("colours are for terminals, can be forced, and NO_COLOR keeps them off", async () => {
    const cwd = folderWith();
    const escape = "\u001b[";
    expect((await gantry(["check"], { cwd, env: { NO_COLOR: undefined } })).out).not.toContain(escape);
    expect((await gantry(["check"], { cwd, env: { NO_COLOR: undefined, FORCE_COLOR: "1" } })).out).toContain(escape);
  });

  test("a reader that has seen enough is no failure", () => {
    const cwd = folderWith();
    const ran = spawnSync("sh", ["-c", `"${process.execPath}" "${main}" show --json | head -c 1`], { cwd, encoding: "utf8" });
    expect([ran.stdout, ran.stderr]).toEqual(["{", ""]);
  });

  test("the product that show prints is read back to the same environments", async () => {
    const cwd = folderWith();
    const product = await gantry(["show", "--json"], { cwd });
    const environment = await gantry(["show", "prod", "--json"], { cwd });
    for (const [name, flag] of [
      ["gantry.json", "--json"],
      ["gantry.yaml", "--yaml"],
    ] as const) {
      const folder = temporaryFolder();
      writeFileSync(path.join(folder, name), (await gantry(["show", flag], { cwd })).out);
      expect((await gantry(["show", "prod", "--json"], { cwd: folder })).out).toBe(environment.out);
      expect((await gantry(["show", "--json"], { cwd: folder })).out).toBe(product.out);
    }
  });
});

describe("show, explain, diff", () => {
  test("show takes a path, as a tree, YAML or JSON", async () => {
    const cwd = folderWith();
    expect((await gantry(["show", "prod", "services.api.scale"], { cwd })).out).toBe("services.api.scale\n├ max: 9\n└ min: 1\n");
    expect((await gantry(["show", "prod", "services.api.scale", "--yaml"], { cwd })).out).toBe("max: 9\nmin: 1\n");
    expect(JSON.parse((await gantry(["show", "prod", "services.api.scale.max", "--json"], { cwd })).out)).toBe(9);
  });

  test("show --json --origins says of every value where it was written", async () => {
    const cwd = folderWith();
    const { origins } = JSON.parse((await gantry(["show", "prod", "--json", "--origins"], { cwd })).out) as {
      origins: Record<string, { from: object; overrode: object[] }>;
    };
    expect(origins["services.api.scale.max"]).toEqual({
      from: { layer: "environment prod", value: 9, place: { file: "gantry.config.ts", line: 8, column: 109 } },
      overrode: [
        { layer: "product", value: 3, place: { file: "gantry.config.ts", line: 3, column: 64 } },
        { layer: "default", value: 1 },
      ],
    });
  });

  test("explain says what a value is, where it was written, and what it overrode", async () => {
    const cwd = folderWith();
    const { out } = await gantry(["explain", "prod", "services.api.scale.max"], { cwd });
    expect(out.split("\n").map((line) => line.trim().replace(/\s+/g, " "))).toEqual([
      "services.api.scale.max in prod",
      "is 9 environment prod gantry.config.ts:8:109",
      "instead of 3 product gantry.config.ts:3:64",
      "instead of 1 default",
      "",
    ]);
  });

  test.each([
    [["explain", "prod", "services.api.scael"], `did you mean "scale"?`],
    [["explain", "prod", "services.ap"], `did you mean "api"?`],
    [["show", "prdo"], `did you mean "prod"?`],
    [["show", "prod", "a..b"], "is no path"],
    [["show", "prod", "--switch", "cloud=aws"], "has no switch"],
    [["show", "prod", "--switch", "cloud"], "write it as --switch cloud=azure"],
    [["diff", "prod"], "needs <envB>"],
  ])("%j is answered with %s", async (args, words) => {
    const { status, err, out } = await gantry(args, { cwd: folderWith() });
    expect(status).toBe(2);
    expect(err).toContain(words);
    expect(out).toBe("");
  });

  test("diff shows both sides with their places; --exit-code tells a script", async () => {
    const cwd = folderWith();
    const { out, status } = await gantry(["diff", "here", "prod", "--json"], { cwd });
    expect(status).toBe(0);
    const { differences } = JSON.parse(out) as { differences: { path: string; left: unknown; right: unknown }[] };
    expect(differences.find((one) => one.path === "services.api.scale.max")).toMatchObject({ left: 3, right: 9 });
    expect((await gantry(["diff", "here", "prod", "--exit-code"], { cwd })).status).toBe(1);
    expect((await gantry(["diff", "prod", "prod", "--exit-code"], { cwd })).status).toBe(0);
  });
});

describe("completion", () => {
  test.each([
    [["ch"], ["check"]],
    [["show", "p"], ["prod"]],
    [["show", "prod", "services.api.sc"], ["services.api.scale"]],
    [["diff", "here", "p"], ["prod"]],
    [["check", "--j"], ["--json"]],
    [["nonsense", ""], []],
    [
      ["init", "--cloud", "a"],
      ["aws", "azure"],
    ],
    [["show", "--config", "gantry.config.ts", "p"], ["prod"]],
    [["show", "-c", "no-such-file.ts", "p"], []],
  ])("%j completes to %j", async (words, wanted) => {
    const { out, status } = await gantry(["--complete", ...words], { cwd: folderWith() });
    expect(status).toBe(0);
    expect(out.split("\n").filter((one) => one !== "")).toEqual(wanted);
  });

  test.each([
    [["load", "staging", ""], ["load"]],
    [["rehearse", "staging", "--live", "--exercise", "r"], ["rollback"]],
    [["rehearse", "prod", "--live", "--exercise", ""], []],
  ])("%j completes to the exercises %j of the environment", async (words, wanted) => {
    const { out } = await gantry(["--complete", ...words], { cwd: path.dirname(exampleFile("bytereview")) });
    expect(out.split("\n").filter((one) => one !== "")).toEqual(wanted);
  });

  test("what completes is never run", () => {
    const folder = temporaryFolder();
    const evil = "$(touch pwned)";
    writeFileSync(
      path.join(folder, "gantry.yaml"),
      `schemaVersion: 1\nname: p\nservices: {}\nenvironments: { "${evil}": { cloud: local } }\n`,
    );
    const script = `gantry() { "${process.execPath}" "${main}" "$@"; }; eval "$(gantry completion bash)"; COMP_WORDS=(gantry show ""); COMP_CWORD=2; _gantry; echo "\${#COMPREPLY[@]}"`;
    const ran = spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" });
    expect(ran.stdout).toBe("0\n");
    expect(readdirSync(folder)).toEqual(["gantry.yaml"]);
  });

  test("in bash it completes environments", () => {
    const script = `gantry() { "${process.execPath}" "${main}" "$@"; }; eval "$(gantry completion bash)"; COMP_WORDS=(gantry show p); COMP_CWORD=2; _gantry; echo "\${COMPREPLY[@]}"`;
    expect(spawnSync("bash", ["-c", script], { cwd: folderWith(), encoding: "utf8" }).stdout).toBe("prod\n");
  });

  test("a broken spec completes nothing, silently", async () => {
    expect(await gantry(["--complete", "show", ""], { cwd: folderWith("{") })).toEqual({ status: 0, out: "", err: "" });
  });

  test.for([
    { shell: "bash", flags: ["-n"] },
    { shell: "zsh", flags: ["-n"] },
    { shell: "fish", flags: ["--no-execute"] },
  ])("the script for $shell is one that it can read", async ({ shell, flags }, { skip }) => {
    const { out } = await gantry(["completion", shell]);
    expect(out).toContain("gantry --complete");
    skip(spawnSync(shell, ["--version"]).status !== 0, `${shell} is not installed`);
    const file = path.join(temporaryFolder(), "completion");
    const read = (text: string) => {
      writeFileSync(file, text);
      return spawnSync(shell, [...flags, file], { encoding: "utf8" }).status;
    };
    expect(read(out)).toBe(0);
    expect(read(`${out}\nif then (`), "and a broken one it cannot").not.toBe(0);
  });
});
