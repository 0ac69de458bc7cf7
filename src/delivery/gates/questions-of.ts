import { openAgeMs } from "../advance/clock.ts";
import type { Gate } from "../gate.ts";
import type { Step } from "../plan.ts";
import type { Release } from "../release.ts";
import { isProbeDue } from "./health.ts";
import type { Question, TrafficQuestion } from "./question.ts";
import { standingFreeze } from "./standing-freeze.ts";
import { tasksOf } from "./task-ids.ts";

/** What the driver of a release has to look at now. */
export function questionsOf(run: Release, nowMs: number): readonly Question[] {
  if (run.endedAtMs !== undefined) return [];
  const step = run.plan.steps[run.at];
  const questions: Question[] = [];
  if (step !== undefined) for (const id of tasksOf(run, step)) questions.push({ ask: "task", id });
  if (hasTraffic(run, step)) questions.push(...trafficQuestions(run.changes));
  if (isWatched(run, step)) for (const gate of run.plan.watches) questions.push(...asked(gate, run, nowMs));
  if (step !== undefined && isOpen(run, step, nowMs)) {
    for (const gate of step.gates) if (run.skipped[gate.id] === undefined) questions.push(...asked(gate, run, nowMs));
    const freeze = standingFreeze(run);
    if (freeze !== undefined) questions.push(...asked(freeze, run, nowMs));
  }
  return questions;
}

/** What all revisions that may have traffic have answered. */
export function trafficQuestions(changes: Release["changes"]): readonly TrafficQuestion[] {
  const questions: TrafficQuestion[] = [];
  for (const { service, serves, from, to } of changes)
    if (serves) questions.push({ ask: "traffic", service, revisions: from === undefined || from === to ? [to] : [from, to] });
  return questions;
}

/** Its gates are asked from now on: what they wait for is there, and the bake is over. */
export function isOpen(run: Release, step: Step, nowMs: number): boolean {
  return run.phase === "progressing" && run.full === undefined && openAgeMs(run, step, nowMs) !== undefined;
}

/** Somebody may be answered by new revisions. */
export function isWatched({ phase, full }: Release, step: Step | undefined): boolean {
  return full === undefined && phase !== "reverting" && (step === undefined || step.weightPercent > 0);
}

function hasTraffic({ phase }: Release, step: Step | undefined): boolean {
  return phase === "reverting" || step === undefined || step.runs;
}

function asked(gate: Gate, run: Release, nowMs: number): readonly Question[] {
  switch (gate.gate) {
    case "smoke":
    case "compare":
    case "approval":
      return [];
    case "health": {
      if (!isProbeDue(gate, run.streaks[gate.id], nowMs)) return [];
      const revision = run.changes.find(({ service }) => service === gate.service)?.to;
      return [{ ask: "health", id: gate.id, gate, ...(revision === undefined ? {} : { revision }) }];
    }
    default:
      return [{ ask: "gate", id: gate.id, gate, revisions: newRevisions(run) }];
  }
}

function newRevisions({ changes }: Release): Readonly<Record<string, string>> {
  const revisions: Record<string, string> = {};
  for (const { service, to } of changes) revisions[service] = to;
  return revisions;
}
