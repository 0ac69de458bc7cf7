import { describe, expect, test } from "vitest";
import { beginRollback } from "../../src/delivery/begin-release.ts";
import { describePlan } from "../../src/delivery/words/describe-plan.ts";
import { command, drive } from "../support/delivery/drive.ts";
import { createLaws, endsWell } from "../support/delivery/laws.ts";
import { changeOf } from "../support/delivery/plans.ts";
import type { Behaviour } from "../../src/rehearse/world/behaviour.ts";
import { createSimulatedTarget } from "../../src/rehearse/world/simulated-target.ts";

const changes = [
  changeOf("api", { from: "api-2", to: "api-1", version: "v1" }),
  changeOf("jobs", { from: "jobs-2", to: "jobs-1", version: "v1" }),
];

function rollback(behaviours: Readonly<Record<string, Behaviour>>, { frozen = false } = {}) {
  const target = createSimulatedTarget({
    serving: { api: { revision: "api-2", replicas: 2 }, jobs: { revision: "jobs-2", replicas: 1 } },
    behaviours,
  });
  const run = beginRollback({
    id: "rel-9",
    product: "shop",
    environment: "prod",
    startedBy: { kind: "person", name: "ada" },
    changes,
    nowMs: 0,
    frozen,
  });
  return { target, run };
}

describe("a rollback weeks later", () => {
  test("starts what rested, moves when it is ready, and leaves nothing standing by", () => {
    const { target, run: begun } = rollback({ "api-1": { readyAfterMs: 20_000 }, "jobs-1": { readyAfterMs: 500 } });
    const { run } = drive(begun, { target, check: createLaws() });
    expect(run.phase).toBe("healthy");
    endsWell(run, target.services());
    expect(run.endedAtMs).toBeLessThan(25_000);
  });

  test("moves no traffic to what does not become ready, and keeps what serves", () => {
    const { target, run: begun } = rollback({ "api-1": {} });
    const { run } = drive(begun, { target, check: createLaws() });
    expect([run.phase, run.because]).toEqual(["degraded", "api v1 was not ready in 10 min"]);
    endsWell(run, target.services());
  });

  test("is not taken back by what made it necessary", () => {
    const { target, run: begun } = rollback({ "api-1": { readyAfterMs: 1_000, errorShare: 0.5 } });
    const { run } = drive(begun, { target, answer: (_, nowMs) => ({ verdict: "fail", because: "all is red", atMs: nowMs }) });
    expect(run.phase).toBe("healthy");
  });

  test("waits where a freeze stops it, until somebody says why not", () => {
    const { target, run: begun } = rollback({ "api-1": { readyAfterMs: 1_000 } }, { frozen: true });
    const frozen = (nowMs: number) => ({ verdict: "inconclusive", because: "frozen until Monday", atMs: nowMs }) as const;
    const { run, events } = drive(begun, {
      target,
      answer: (_, nowMs) => frozen(nowMs),
      commands: [command("skip", 30_000, { step: 0, reason: "customers cannot pay" })],
    });
    expect(run.phase).toBe("healthy");
    expect(events.find(({ kind }) => kind === "release.skipped")).toMatchObject({ because: "customers cannot pay" });
  });

  test("is said in one sentence", () => {
    expect(describePlan(rollback({}).run.plan)).toBe("Back: what was before runs and is ready, then all traffic at once.\n");
  });
});
