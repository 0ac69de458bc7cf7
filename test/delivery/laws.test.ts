import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Command } from "../../src/delivery/machine.ts";
import {
  answerLists,
  brokenOrNot,
  changeSets,
  commandsUpTo,
  fateLists,
  sights,
  strategies,
} from "../support/delivery/arbitraries.ts";
import { command, drive } from "../support/delivery/drive.ts";
import { createLaws, endsWell, settled } from "../support/delivery/laws.ts";
import { begun, planOf } from "../support/delivery/plans.ts";
import { createSimulatedTarget } from "../../src/rehearse/world/simulated-target.ts";
import type { Change } from "../../src/delivery/release.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;

const world = fc.record({
  strategy: strategies,
  changes: changeSets,
  fresh: fc.tuple(brokenOrNot, brokenOrNot, brokenOrNot),
  answers: answerLists,
  fates: fateLists,
  sees: sights,
});

function targetOf(changes: readonly Change[], behaviours: Parameters<typeof createSimulatedTarget>[0]["behaviours"] = {}) {
  const serving = changes.map(
    ({ service, from, replicas }) => [service, { ...(from === undefined ? {} : { revision: from }), replicas }] as const,
  );
  return createSimulatedTarget({ serving: Object.fromEntries(serving), behaviours });
}

const named = ["api", "web", "jobs"] as const;

describe("whatever the world does and people ask", () => {
  test("each look keeps to what holds at every look, and the release ends", () => {
    const ends = { healthy: 0, degraded: 0 };
    fc.assert(
      fc.property(
        world,
        fc.tuple(brokenOrNot, brokenOrNot),
        commandsUpTo(20 * minuteMs),
        ({ strategy, changes, fresh, answers, fates, sees }, old, commands) => {
          const behaviours = {
            ...Object.fromEntries(named.map((name, index) => [`${name}-2`, fresh[index] ?? {}])),
            ...Object.fromEntries(old.map((one, index) => [`${named[index]}-1`, one])),
          };
          const target = targetOf(changes, behaviours);
          let asked = 0;
          const resumes: readonly Command[] = [command("resume", 40 * minuteMs), command("resume", 80 * minuteMs)];
          const { run } = drive(begun(planOf(strategy, changes), changes), {
            target,
            commands: [...commands, ...resumes],
            fates,
            sees,
            answer: (_question, nowMs) => {
              asked += 1;
              const verdict = answers[asked % answers.length];
              return verdict && { verdict, because: "as drawn", atMs: nowMs };
            },
            check: createLaws(),
            until: ({ endedAtMs }) => endedAtMs !== undefined,
            untilMs: dayMs,
          });
          expect(run.endedAtMs).toBeDefined();
          expect(["healthy", "degraded"]).toContain(run.phase);
          if (settled(run)) endsWell(run, target.services());
          if (run.phase === "healthy" || run.phase === "degraded") ends[run.phase] += 1;
        },
      ),
      { numRuns: 100 },
    );
    // Drawn worlds are of both kinds, or this would show little.
    expect(Math.min(ends.healthy, ends.degraded)).toBeGreaterThan(10);
  });

  test("an abort at any moment leaves the old revision with all of the traffic, and the new one at rest", () => {
    fc.assert(
      fc.property(
        world,
        fc.integer({ min: 0, max: 10 * minuteMs }),
        ({ strategy, changes, fresh, answers, fates, sees }, atMs) => {
          const target = targetOf(changes, Object.fromEntries(named.map((name, index) => [`${name}-2`, fresh[index] ?? {}])));
          let asked = 0;
          const { run } = drive(begun(planOf(strategy, changes), changes), {
            target,
            commands: [command("abort", atMs)],
            fates,
            sees,
            answer: (_question, nowMs) => {
              asked += 1;
              const verdict = answers[asked % answers.length];
              return verdict && { verdict, because: "as drawn", atMs: nowMs };
            },
            check: createLaws(),
            until: ({ endedAtMs }) => endedAtMs !== undefined,
            untilMs: dayMs,
          });
          if (run.phase === "healthy") expect(run.endedAtMs).toBeLessThanOrEqual(atMs);
          target.pass(2 * dayMs);
          endsWell(run, target.services());
        },
      ),
      { numRuns: 100 },
    );
  });
});
