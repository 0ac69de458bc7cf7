import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Load, calmMs, wantedReplicas } from "./scaling.ts";

const quiet: Load = { wanted: 1, inFlight: 0, cpu: 0, quietMs: 0, lowMs: 0, resting: false };

describe("how many replicas", () => {
  test.each([
    ["it stays as it is when nothing is asked", { min: 1, max: 3 }, {}, 1],
    ["more requests in flight than a replica takes bring another", { min: 1, max: 3, inFlight: 20 }, { inFlight: 21 }, 2],
    ["never more than the most, whatever comes", { min: 1, max: 3, inFlight: 20 }, { inFlight: 1_000 }, 3],
    ["busy cores bring another", { min: 1, max: 3, cpu: 0.7 }, { cpu: 0.9 }, 2],
    ["just over the mark brings none", { min: 1, max: 3, cpu: 0.7 }, { cpu: 0.72 }, 1],
    ["a lull takes none away", { min: 1, max: 3, inFlight: 20 }, { wanted: 3, lowMs: calmMs - 1 }, 3],
    ["a long one takes one away at a time", { min: 1, max: 3, inFlight: 20 }, { wanted: 3, lowMs: calmMs }, 2],
    ["but not below the least", { min: 2, max: 3 }, { wanted: 2, lowMs: calmMs * 9, quietMs: calmMs * 9 }, 2],
    ["one that may idle goes to nothing after its time", { min: 0, max: 3, idleMs: 900_000 }, { quietMs: 900_000 }, 0],
    ["and not before", { min: 0, max: 3, idleMs: 900_000 }, { quietMs: 899_999 }, 1],
    ["nor with a request in flight", { min: 0, max: 3, idleMs: 900_000 }, { quietMs: 900_000, inFlight: 1 }, 1],
    ["what sleeps stays asleep until it is asked", { min: 0, max: 3, idleMs: 1, inFlight: 1 }, { wanted: 0, inFlight: 9 }, 0],
    ["what is kept for going back to sleeps sooner", { min: 2, max: 3 }, { wanted: 2, quietMs: 60_000, resting: true }, 0],
  ])("%s", (_rule, scale, load, wanted) => {
    expect(wantedReplicas(scale, { ...quiet, ...load })).toBe(wanted);
  });

  test("is never above the limit and never below the least that must run", () => {
    fc.assert(
      fc.property(
        fc.record({
          min: fc.nat(4),
          extra: fc.nat(6),
          wanted: fc.nat(10),
          inFlight: fc.double({ min: 0, max: 1e6, noNaN: true }),
          cpu: fc.double({ min: 0, max: 64, noNaN: true }),
          lowMs: fc.nat(100_000),
          quietMs: fc.nat(100_000),
        }),
        ({ min, extra, wanted, ...load }) => {
          const scale = { min, max: Math.max(1, min + extra), inFlight: 20, cpu: 0.7 };
          const now = Math.min(Math.max(wanted, Math.max(1, min)), scale.max);
          const next = wantedReplicas(scale, { ...load, wanted: now, resting: false });
          expect(next).toBeLessThanOrEqual(scale.max);
          expect(next).toBeGreaterThanOrEqual(Math.max(1, min));
        },
      ),
    );
  });
});
