import { isWatched } from "../gates/questions-of.ts";
import { spanText } from "../words/span.ts";
import { concerned, isUp, own, seenOf } from "./capacity.ts";
import { bakeAgeMs, longestMs, pausedForMs, stepAgeMs } from "./clock.ts";
import { worseOne } from "./comparing.ts";
import { lastingStep, stepAt, type Turn } from "./turn.ts";

export type Breach = { readonly because: string; readonly data?: object };

/** What takes a release back whatever it is doing: while it bakes, is paused, waits for somebody, or has been done and is watched. */
export function breachOf(turn: Turn): Breach | undefined {
  const { run } = turn;
  const stuck = stuckBreach(turn);
  if (run.full !== undefined) return stuck;
  return crashBreach(turn) ?? watchBreach(turn) ?? comparedBreach(turn) ?? stuck;
}

/** New revisions that have given up, or crash again and again; with what they said last. */
function crashBreach({ run, observed }: Turn): Breach | undefined {
  const step = lastingStep(run);
  if (step === undefined) return undefined;
  for (const { service, from, to, version } of concerned(run, step)) {
    const seen = seenOf(observed, service, to);
    if (seen === undefined || from === to) continue;
    const reason = seen.reason === undefined ? "" : `: ${seen.reason}`;
    const data = { service, revision: to, restarts: seen.restarts, ...(seen.tail === undefined ? {} : { tail: seen.tail }) };
    if (seen.state === "failed") return { because: `${service} ${version} failed${reason}`, data };
    if (seen.restarts > run.plan.mostRestarts)
      return { because: `${service} ${version} was restarted ${seen.restarts} times${reason}`, data };
  }
  return undefined;
}

function watchBreach({ run, observed }: Turn): Breach | undefined {
  if (!isWatched(run, stepAt(run))) return undefined;
  for (const gate of run.plan.watches) {
    const answer = own(observed.answers, gate.id);
    if (answer?.verdict === "fail") return { because: `${gate.says}: ${answer.because}`, data: { gate: gate.id, answer } };
  }
  return undefined;
}

function comparedBreach(turn: Turn): Breach | undefined {
  const failed = worseOne(turn);
  return failed && { because: failed.because, data: { answer: failed } };
}

/** What should have been there by now. */
function stuckBreach({ run, observed, nowMs }: Turn): Breach | undefined {
  const { readyDeadlineMs } = run.plan;
  const step = stepAt(run);
  if (run.phase === "paused") return undefined;
  const sinceMs =
    run.lostSinceMs ?? (step !== undefined && step.runs && run.bakeSinceMs === undefined ? run.stepSinceMs : undefined);
  if (sinceMs !== undefined && nowMs - sinceMs - pausedForMs(run, nowMs) >= readyDeadlineMs) {
    const lasting = lastingStep(run);
    const about = lasting === undefined ? [] : concerned(run, lasting).map((change) => ({ change, lasting }));
    const late = about.find(({ change, lasting: of }) => !isUp(change, of, seenOf(observed, change.service, change.to)))?.change;
    const seen = late && seenOf(observed, late.service, late.to);
    const what =
      late === undefined ? "the new revisions did not get their share" : `${late.service} ${late.version} was not ready`;
    const reason = seen?.reason === undefined ? "" : `: ${seen.reason}`;
    return { because: `${what} in ${spanText(readyDeadlineMs)}${reason}`, data: { tail: seen?.tail ?? [] } };
  }
  if (step === undefined) return undefined;
  if (bakeAgeMs(run, nowMs) === undefined && step.does.length > 0 && stepAgeMs(run, nowMs) >= step.deadlineMs)
    return { because: `${step.name} was not done in ${spanText(step.deadlineMs)}` };
  if (stepAgeMs(run, nowMs) >= longestMs(run, step))
    return { because: `the step ${step.name} did not end in ${spanText(longestMs(run, step))}` };
  return undefined;
}
