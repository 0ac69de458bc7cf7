import { expect, test } from "vitest";
import { exercise } from "../../spec/schema/operate.ts";
import { parseLiveFault } from "./live-fault.ts";

const injects = (text: string): boolean => exercise.safeParse({ kind: "game day", does: "rollback", injects: [text] }).success;

test.each([
  ["crash@10s", { fault: "crash", fromMs: 10_000 }],
  ["crash-at-start", { fault: "crash-at-start" }],
  ["api:latency=x1.5@1m+30s", { fault: "latency", times: 1.5, forMs: 30_000 }],
  ["api:kill", { fault: "kill", service: "api", fromMs: 0 }],
  ["api:pause@5s+10s", { fault: "pause", service: "api", fromMs: 5_000, forMs: 10_000 }],
  ["cache:down+3s", { fault: "down", service: "cache", fromMs: 0, forMs: 3_000 }],
  ["cache:slow=200ms", { fault: "slow", service: "cache", stillMs: 200 }],
  ["api:errors=3%@10m", { fault: "errors", service: "api", share: 0.03, fromMs: 600_000 }],
  ["dependency=30%", { fault: "dependency", share: 0.3 }],
])("%s", (text, wanted) => {
  expect(parseLiveFault(text)).toMatchObject(wanted);
  expect(injects(text)).toBe(true);
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

test.each([
  "kill",
  "api:kill=3",
  "cache:slow",
  "smoke",
  "leak=2h",
  "api:boom",
  "errors",
  "crash",
  "none",
  "errors=5% ; rm",
  "x".repeat(100_000),
])("a spec with %# is refused where it stands", (text) => {
  expect(injects(text)).toBe(false);
});
