import { expect, test } from "vitest";
import { createPathMatcher } from "./path-patterns.ts";

test.each([
  ["/health", true],
  ["/health/", false],
  ["/healthy", false],
  ["/api/progress", true],
  ["/api/progress/7", true],
  ["/api/progress/7/8", true],
  ["/api/progressive", false],
  ["/", false],
])("%s", (path, fits) => {
  expect(createPathMatcher(["/health", "/api/progress/*"])(path)).toBe(fits);
});

test("a star alone is every path, no pattern is none", () => {
  expect(createPathMatcher(["/*"])("/")).toBe(true);
  expect(createPathMatcher(["/*"])("/any/thing")).toBe(true);
  expect(createPathMatcher([])("/")).toBe(false);
});
