import { expect, test } from "vitest";
import { identifier, literal, wholeNumber } from "./identifier.ts";

test.each([
  ["plain", '"plain"'],
  ["Order", '"Order"'],
  ['a"b', '"a""b"'],
  ['x"; DROP DATABASE postgres; --', '"x""; DROP DATABASE postgres; --"'],
  ["a.b", '"a.b"'],
])("the name %s stays one name", (name, quoted) => expect(identifier(name)).toBe(quoted));

test.each(["", "a\0b", "a\nb", "x".repeat(64), "ü".repeat(32), "\ud800"])("%j is no name", (name) =>
  expect(() => identifier(name)).toThrow(expect.objectContaining({ code: "bad-name" })),
);

test.each([
  ["it's", "'it''s'"],
  ["\\' OR 1=1 --", " E'\\\\'' OR 1=1 --'"],
])("the text %s stays one text", (text, quoted) => expect(literal(text)).toBe(quoted));

test.each([1.5, Number.NaN, -2, 2 ** 31, Infinity])("%s is no whole number", (value) => {
  expect(() => wholeNumber(value)).toThrow(expect.objectContaining({ code: "bad-value" }));
});
