import { expect, test } from "vitest";
import type { Ruleset } from "./ruleset.ts";
import { signalSpeed } from "./signal-speed.ts";

const everyMs: Readonly<Record<string, number | undefined>> = {
  http_requests_total: 250,
  jobs_total: 1_000,
  probe_success: 1_000,
};
const rulesWith = (...exprs: readonly string[]): Ruleset => ({
  product: "shop",
  environment: "prod",
  recordings: [],
  alerts: exprs.map((expr, index) => ({
    kind: "alert",
    name: `rule ${index}`,
    id: `Rule${index}`,
    expr,
    forMs: 0,
    keepFiringMs: 0,
    everyMs: 30_000,
    severity: "warning",
    to: [],
    summary: "",
    labels: {},
    path: ["alerts", `rule ${index}`],
  })),
  slos: [],
  everyMs: 30_000,
  leftOut: [],
});
const speedOf = (asked: number, ...exprs: readonly string[]) =>
  signalSpeed(rulesWith(...exprs), asked, (metric) => everyMs[metric]);

test("the window of a rate holds four samples, however fast time runs", () => {
  expect(speedOf(600, "rate(http_requests_total[5m]) > 1")).toEqual({
    asked: 600,
    effective: 300,
    because: { rule: "rule 0", metric: "http_requests_total", windowMs: 300_000, everyMs: 250, samples: 4 },
  });
});

test.each([
  ["the shortest window counts", ["rate(jobs_total[15m]) > 1", "rate(jobs_total[4m]) > 1"], 60],
  ["so does how often it is sampled", ["rate(http_requests_total[5m]) > 1", "increase(jobs_total[10m]) > 1"], 150],
  ["the most in a window needs no slope, only two samples", ["max_over_time(probe_success[2m]) <= 0"], 60],
  ["inside of others too", ["sum by (a) (rate(jobs_total[2m])) / 2 > 1 and on () vector(1)"], 30],
  ["a window that is too short as it is leaves time as it is", ["rate(jobs_total[2s]) > 1"], 1],
  ["what stands there now has no window", ["jobs_total > 1 and jobs_total offset 1h < 1"], 600],
  ["what is sampled faster at speed has no limit", ["rate(another_total[10s]) > 1"], 600],
])("%s", (_, exprs, effective) => {
  expect(speedOf(600, ...exprs).effective).toBe(effective);
});

test("what was asked holds where it may, and nothing is said", () => {
  expect(speedOf(60, "rate(http_requests_total[5m]) > 1")).toEqual({ asked: 60, effective: 60 });
});
