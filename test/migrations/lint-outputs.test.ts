import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { failureAnnotation, githubText } from "../../src/cli/migrate/lint-github.ts";
import { sarifDocument } from "../../src/cli/migrate/lint-sarif.ts";
import { UserError } from "../../src/lib/errors.ts";
import { escapeOf, replaceControls } from "../../src/lib/text.ts";
import type { Finding } from "../../src/migrations/finding.ts";
import { gantry, temporaryFolder } from "../support/gantry.ts";
import { sarifFormats, sarifSchema } from "../support/sarif-schema.ts";

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc
    .array(
      fc.constantFrom(
        "\n",
        "\r",
        "::",
        "::error::",
        "%",
        "%0A",
        "%25",
        ",",
        "a",
        "\u001b[2J",
        "\u0085",
        "\u202e",
        "/",
        "..",
        "\ud800",
        "é😀",
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join("")),
);
const place = { line: 1, column: 1, offset: 0 };
const finding = (file: string, says: string): Finding => ({
  rule: "drop-table",
  severity: "error",
  file,
  from: place,
  to: place,
  says,
  locks: [],
  rewrites: [],
  why: says,
});

/** As GitHub's runner reads a line of output. */
function readCommand(line: string) {
  const [, level, properties = "", message = ""] = /^::(\S+) (.*?)::(.*)$/s.exec(line) ?? [];
  const text = (one: string) => one.replaceAll("%0D", "\r").replaceAll("%0A", "\n");
  const pairs = properties.split(",").map((one): [string, string] => {
    const at = one.indexOf("=");
    const value = text(
      one
        .slice(at + 1)
        .replaceAll("%3A", ":")
        .replaceAll("%2C", ","),
    );
    return [one.slice(0, at), value.replaceAll("%25", "%")];
  });
  return { level, properties: new Map(pairs), message: text(message).replaceAll("%25", "%") };
}

/** What has a meaning for a terminal is shown by its number. */
const shown = (text: string) => replaceControls(text, (one) => ("\n\r\t".includes(one) ? one : escapeOf(one)));

test("no name and no text breaks out of its annotation", () => {
  fc.assert(
    fc.property(hostile, hostile, (file, says) => {
      for (const text of [
        githubText([finding(file, says)]),
        failureAnnotation(new UserError("migration-syntax", says, { hint: says, places: [{ file, ...place }] })),
      ]) {
        const lines = text.split(/\r|\n|\u2028|\u0085/);
        expect([lines.length, lines[1]]).toEqual([2, ""]);
        const read = readCommand(lines[0] ?? "");
        expect([read.level, read.properties.get("file"), read.message]).toEqual([
          "error",
          shown(file),
          shown(`${says}\n${says}`),
        ]);
      }
    }),
    { numRuns: 500, seed: 3 },
  );
});

test("SARIF holds any name as one artifact, and any text as it is", async () => {
  await fc.assert(
    fc.asyncProperty(hostile, hostile, async (file, says) => {
      const unread = [new UserError("migration-syntax", says, { hint: "a", places: [{ file, ...place }] })];
      const document = JSON.parse(JSON.stringify(await sarifDocument([finding(file, says)], unread))) as Sarif;
      const { runs } = document;
      expect(wrongWith(document)).toEqual([]);
      const [result] = runs[0]?.results ?? [];
      const uri = result?.locations[0]?.physicalLocation.artifactLocation.uri ?? "";
      expect(result?.message.text).toBe(says);
      expect(uri).toMatch(/^[\w.!~*'()%/-]*$/);
      expect(decodeURIComponent(uri)).toBe(file.replaceAll("\\", "/").replace(/[\ud800-\udfff]/gu, "\ufffd"));
    }),
    { numRuns: 200, seed: 3 },
  );
});

type Sarif = {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly invocations: readonly object[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly message: { readonly text: string };
      readonly locations: readonly {
        readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: object };
      }[];
    }[];
  }[];
};

const isSarif = new Ajv({ allErrors: true, formats: sarifFormats }).compile(sarifSchema);

function wrongWith(document: unknown): readonly string[] {
  return isSarif(document) ? [] : (isSarif.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

test("what the command writes is SARIF 2.1.0: findings with their rules, and what it could not read", async () => {
  const cwd = temporaryFolder();
  mkdirSync(path.join(cwd, "m é: #"));
  const files = {
    "0001_a.sql": "CREATE TABLE a (b char(3));",
    "0002_b.sql": "DROP TABLE c;",
    "0003_d.sql": "SELEC",
    "0004_e.sql": "\0",
  };
  for (const [name, sql] of Object.entries(files)) writeFileSync(path.join(cwd, "m é: #", name), sql);
  const { status, out } = await gantry(["migrate", "lint", "m é: #", "--format", "sarif"], { cwd });
  const document = JSON.parse(out) as Sarif;
  expect([status, wrongWith(document)]).toEqual([2, []]);
  const [run] = document.runs;
  expect(run?.results.map(({ ruleId, ruleIndex }) => run.tool.driver.rules[ruleIndex]?.id === ruleId)).toEqual([true, true]);
  expect(run?.invocations).toMatchObject([
    { executionSuccessful: false, toolExecutionNotifications: [{ level: "error" }, { level: "error" }] },
  ]);
});

type Wrong = (document: Sarif, result: Sarif["runs"][number]["results"][number]) => unknown;

test.each<[string, Wrong, string]>([
  ["another version", (document) => ({ ...document, version: "2.0.0" }), "/version must be equal to constant"],
  [
    "a run without its tool",
    (document) => ({ ...document, runs: [{ results: [] }] }),
    "/runs/0 must have required property 'tool'",
  ],
  [
    "a level of ours",
    (document, result) => Object.assign(result, { level: "advice" }) && document,
    "/runs/0/results/0/level must be",
  ],
  [
    "a line before the first",
    (document, { locations: [at] }) => Object.assign(at?.physicalLocation.region ?? {}, { startLine: 0 }) && document,
    "startLine must be >= 1",
  ],
  [
    "a message that is no object",
    (document, result) => Object.assign(result, { message: "a" }) && document,
    "/message must be object",
  ],
  ["a key of ours", (document, result) => Object.assign(result, { safe: [] }) && document, "must NOT have additional properties"],
  [
    "a name that is no address",
    (document, { locations: [at] }) => Object.assign(at?.physicalLocation.artifactLocation ?? {}, { uri: "a b%" }) && document,
    'must match format "uri-reference"',
  ],
])("%s is no SARIF", async (_what, spoil, says) => {
  const document = JSON.parse(JSON.stringify(await sarifDocument([finding("a.sql", "a")], []))) as Sarif;
  const [result] = document.runs[0]?.results ?? [];
  if (result === undefined) throw new Error("it has no result");
  expect(wrongWith(spoil(document, result)).join("\n")).toContain(says);
});
