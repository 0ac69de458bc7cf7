import * as fc from "fast-check";
import { expect, test } from "vitest";
import { failureAnnotation, githubText } from "../../src/cli/migrate/lint-github.ts";
import { sarifDocument } from "../../src/cli/migrate/lint-sarif.ts";
import { UserError } from "../../src/lib/errors.ts";
import { escapeOf, replaceControls } from "../../src/lib/text.ts";
import type { Finding } from "../../src/migrations/finding.ts";

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
      const { runs } = JSON.parse(JSON.stringify(await sarifDocument([finding(file, says)], unread))) as Sarif;
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
    readonly results: readonly {
      readonly message: { readonly text: string };
      readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } }[];
    }[];
  }[];
};
