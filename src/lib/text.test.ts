import { expect, test } from "vitest";
import { count, listed, printable, shown } from "./text.ts";

test("what comes from outside cannot speak to the terminal", () => {
  expect(printable("a\u001b[31mred\u0007\n\u202e")).toBe("a\\u001b[31mred\\u0007\\u000a\\u202e");
  expect(shown("x\u001b]0;title\u0007")).not.toMatch(/[\u0000-\u001f]/); // oxlint-disable-line no-control-regex
});

test("words", () => {
  expect([count(1, "error"), count(2, "error"), count(0, "policy", "policies")]).toEqual(["1 error", "2 errors", "0 policies"]);
  expect([listed([]), listed(["a"]), listed(["a", "b", "c"])]).toEqual(["", "a", "a, b and c"]);
  expect(shown("x".repeat(100), 10)).toHaveLength(10);
});
