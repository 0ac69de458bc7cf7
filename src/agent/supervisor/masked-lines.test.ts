import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createSecretFinder, masked } from "./masked.ts";
import { createLineMasker } from "./masked-lines.ts";
import { secretForms } from "./secret-forms.ts";

/** The lines that come out when a text goes in cut at these places. */
function linesOf(text: string | Buffer, secrets: readonly string[], cuts: readonly number[] = []): readonly string[] {
  const masker = createLineMasker(secrets);
  const bytes = Buffer.from(text as string);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((left, right) => left - right);
  return [...places.slice(1).flatMap((to, at) => masker.push(bytes.subarray(places[at], to))), ...masker.end()];
}

test.each([
  ["a\nb\n", ["a", "b"]],
  ["a\r\n\nb", ["a", "", "b"]],
  ["", []],
  ["\n", [""]],
])("%j is cut into its lines", (text, lines) => {
  expect(linesOf(text, [])).toEqual(lines);
});

test("where the chunks are cut makes no difference", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.array(fc.nat(), { maxLength: 8 }), (text, cuts) => {
      expect(linesOf(text, ["secret"], cuts)).toEqual(linesOf(text, ["secret"]));
    }),
  );
});

test("no secret comes out, wherever it stands, whatever it is made of and however it is written and cut", () => {
  const secret = fc
    .string({ unit: "grapheme", minLength: 4, maxLength: 40 })
    .filter((text) => !/[\r\n]/.test(text) && !text.includes("•"));
  const write = fc.constantFrom(
    (text: string) => text,
    encodeURIComponent,
    (text: string) => JSON.stringify(text).slice(1, -1),
    (text: string) => Buffer.from(text).toString("base64").replace(/=+$/, ""),
    (text: string) => Buffer.from(text).toString("base64url"),
  );
  const around = fc.stringMatching(/^[ -~]{0,20}$/);
  fc.assert(
    fc.property(secret, write, around, around, fc.array(fc.nat(), { maxLength: 8 }), (value, writes, before, after, cuts) => {
      const written = writes(value);
      const out = linesOf(`${before}${written}${after}\n`, [value], cuts).join("\n");
      expect(out).toContain("•••");
      // Its form can only be there when the words around it happen to hold it.
      expect(out.replaceAll("•••", "\n").includes(written)).toBe(false);
    }),
  );
});

test("a secret inside a longer text is recognised in base64 too", () => {
  const secret = "correct horse battery";
  for (const user of ["", "a", "ab", "abc"]) {
    const header = Buffer.from(`${user}:${secret}:more`).toString("base64");
    expect(linesOf(header, [secret])[0]).toMatch(/^.{0,6}•••.{0,10}$/);
  }
});

test("a key of many lines is masked line by line", () => {
  const key = "-----BEGIN KEY-----\nMIIBVgIBADANBgkqhkiG\n9w0BAQEFAASCAUAwggE8\n-----END KEY-----";
  expect(linesOf(`${key}\n`, [key])).toEqual(["•••", "•••", "•••", "•••"]);
  expect(linesOf(JSON.stringify({ key }), [key])).toEqual(['{"key":"•••"}']);
});

test("secrets that overlap or hold one another leave nothing over, and short ones are none", () => {
  expect(masked("xabcdefy", createSecretFinder(secretForms(["abcd", "cdef", "abcdef"])))).toBe("x•••y");
  expect(masked("abc abc", createSecretFinder(secretForms(["abc", ""])))).toBe("abc abc");
});

test("a long line is cut, also one that never ends, and nothing of a secret across the cut is seen", () => {
  const masker = createLineMasker(["0123456789"]);
  for (let chunk = 0; chunk < 100; chunk++) masker.push(Buffer.alloc(10_000, "x"));
  const [line, ...more] = masker.push(Buffer.from("\nnext\n"));
  expect(line).toBe(`${"x".repeat(16_384)} … (cut: the line has 1000000 characters)`);
  expect(more).toEqual(["next"]);
  for (let before = 16_370; before <= 16_390; before++) {
    const out = linesOf(`${"x".repeat(before)}0123456789${"y".repeat(100)}`, ["0123456789"])[0] ?? "";
    expect(out).not.toMatch(/x01/);
    expect(out).toContain("… (cut");
  }
});

test("what is no text comes out as text", () => {
  expect(linesOf(Buffer.from([0xff, 0x00, 0x41, 0x0a, 0xe2, 0x82]), [])).toEqual(["\ufffd\u0000A", "\ufffd"]);
});
