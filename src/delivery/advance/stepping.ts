import type { Answer, Gate } from "../gate.ts";
import { takeProbe } from "../gates/health.ts";
import { gatesToPass, judge } from "../gates/judge.ts";
import { isOpen } from "../gates/questions-of.ts";
import { standingFreeze } from "../gates/standing-freeze.ts";
import { deedTask } from "../gates/task-ids.ts";
import type { Step } from "../plan.ts";
import { spanText } from "../words/span.ts";
import { askPeople } from "./ask-people.ts";
import { own } from "./capacity.ts";
import { bakeAgeMs } from "./clock.ts";
import { enterStep, revert } from "./step-changes.ts";
import { isAllUp, stands } from "./standing.ts";
import { change, forget, tell, type Turn } from "./turn.ts";

/** One look at a step on the way up: what it does, whether it stands, what its gates say, and whether it is over. */
export function lookAtStep(turn: Turn, step: Step, wasOpen: boolean): void {
  if (!deedsAreDone(turn, step)) return;
  const { run, observed, nowMs } = turn;
  const isUp = isAllUp(run, step, observed);
  if (run.bakeSinceMs !== undefined && !isUp && run.lostSinceMs === undefined) {
    change(turn, { lostSinceMs: nowMs });
    tell(turn, "lost", "waits: a new revision is not ready any more");
  } else if (isUp && run.lostSinceMs !== undefined) forget(turn, "lostSinceMs");
  if (!stands(run, step, observed)) return;
  if (run.bakeSinceMs === undefined) return beginBake(turn, step);
  if (run.full !== undefined) return enterStep(turn, run.at + 1);
  // Asked only now: the answers come with the next look.
  if (!wasOpen || !isOpen(turn.run, step, nowMs)) return;
  const failed = askGates(turn, step);
  if (failed !== undefined) return revert(turn, failed.because, failed.data);
  const passed = gatesToPass(run, step).every(({ id }) => own(turn.run.answers, id)?.verdict === "pass");
  if (passed && !isFrozen(turn)) enterStep(turn, run.at + 1);
}

/** A freeze that somebody has begun since. What nobody could look up holds. */
function isFrozen(turn: Turn): boolean {
  const freeze = standingFreeze(turn.run);
  const answer = freeze === undefined ? undefined : own(turn.observed.answers, freeze.id);
  if (freeze === undefined || answer?.verdict === "pass") return false;
  if (answer?.verdict === "fail") revert(turn, `"${freeze.says}" failed: ${answer.because}`, { gate: freeze.id, answer });
  return true;
}

function beginBake(turn: Turn, step: Step): void {
  const { nowMs, run } = turn;
  // What was paused before does not shorten what begins now.
  change(turn, { bakeSinceMs: nowMs, stepSinceMs: run.stepSinceMs + run.pausedMs, pausedMs: 0 });
  if (step.weightPercent === 100 && run.switchedAtMs === undefined) change(turn, { switchedAtMs: nowMs });
  const before = run.plan.steps[run.at - 1];
  if (!step.runs || (before?.runs === true && before.weightPercent === step.weightPercent && step.bakeMs === 0)) return;
  const bake = step.bakeMs > 0 ? `, bakes for ${spanText(step.bakeMs)}` : "";
  tell(turn, "stands", `the new revisions are ready${step.weightPercent > 0 ? ` and have ${step.weightPercent}%` : ""}${bake}`);
}

/** One after the other; each is done once, and what became of it is kept. */
function deedsAreDone(turn: Turn, step: Step): boolean {
  for (const deed of step.does) {
    if (own(turn.run.answers, deed.id)?.verdict === "pass") continue;
    const seen = own(turn.observed.tasks, deedTask(turn.run, deed).id);
    if (seen === undefined || seen.state === "running") return false;
    const evidence = seen.evidence === undefined ? {} : { evidence: seen.evidence };
    const verdict = seen.state === "passed" ? "pass" : "fail";
    keep(turn, deed, { verdict, because: seen.because, atMs: turn.nowMs, ...evidence });
    if (verdict === "fail") {
      revert(turn, `${deed.id} failed: ${seen.because}`, evidence);
      return false;
    }
  }
  return true;
}

type Failed = { readonly because: string; readonly data: object };

function askGates(turn: Turn, step: Step): Failed | undefined {
  const { observed, nowMs } = turn;
  let failed: Failed | undefined;
  for (const gate of gatesToPass(turn.run, step)) {
    if (gate.gate === "health") takeTry(turn, gate);
    const answer = judge(gate, { run: turn.run, step, observed, nowMs });
    keep(turn, { ...gate, what: gate.says }, answer);
    if (answer.verdict === "inconclusive" && gate.gate === "approval" && own(turn.run.held, gate.id) === undefined)
      askPeople(turn, gate, answer.because);
    const late = overdue(turn, gate, { answer, step });
    if (answer.verdict === "fail" || late !== undefined)
      failed ??= { because: `"${gate.says}" failed: ${late ?? answer.because}`, data: { gate: gate.id, answer } };
  }
  return failed;
}

function takeTry(turn: Turn, gate: Extract<Gate, { readonly gate: "health" }>): void {
  const streak = takeProbe(own(turn.run.streaks, gate.id), own(turn.observed.answers, gate.id));
  if (streak !== undefined) change(turn, { streaks: { ...turn.run.streaks, [gate.id]: streak } });
}

/** Since when it is waited for, and whether that has been too long. What passed and cannot be told now is waited for anew. */
function overdue(turn: Turn, gate: Gate, { answer, step }: { readonly answer: Answer; readonly step: Step }): string | undefined {
  const { [gate.id]: sinceMs, ...others } = turn.run.held;
  if (answer.verdict !== "inconclusive") {
    if (sinceMs !== undefined) change(turn, { held: others });
    return undefined;
  }
  if (sinceMs === undefined) change(turn, { held: { ...others, [gate.id]: turn.nowMs } });
  else if (gate.gate !== "approval" && turn.nowMs - sinceMs >= step.deadlineMs)
    return `no answer in ${spanText(step.deadlineMs)} (${answer.because})`;
  return undefined;
}

function keep(turn: Turn, of: { readonly id: string; readonly what?: string }, answer: Answer): void {
  const before = own(turn.run.answers, of.id);
  change(turn, { answers: { ...turn.run.answers, [of.id]: answer } });
  if (before?.verdict === answer.verdict) return;
  tell(turn, "gate", `${of.what ?? of.id}: ${answer.verdict}`, { because: answer.because, data: { gate: of.id, answer } });
}

/** So much of the bake is over that its gates were asked before this look. */
export function wasAsked(turn: Turn, step: Step): boolean {
  return bakeAgeMs(turn.run, turn.nowMs) !== undefined && isOpen(turn.run, step, turn.nowMs);
}
