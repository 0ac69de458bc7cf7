import { openAgeMs } from "../advance/clock.ts";
import { comparedAnswer } from "../advance/comparing.ts";
import type { Answer, Gate } from "../gate.ts";
import type { Observed } from "../observed.ts";
import type { Step } from "../plan.ts";
import type { Release } from "../release.ts";
import { spanText } from "../words/span.ts";
import { healthAnswer } from "./health.ts";
import { taskId } from "./task-ids.ts";

export type Judging = {
  readonly run: Release;
  readonly step: Step;
  readonly observed: Observed;
  readonly nowMs: number;
};

/** What holds a step: its own gates; and after a bake, watches that have seen nothing. */
export function gatesToPass({ plan, full }: Release, step: Step): readonly Gate[] {
  if (full !== undefined) return [];
  return step.bakeMs > 0 && step.weightPercent > 0 ? [...step.gates, ...plan.watches] : step.gates;
}

/** A gate's answer now. What nobody has answered is inconclusive: missing data never passes. */
export function judge(gate: Gate, judging: Judging): Answer {
  const { run, observed, nowMs } = judging;
  const reason = run.skipped[gate.id];
  if (reason !== undefined) return { verdict: "pass", because: `skipped: ${reason}`, atMs: nowMs };
  const given = Object.hasOwn(observed.answers, gate.id) ? observed.answers[gate.id] : undefined;
  switch (gate.gate) {
    case "health":
      return healthAnswer(gate, run.streaks[gate.id], { probe: given, nowMs });
    case "smoke":
      return smokeAnswer(taskId(run, gate), judging);
    case "compare":
      return comparedAnswer(judging);
    case "approval":
      return approvalAnswer(gate, judging);
    default:
      return given ?? { verdict: "inconclusive", because: "nobody could tell", atMs: nowMs };
  }
}

function smokeAnswer(id: string, { observed, nowMs }: Judging): Answer {
  const task = Object.hasOwn(observed.tasks, id) ? observed.tasks[id] : undefined;
  if (task === undefined) return { verdict: "inconclusive", because: "not run yet", atMs: nowMs };
  const evidence = task.evidence === undefined ? {} : { evidence: task.evidence };
  if (task.state === "running") return { verdict: "inconclusive", because: "still running", atMs: nowMs };
  return { verdict: task.state === "passed" ? "pass" : "fail", because: task.because, atMs: nowMs, ...evidence };
}

function approvalAnswer(gate: Extract<Gate, { readonly gate: "approval" }>, { run, step, nowMs }: Judging): Answer {
  const given = run.approvals[gate.id] ?? [];
  const evidence = { given };
  if (given.length >= gate.people) return { verdict: "pass", because: `approved by ${given.join(", ")}`, atMs: nowMs, evidence };
  if ((openAgeMs(run, step, nowMs) ?? 0) >= gate.expiresMs)
    return { verdict: "fail", because: `nobody of ${gate.role} approved in ${spanText(gate.expiresMs)}`, atMs: nowMs, evidence };
  const missing = gate.people - given.length;
  return { verdict: "inconclusive", because: `waits for ${missing} of ${gate.role}`, atMs: nowMs, evidence };
}
