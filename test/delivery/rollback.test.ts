import { describe, expect, test } from "vitest";
import type { Answer } from "../../src/delivery/gate.ts";
import type { Question } from "../../src/delivery/gates/question.ts";
import { beginRollback } from "../../src/delivery/begin-release.ts";
import { describePlan } from "../../src/delivery/words/describe-plan.ts";
import { drive } from "../support/delivery/drive.ts";
import { createLaws, endsWell } from "../support/delivery/laws.ts";
import { changeOf } from "../support/delivery/plans.ts";
import type { Behaviour } from "../../src/rehearse/world/behaviour.ts";
import { createSimulatedTarget } from "../../src/rehearse/world/simulated-target.ts";

const changes = [
  changeOf("api", { from: "api-2", to: "api-1", version: "v1" }),
  changeOf("jobs", { from: "jobs-2", to: "jobs-1", version: "v1" }),
];

function rollback(behaviours: Readonly<Record<string, Behaviour>>) {
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
    why: "checkout is slow",
    nowMs: 0,
  });
  return { target, run };
}

const isFreeze = (question: Question, action: string): boolean =>
  question.ask === "gate" && question.gate.gate === "freeze" && question.gate.action === action;
/** Whatever is measured is bad; nothing is frozen. */
const red = (question: Question, nowMs: number): Answer => ({
  verdict: isFreeze(question, "rollback") ? "pass" : "fail",
  because: "all is red",
  atMs: nowMs,
});

describe("a rollback weeks later", () => {
  test("starts what rested, moves when it is ready, and leaves nothing standing by", () => {
    const { target, run: begun } = rollback({ "api-1": { readyAfterMs: 20_000 }, "jobs-1": { readyAfterMs: 500 } });
    const { run } = drive(begun, { target, check: createLaws() });
    expect(run.phase).toBe("healthy");
    endsWell(run, target.services());
    expect(run.endedAtMs).toBeLessThan(25_000);
  });

  test("is on record with who and why, and so is what nobody goes back to after it", () => {
    const { target, run: begun } = rollback({});
    const { effects, events, notices } = drive(begun, { target });
    expect(events[0]).toMatchObject({ kind: "release.started", actor: { name: "ada" }, because: "checkout is slow" });
    expect(notices.map(({ moment, title, text }) => [moment, title, text])).toEqual([
      ["started", "Started: api v1 and jobs v1 again in prod", "ada began it: checkout is slow"],
      ["succeeded", "Rolled back: api v1 and jobs v1 again in prod", "ada began it: checkout is slow"],
    ]);
    const marked = effects.flatMap((one) => (one.effect === "taken back" ? [`${one.revision} for ${one.to}`] : []));
    expect(new Set(marked)).toEqual(new Set(["api-2 for api-1", "jobs-2 for jobs-1"]));
  });

  test("moves no traffic to what does not become ready, and keeps what serves", () => {
    const { target, run: begun } = rollback({ "api-1": {} });
    const { run } = drive(begun, { target, check: createLaws() });
    expect([run.phase, run.because]).toEqual(["degraded", "api v1 was not ready in 10 min"]);
    expect(run.stuck).toBeUndefined();
    endsWell(run, target.services());
  });

  test("is not taken back by what made it necessary", () => {
    const { target, run: begun } = rollback({ "api-1": { readyAfterMs: 1_000, errorShare: 0.5 } });
    const { run } = drive(begun, { target, answer: red });
    expect(run.phase).toBe("healthy");
  });

  test("waits where nobody can tell whether a freeze stops it, and stays where it is where one does", () => {
    const { target, run: begun } = rollback({ "api-1": { readyAfterMs: 1_000 } });
    const answer = (verdict: Answer["verdict"]) => (question: Question, nowMs: number) =>
      isFreeze(question, "rollback") ? { verdict, because: `told ${verdict}`, atMs: nowMs } : undefined;
    const waits = drive(begun, {
      target,
      answer: (question, nowMs) => answer(nowMs < 60_000 ? "inconclusive" : "pass")(question, nowMs),
    });
    expect([waits.run.phase, (waits.run.endedAtMs ?? 0) >= 60_000]).toEqual(["healthy", true]);
    const other = rollback({ "api-1": { readyAfterMs: 1_000 } });
    const { run } = drive(other.run, { target: other.target, answer: answer("fail"), check: createLaws() });
    expect([run.phase, run.because]).toEqual(["degraded", '"no freeze stops this rollback" failed: told fail']);
    endsWell(run, other.target.services());
  });

  test("is said in one sentence", () => {
    expect(describePlan(rollback({}).run.plan)).toBe("Back: what was before runs and is ready, then all traffic at once.\n");
  });
});
