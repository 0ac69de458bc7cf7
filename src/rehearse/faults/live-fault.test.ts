import { expect, test } from "vitest";
import { parseLiveFault } from "./live-fault.ts";

test.each([
  ["api:kill", { fault: "kill", service: "api", fromMs: 0 }],
  ["api:pause@5s+10s", { fault: "pause", service: "api", fromMs: 5_000, forMs: 10_000 }],
  ["cache:down+3s", { fault: "down", service: "cache", fromMs: 0, forMs: 3_000 }],
  ["cache:slow=200ms", { fault: "slow", service: "cache", stillMs: 200 }],
  ["api:errors=3%@10m", { fault: "errors", service: "api", share: 0.03, fromMs: 600_000 }],
  ["dependency=30%", { fault: "dependency", share: 0.3 }],
])("%s", (text, wanted) => {
  expect(parseLiveFault(text)).toMatchObject(wanted);
});

test.each([
  "kill",
  "api:kill=3",
  "cache:slow",
  "cache:slow=1ms",
  "cache:slow=2h",
  "api:pause@soon",
  "smoke",
  "leak=2h",
  "api:boom",
  "x".repeat(100_000),
])("%# is refused", (text) => {
  expect(() => parseLiveFault(text)).toThrow(expect.objectContaining({ code: "unknown-fault" }) as Error);
});
