import { expect, test } from "vitest";
import { ownPath } from "./own-path.ts";

test.each([
  ["/", "/"],
  ["/#/environments/prod?a=1", "/#/environments/prod?a=1"],
  ["/approvals/x?y=1", "/approvals/x?y=1"],
  ["/a/../b", "/b"],
  // What would be understood as a host, by us or by a browser.
  ["//evil.example", "/"],
  ["///evil.example", "/"],
  ["/\\evil.example", "/"],
  ["/x/..//evil.example", "/"],
  ["/.//evil.example", "/"],
  ["https://evil.example", "/"],
  ["javascript:alert(1)", "/"],
  ["evil", "/"],
  ["", "/"],
  ["/\r\nx: y", "/"],
  ["/\t/evil.example", "/"],
  ["/ä", "/"],
  [`/${"x".repeat(3_000)}`, "/"],
])("%j leads to %j", (given, to) => {
  expect(ownPath(given)).toBe(to);
});
