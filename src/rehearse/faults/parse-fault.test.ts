import { expect, test } from "vitest";
import { parseRecorded, parseTraffic } from "../traffic/parse-traffic.ts";
import { meanRate, rateAt } from "../traffic/shape.ts";
import { parseFault } from "./parse-fault.ts";

test.each([
  ["errors=3%", { fault: "errors", share: 0.03, fromMs: 0 }],
  ["api:errors=3%@10m", { fault: "errors", share: 0.03, service: "api", fromMs: 600_000 }],
  ["latency=+20%", { fault: "latency", times: 1.2 }],
  ["latency=x1.5", { fault: "latency", times: 1.5 }],
  ["crash@10m", { fault: "crash", fromMs: 600_000 }],
  ["crash-at-start", { fault: "crash-at-start" }],
  ["leak=2h", { fault: "leak", fullAfterMs: 7_200_000 }],
  ["smoke", { fault: "smoke" }],
  ["dependency=30%@10m+5m", { fault: "dependency", share: 0.3, fromMs: 600_000, forMs: 300_000 }],
])("%s", (text, wanted) => {
  expect(parseFault(text)).toMatchObject(wanted);
});

test("none is none", () => {
  expect(parseFault("none")).toBeUndefined();
});

test.each([
  "",
  "errors",
  "errors=",
  "errors=300%",
  "errors=3",
  "latency=20%",
  "latency=+-1%",
  "latency=x0.5",
  "crash",
  "crash@0s",
  "smoke=1",
  "boom",
  "errors=3%@never",
  "x".repeat(100_000),
  "a:b:errors=3%",
  "<script>=3%",
])("%# is refused, with what would be understood", (text) => {
  expect(() => parseFault(text)).toThrow(
    expect.objectContaining({ code: "unknown-fault", hint: expect.any(String) as string }) as Error,
  );
});

test("traffic by its shape", () => {
  const constant = parseTraffic("50rps");
  expect(constant).toMatchObject({ shape: "constant", perSecond: 50 });
  const day = parseTraffic("diurnal:20..200rps");
  const at = (hour: number) => (day === undefined ? 0 : rateAt(day, Date.UTC(2026, 0, 1, hour), 0));
  expect([at(3), at(15), at(9)].map(Math.round)).toEqual([20, 200, 110]);
  expect(day && meanRate(day)).toBeCloseTo(110, 6);
  const spikes = parseTraffic("spikes:50rps,x4,every=1h,for=5m");
  expect(spikes && [rateAt(spikes, 0, 0), rateAt(spikes, 0, 56 * 60_000), rateAt(spikes, 0, 61 * 60_000)]).toEqual([50, 200, 50]);
  expect(parseTraffic("somewhere.csv")).toBeUndefined();
});

test("a recorded series goes in straight lines, and begins again when it is over", () => {
  const recorded = parseRecorded("time,rps\n1000,10\n1060,30\r\n1120,0\n", "a.csv");
  expect([0, 30_000, 60_000, 90_000, 120_000, 150_000].map((ms) => rateAt(recorded, 0, ms))).toEqual([10, 20, 30, 15, 10, 20]);
});

test.each(["", "1,1", "1,1\n1,2", "1,1\n2,-1", "1,1\n2,x", "1,0\n2,0", "1,1,1\n2,2,2", "1,1\nNaN,2", "1,1\n2,1e99"])(
  "%j is no recorded traffic",
  (text) => {
    expect(() => parseRecorded(text, "a.csv")).toThrow(expect.objectContaining({ code: "unknown-traffic" }) as Error);
  },
);

test.each(["0rps", "diurnal:200..20rps", "99999999999rps", "spikes:5rps,x4,every=5m,for=5m", "spikes:5rps,x4,every=soon,for=5m"])(
  "%s is no traffic",
  (text) => {
    expect(() => parseTraffic(text)).toThrow(expect.objectContaining({ code: "unknown-traffic" }) as Error);
  },
);
