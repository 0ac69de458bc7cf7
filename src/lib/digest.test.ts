import * as fc from "fast-check";
import { expect, test } from "vitest";
import { digestOf } from "./digest.ts";

test.each([
  ["", "cbf29ce484222325"],
  ["a", "af63dc4c8601ec8c"],
  ["foobar", "85944171f73967e8"],
])("%j is what the authors of FNV-1a say", (text, digest) => {
  expect(digestOf(text)).toBe(digest);
});

test("arithmetic in halves is that in 64 bits", () => {
  const whole = (bytes: Uint8Array) =>
    bytes.reduce((hash, byte) => BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n), 0xcbf29ce484222325n);
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(digestOf(text)).toBe(whole(new TextEncoder().encode(text)).toString(16).padStart(16, "0"));
    }),
  );
});

test("where one word ends and the next begins matters", () => {
  expect(new Set([digestOf("ab", "c"), digestOf("a", "bc"), digestOf("abc"), digestOf("abc", "")]).size).toBe(4);
});
