import { expect, test } from "vitest";
import { resolve } from "../../spec/resolve.ts";
import { loadExample } from "../../../test/support/spec.ts";
import { exclusionsOf, savedShare, traceShareOf } from "./exclusions.ts";

test("ByteReview leaves out health checks and progress polls (BYT-15), and records the shares of its traces (BYT-18)", async () => {
  const { data } = await loadExample("bytereview");
  const of = (environment: string) => resolve(data, environment);
  expect(exclusionsOf(of("prod"))).toEqual([
    { service: "api", path: "/health" },
    { service: "api", path: "/health/ready" },
    { service: "frontend", path: "/health" },
    { service: "api", path: "/api/progress/*" },
  ]);
  expect(["prod", "staging", "dev"].map((environment) => traceShareOf(of(environment)))).toEqual([0.95, 0.1, 0]);
});

test("what leaving out saved is a share of all, and nothing where there was nothing", () => {
  expect(
    savedShare([
      { written: 50, leftOut: 30 },
      { written: 10, leftOut: 10 },
    ]),
  ).toBe(0.4);
  expect(savedShare([])).toBeUndefined();
});
