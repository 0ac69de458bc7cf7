import { expect, test } from "vitest";
import { type Outcome, judge, parseExpectation } from "./expectation.ts";

const outcome: Outcome = {
  replicas: (service) => (service === "api" ? { least: 1, most: 3, last: 2 } : undefined),
  query: () => ({ least: 0.5, most: 7, last: 7 }),
  scaling: (service) => (service === "api" ? { first: 1, most: 3, limit: 3, asked: 3, lateMs: 900 } : undefined),
  alerts: () => ({ fired: ["API errors (5xx)"], untold: [] }),
  fired: (alert) => (alert === "hidden" ? undefined : alert === "API errors (5xx)"),
  latencyMs: (part) => part * 100,
  errorShare: () => 0.004,
};

test.each([
  ["replicas(api) > 1", "pass"],
  ["replicas(api) >= 3", "pass"],
  ["replicas(api) > 3", "fail"],
  ["replicas(api) <= 3", "pass"],
  ["replicas(api) < 3", "fail"],
  ["replicas(api) = 2", "pass"],
  ["replicas(api)=3", "fail"],
  ["replicas(web) > 0", "inconclusive"],
  ["alert(API errors (5xx)) fires", "pass"],
  ["alert(API errors (5xx)) is quiet", "fail"],
  ["alert(queue) is quiet", "pass"],
  ["alert(hidden) is quiet", "inconclusive"],
  ["scaling(api)", "pass"],
  ["scaling(web)", "inconclusive"],
  ["alerts are quiet", "fail"],
  ["p95 < 96ms", "pass"],
  ["p99.9 < 99ms", "fail"],
  ["max <= 0.1s", "pass"],
  ["errors < 0.5%", "pass"],
  ["errors = 0%", "fail"],
  ["query(sum(rate(http_requests_total[1m])) > 0) >= 7", "pass"],
])("%s: %s", (text, verdict) => {
  expect(judge(parseExpectation(text), outcome)).toMatchObject({ expectation: text, verdict });
});

test.each([
  [{ first: 1, most: 4, limit: 3, asked: 4, lateMs: 0 }, "fail"],
  [{ first: 1, most: 2, limit: 3, asked: 3, lateMs: 11_000 }, "fail"],
  [{ first: 1, most: 1, limit: 3, asked: 1, lateMs: 0 }, "inconclusive"],
] as const)("scaling as %j: %s", (scaling, verdict) => {
  expect(judge(parseExpectation("scaling(api)"), { ...outcome, scaling: () => scaling })).toMatchObject({ verdict });
});

test.each([
  "",
  "replicas > 1",
  "replicas(api) > many",
  "alert(x) rings",
  "p95",
  "p0 < 1s",
  "p95 = 1s",
  "p95 < soon",
  "errors < 3",
  "rps > 1",
  "(".repeat(5_000),
])("%j is refused, with what would be understood", (text) => {
  expect(() => parseExpectation(text)).toThrow(
    expect.objectContaining({
      code: "unknown-expectation",
      hint: expect.stringContaining("replicas(api) > 1") as string,
    }) as Error,
  );
});
