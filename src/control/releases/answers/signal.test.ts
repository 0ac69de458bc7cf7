import { expect, test } from "vitest";
import { embeddedSignals } from "../../watching/signals.ts";
import { longestHeldMs } from "../../watching/longest-held.ts";
import { createMetricStore } from "../../../signals/store/metric-store.ts";
import type { Look } from "./look.ts";
import { signalAnswer } from "./signal.ts";

const nowMs = 1_800_000_000_000;
const minuteMs = 60_000;
const condition = {
  kind: "condition",
  signal: { kind: "signal", measure: "promql", expression: "backlog", unit: "count" },
  is: "above",
  value: 10,
  for: "5m",
};

/** What was measured each ten seconds, by how long ago. */
function looking(backlogAt: (agoMs: number) => number | undefined, { startedMinutesAgo = 60, speed = 1 } = {}): Look {
  const store = createMetricStore({ maxBytes: 2 ** 20 });
  for (let agoMs = 30 * minuteMs; agoMs >= 0; agoMs -= 10_000 / speed) {
    const value = backlogAt(agoMs);
    if (value !== undefined) store.append({ __name__: "backlog" }, nowMs - agoMs, value);
  }
  const signals = embeddedSignals(store, { lookbackMs: 30_000, defaultStepMs: 10_000 });
  return {
    release: { id: "r1", startedAtMs: nowMs - startedMinutesAgo * minuteMs },
    material: { environment: { services: {}, resources: {}, watch: {} } },
    watch: { signals, speed },
    nowMs,
  } as unknown as Look;
}
const asked = async (passesWhen: "true" | "false", look: Look) =>
  (await signalAnswer({ gate: "signal", id: "g", says: "the backlog", condition, passesWhen }, {}, look)).verdict;

test.each([
  ["held for all of the span", () => 20, "fail", "pass"],
  ["has held for less than the span", (agoMs: number) => (agoMs < 4 * minuteMs ? 20 : 1), "pass", "inconclusive"],
  [
    "was interrupted within the span",
    (agoMs: number) => (agoMs > 2 * minuteMs && agoMs < 3 * minuteMs ? 1 : 20),
    "pass",
    "inconclusive",
  ],
  ["was measured for less than the span", (agoMs: number) => (agoMs < 3 * minuteMs ? 20 : undefined), "pass", "inconclusive"],
  ["does not hold now", (agoMs: number) => (agoMs < minuteMs ? 1 : 20), "pass", "fail"],
] as const)(
  "a condition with a span that %s is told from the samples, and whoever asks first knows it",
  async (_, backlogAt, watched, required) => {
    expect([await asked("false", looking(backlogAt)), await asked("true", looking(backlogAt))]).toEqual([watched, required]);
  },
);

test("what held before the release began does not take it back, and may be what it waits for", async () => {
  const look = looking(() => 20, { startedMinutesAgo: 2 });
  expect([await asked("false", look), await asked("true", look)]).toEqual(["pass", "pass"]);
});

test("at speed the span is shorter, and samples are kept for the longest that anything asks", async () => {
  const look = looking((agoMs) => (agoMs < 6_000 ? 20 : 1), { speed: 60 });
  expect(await asked("true", look)).toBe("pass");
  expect(longestHeldMs({ steps: [{ requires: [condition, { ...condition, for: "2h" }] }] })).toBe(2 * 3_600_000);
  expect(longestHeldMs({ strategy: "rolling" })).toBe(0);
});
