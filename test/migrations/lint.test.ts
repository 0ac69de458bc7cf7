import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import path from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lintMigrations } from "../../src/migrations/lint/lint.ts";
import { migrationOf } from "../../src/migrations/files/by-itself.ts";
import { ownRules, rules } from "../../src/migrations/rules/all.ts";
import { offsetsOf } from "../../src/migrations/sql/offsets.ts";
import { exampleNames, gantry, root, temporaryFolder } from "../support/gantry.ts";

type Found = { readonly rule: string; readonly at: string; readonly place: string; readonly severity: string };

async function found(...texts: readonly string[]): Promise<readonly Found[]> {
  const linted = await lintMigrations(
    texts.map((text, nth) => migrationOf(`000${nth + 1}_x.sql`, text)),
    // Advice about transactions would be everywhere.
    { version: 18, choice: new Map([["several-tables-locked", "off"]]) },
  );
  return linted.flatMap(({ findings, parsed }) =>
    findings.map(({ rule, from, to, severity }) => ({
      rule,
      at: parsed.sql.slice(from.offset, to.offset),
      place: `${from.line}:${from.column}`,
      severity,
    })),
  );
}

test("bytes and characters of any text lead to the same UTF-16 unit", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 2_000 }), fc.nat(), (text, nth) => {
      const characters = Array.from(text);
      const before = characters.slice(0, nth % (characters.length + 1)).join("");
      const { ofByte, ofCharacter } = offsetsOf(text);
      expect(ofByte(Buffer.byteLength(before, "utf8"))).toBe(before.length);
      expect(ofCharacter(Array.from(before).length)).toBe(before.length);
    }),
  );
});

describe("places", () => {
  test("count UTF-16 units, also behind text of several bytes", async () => {
    expect(await found('-- é€😀\n/* 😀 */ DROP TABLE "é😀"; DROP VIEW b')).toEqual([
      { rule: "drop-table", at: 'DROP TABLE "é😀"', place: "2:10", severity: "error" },
      { rule: "drop-view", at: "DROP VIEW b", place: "2:28", severity: "warning" },
    ]);
  });

  test("of SQL within a body are those in the file", async () => {
    const sql = "-- é\nDO $x$\nBEGIN\n  IF true THEN\n    DROP TABLE é;\n    EXECUTE 'DROP TABLE b';\n  END IF;\nEND $x$";
    expect(await found(sql)).toEqual([
      { rule: "drop-table", at: "DROP TABLE é", place: "5:5", severity: "error" },
      { rule: "not-read", at: "EXECUTE 'DROP TABLE b';", place: "6:5", severity: "advice" },
    ]);
  });

  test("of a function are a warning: it does so when it is called", async () => {
    expect(await found("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DROP TABLE a'")).toEqual([
      { rule: "drop-table", at: "DROP TABLE a", place: "1:51", severity: "warning" },
    ]);
  });
});

describe("what is known of migrations before", () => {
  test("a file of its own is a release of its own, files that go out together are one", async () => {
    const files = ["CREATE TABLE a (b int)", "CREATE INDEX c ON a (b)"].map((text, nth) => migrationOf(`${nth}_x.sql`, text));
    const rulesOf = async (together: boolean) =>
      (await lintMigrations(files, { version: 18, together })).flatMap(({ findings }) => findings.map(({ rule }) => rule));
    expect(await rulesOf(false)).toEqual(["index-not-concurrently"]);
    expect(await rulesOf(true)).toEqual([]);
  });

  test("goes with a table that is renamed", async () => {
    expect(await found("CREATE TABLE a (b int); ALTER TABLE a RENAME TO c; CREATE INDEX d ON c (b)")).toEqual([]);
  });

  test("two schemas have two tables of a name", async () => {
    const sql = "CREATE TABLE shop.a (b int); CREATE INDEX c ON a (b)";
    expect((await found(sql)).map(({ rule }) => rule)).toEqual(["index-not-concurrently"]);
    expect(await found(`SET LOCAL search_path = shop; ${sql}`)).toEqual([]);
  });
});

describe("an ignore", () => {
  test.each([
    ["with a reason hides the finding of the next statement", "-- gantry: ignore drop-table because empty\nDROP TABLE a", []],
    ["reaches no further than that", "-- gantry: ignore drop-table because empty\nDROP TABLE a; DROP TABLE b", ["drop-table"]],
    ["of several rules", "-- gantry: ignore drop-table, drop-view because empty\nDROP TABLE a", ["unused-ignore"]],
    ["that ignores nothing is told", "-- gantry: ignore drop-table because empty\nSELECT 1", ["unused-ignore"]],
    ["without a reason hides nothing", "-- gantry: ignore drop-table\nDROP TABLE a", ["bad-ignore", "drop-table"]],
    ["of an unknown rule is told", "-- gantry: ignore drop-tabel because empty\nDROP TABLE a", ["bad-ignore", "drop-table"]],
    ["that is misspelt is told", "-- gantry: ingore drop-table because empty\nDROP TABLE a", ["bad-ignore", "drop-table"]],
    ["in capitals too", "/* Gantry: Ignore drop-table because empty */ DROP TABLE a", ["bad-ignore", "drop-table"]],
    ["is one of several marks", "-- gantry: contract\n-- gantry: compatible because so\nSELECT 1", []],
    ["within a text is none", "SELECT '-- gantry: ignore nothing'", []],
  ])("%s", async (_, sql, wanted) => {
    expect((await found(sql)).map(({ rule }) => rule)).toEqual(wanted);
  });
});

describe("what cannot be read", () => {
  test.each(["", " \n", "-- nothing\n/* /* at */ all */", ";;"])("%j is nothing, and that is fine", async (sql) => {
    expect(await found(sql)).toEqual([]);
  });

  test.each([
    ["migration-syntax", "-- é😀\nSELECT 'é' frmo x x", { line: 2, column: 17 }],
    ["migration-unreadable", "SELECT 1;\n\0", { line: 2, column: 1 }],
    ["migration-too-deep", `SELECT ${"(".repeat(10_000)}1${")".repeat(10_000)}`, { line: 1, column: 1 }],
    ["migration-too-deep", `SELECT 1${" + 1".repeat(50_000)}`, { line: 1, column: 1 }],
    ["migration-too-large", "-".repeat(50_000_000), { line: 1, column: 1 }],
  ])("%s", async (code, sql, place) => {
    const files = [sql, "DROP TABLE a"].map((text, nth) => migrationOf(`000${nth + 1}_x.sql`, text));
    const [bad, good] = await lintMigrations(files, { version: 18 });
    expect(bad?.problem).toMatchObject({ code, places: [{ file: "0001_x.sql", ...place }] });
    expect(good?.findings.map(({ rule }) => rule)).toEqual(["drop-table"]);
  });
});

test("docs/migrations.md lists the rules as they are", () => {
  const page = readFileSync(path.join(root, "docs/migrations.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| (\w+) +\| (.*?) +\|$/gm)].map(([, id, severity, title]) => ({
    id,
    severity,
    title,
  }));
  expect(rows).toEqual([...rules, ...ownRules].map(({ id, severity, title }) => ({ id, severity, title })));
});

describe("gantry migrate lint", () => {
  function folderWith(files: Readonly<Record<string, string>>): string {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, "m"));
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, "m", name), text);
    return folder;
  }

  const orders = { "0001_a.sql": "CREATE TABLE orders (id int);\n", "0002_b.sql": "DROP TABLE orders;\n" };

  test("needs no spec, and its status says whether there are errors", async () => {
    const cwd = folderWith(orders);
    expect(await gantry(["migrate", "lint", "m/0001*.sql"], { cwd })).toMatchObject({ status: 0 });
    const { status, out } = await gantry(["migrate", "lint", "m"], { cwd });
    expect(status).toBe(1);
    expect(out).toContain("m/0002_b.sql:1:1 error drop-table");
    expect(out).toContain("locks orders (ACCESS EXCLUSIVE): reads and writes wait");
  });

  test("reads standard input, and warnings fail with --strict", async () => {
    const input = "DROP VIEW a";
    expect(await gantry(["migrate", "lint", "-"], { input })).toMatchObject({ status: 0 });
    expect(await gantry(["migrate", "lint", "-", "--strict"], { input })).toMatchObject({ status: 1 });
  });

  test("annotations are escaped, and a syntax error is one too", async () => {
    const input = 'DROP TABLE "a%\n::b"';
    const { out } = await gantry(["migrate", "lint", "-", "--format", "github"], { input });
    expect(out).toMatch(/^::error file=stdin\.sql,.*::"a%25%0A::b" .*\n$/);
    const broken = await gantry(["migrate", "lint", "-", "--format", "github"], { input: "SELEC" });
    expect([broken.status, broken.out]).toEqual([
      2,
      expect.stringMatching(/^::error file=stdin.sql,line=1,col=1,title=migration-syntax::/),
    ]);
  });

  test("a file that cannot be read is a problem of its own: the others are judged, and the status says so", async () => {
    const cwd = folderWith({
      "1_nul.sql": "SELECT '\0'",
      "2_large.sql": `SELECT 1;${" ".repeat(9 * 1024 * 1024)}`,
      "3_deep.sql": `SELECT ${"(".repeat(10_000)}1${")".repeat(10_000)}`,
      "4_drop.sql": "DROP TABLE a",
      "5_syntax.sql": "DROP TABEL a",
    });
    const { status, out } = await gantry(["migrate", "lint", "m", "--json"], { cwd });
    const { findings, unread } = JSON.parse(out) as {
      findings: { file: string; rule: string; severity: string }[];
      unread: { code: string; places: { file: string }[] }[];
    };
    expect([status, unread.map(({ code, places }) => [places[0]?.file, code])]).toEqual([
      2,
      [
        ["m/1_nul.sql", "migration-unreadable"],
        ["m/2_large.sql", "migration-too-large"],
        ["m/3_deep.sql", "migration-too-deep"],
        ["m/5_syntax.sql", "migration-syntax"],
      ],
    ]);
    const errors = findings.filter(({ severity }) => severity === "error");
    expect(errors.map(({ file, rule }) => [file, rule])).toEqual([["m/4_drop.sql", "drop-table"]]);
    const text = await gantry(["migrate", "lint", "m"], { cwd });
    expect([text.status, text.out.match(/error drop-table/g)?.length, new Set(text.err.match(/m\/[1235]_/g)).size]).toEqual([
      2, 1, 4,
    ]);
  });

  test.each(exampleNames)("of the example %s reads the folders that its spec names", async (name) => {
    const { status, out } = await gantry(["migrate", "lint", "--json"], { cwd: path.join(root, "examples", name) });
    const { ok, files } = JSON.parse(out) as { ok: boolean; files: number };
    expect([status, ok, files]).toEqual([
      0,
      true,
      readdirSync(path.join(root, "examples", name, "migrations")).filter((one) => /(?<!\.down)\.sql$/.test(one)).length,
    ]);
  });

  test("--json and SARIF hold the same findings", async () => {
    const cwd = folderWith(orders);
    const json = JSON.parse((await gantry(["migrate", "lint", "m", "--json"], { cwd })).out) as { findings: { rule: string }[] };
    const sarif = JSON.parse((await gantry(["migrate", "lint", "m", "--format", "sarif"], { cwd })).out) as {
      runs: { results: { ruleId: string; ruleIndex: number }[]; tool: { driver: { rules: { id: string }[] } } }[];
    };
    const results = sarif.runs[0]?.results ?? [];
    expect(results.map(({ ruleId }) => ruleId)).toEqual(json.findings.map(({ rule }) => rule));
    for (const { ruleId, ruleIndex } of results) expect(sarif.runs[0]?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  });

  test("--base: what a commit holds has been shipped, what it does not goes out together", async () => {
    const cwd = folderWith(orders);
    const git = (...args: readonly string[]) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...args], { cwd, stdio: "ignore" });
    git("init");
    git("add", "m/0001_a.sql");
    git("commit", "-m", "first");
    expect(await gantry(["migrate", "lint", "m", "--base", "HEAD"], { cwd })).toMatchObject({ status: 1 });
    git("add", "m");
    git("commit", "-m", "second");
    writeFileSync(path.join(cwd, "m/0003_c.sql"), "CREATE TABLE a (b int);");
    writeFileSync(path.join(cwd, "m/0004_d.sql"), "DROP TABLE a;");
    expect(await gantry(["migrate", "lint", "m", "--base", "HEAD"], { cwd })).toMatchObject({ status: 0 });
    expect(await gantry(["migrate", "lint", "m", "--since", "0002"], { cwd })).toMatchObject({ status: 0 });
    expect(await gantry(["migrate", "lint", "m", "--base", "--nothing"], { cwd })).toMatchObject({ status: 2 });
  });

  test("--fix writes the safe way beside, keeps the rest, and overwrites nothing", async () => {
    const cwd = folderWith({
      ...orders,
      "0002_b.sql":
        "INSERT INTO orders VALUES (1);\nALTER TABLE ONLY orders ADD COLUMN a text, ALTER COLUMN id SET NOT NULL, DROP COLUMN b;",
    });
    await gantry(["migrate", "lint", "m", "--fix", "--dry-run"], { cwd });
    expect(readdirSync(path.join(cwd, "m"))).toEqual(["0001_a.sql", "0002_b.sql"]);
    await gantry(["migrate", "lint", "m", "--fix"], { cwd });
    const folder = path.join(cwd, "m/0002_b.safe");
    const texts = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), "utf8").replace(/^-- .*\n/gm, ""));
    expect(texts).toEqual([
      "ALTER TABLE orders DROP COLUMN b;\n",
      "INSERT INTO orders VALUES (1);\nALTER TABLE ONLY orders ADD COLUMN a text;\n",
      "ALTER TABLE orders ADD CONSTRAINT orders_id_not_null NOT NULL id NOT VALID;\n",
      "ALTER TABLE orders VALIDATE CONSTRAINT orders_id_not_null;\n",
      "",
    ]);
    const now = () => readdirSync(folder).map((name) => statSync(path.join(folder, name)).mtimeMs);
    const before = now();
    const again = await gantry(["migrate", "lint", "m", "--fix"], { cwd });
    expect([again.status, again.out.includes("wrote"), now()]).toEqual([1, false, before]);
    writeFileSync(path.join(folder, "this-release-01.sql"), "SELECT 1;\n");
    expect(await gantry(["migrate", "lint", "m", "--fix"], { cwd })).toMatchObject({ status: 2 });
    expect(readFileSync(path.join(folder, "this-release-01.sql"), "utf8")).toBe("SELECT 1;\n");
  });
});

describe("each word behind gantry migrate has options of its own", () => {
  test("--only names rules for lint, and what belongs to another one is refused", async () => {
    const input = "DROP TABLE a; CREATE TABLE s.b (c char(3))";
    const { status, out } = await gantry(["migrate", "lint", "-", "--only", "style", "--json"], { input });
    const { findings } = JSON.parse(out) as { findings: { rule: string }[] };
    expect([status, findings.map(({ rule }) => rule)]).toEqual([0, ["type-char"]]);
    expect(await gantry(["migrate", "lint", "-", "--steps", "2"], { input })).toMatchObject({
      status: 2,
      err: expect.stringContaining("gantry migrate lint has no option --steps") as string,
    });
    expect(await gantry(["migrate", "up", "migrations"])).toMatchObject({ status: 2 });
    expect((await gantry(["migrate", "sql", "--help"])).out).not.toContain("--strict");
  });
});
