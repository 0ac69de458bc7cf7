import type { Effect } from "../effect.ts";
import { openAgeMs } from "./clock.ts";
import { deedTask, smokeTask, taskId } from "../gates/task-ids.ts";
import type { Observed } from "../observed.ts";
import type { Step } from "../plan.ts";
import type { Change, Release } from "../release.ts";
import {
  canServe,
  concerned,
  isAtRest,
  isUp,
  newReplicas,
  oldReplicas,
  own,
  seenOf,
  shareOf,
  startable,
  weightWanted,
} from "./capacity.ts";
import { leftoversRested } from "./leftovers.ts";
import { inOrder } from "./order.ts";
import { sharesWanted } from "./shares.ts";

/** All that a step wants of the target, said again at every look. */
export function wishesUp(run: Release, step: Step, observed: Observed, nowMs: number): readonly Effect[] {
  if (!step.runs) return tasksWanted(run, step, observed, nowMs);
  const leaving = run.plan.crowded?.restsFirst === true ? leftoversRested(run, observed) : [];
  if (leaving.length > 0) return leaving;
  const may = startable(run, step, observed);
  const runs: Effect[] = [];
  const routes: Effect[] = [];
  for (const change of inOrder(concerned(run, step))) {
    runs.push(...running(change, step, observed, may.includes(change)));
    if (change.serves) routes.push(...routed(run, change, step, observed));
  }
  const tasks = tasksWanted(run, step, observed, nowMs);
  // What is to stop before the other starts is first left by its traffic.
  return step.stopsOld === true ? [...routes, ...runs, ...tasks] : [...runs, ...routes, ...tasks];
}

function running(change: Change, step: Step, observed: Observed, mayStart: boolean): readonly Effect[] {
  const { service, from, to, serves } = change;
  const old = seenOf(observed, service, from);
  const isReady = isUp(change, step, seenOf(observed, service, to));
  const start: readonly Effect[] = mayStart ? [started(service, to, newReplicas(change, step))] : [];
  if (from === undefined || from === to) return start;
  const rest: Effect = { effect: "rest", service, revision: from };
  // The gap that a recreate is: one stops before the other starts.
  if (step.stopsOld === true) return isAtRest(old) ? [rest, ...start] : [rest];
  // Two workers at a time are allowed for as long as it takes, none never is.
  if (!serves) return isReady ? [...start, rest] : [started(service, from), ...start];
  const replicas = oldReplicas(change, step, isReady);
  if (replicas === 0) {
    // Whoever still has traffic keeps it until somebody else can take it.
    const isNeeded = canServe(seenOf(observed, service, to)) && shareOf(observed, service, from) > 0;
    // It stands in the place of one of the new ones until then.
    const others = Math.max(1, (newReplicas(change, step) ?? 1) - 1);
    return isNeeded ? [started(service, from, 1), ...(mayStart ? [started(service, to, others)] : [])] : [rest, ...start];
  }
  return [started(service, from, replicas), ...start];
}

function routed(run: Release, change: Change, step: Step, observed: Observed): readonly Effect[] {
  const { service, from, to } = change;
  if (step.stopsOld === true && from !== to && !isAtRest(seenOf(observed, service, from))) return left(service, from, observed);
  const isNewReady = canServe(seenOf(observed, service, to));
  const shares = sharesWanted(change, weightWanted(change, step, observed), observed) ?? (from === undefined ? [] : undefined);
  if (shares === undefined) return [];
  // Under this tag the new revision can be reached before it has all the traffic.
  const tags: Readonly<Record<string, string>> = isNewReady && step.weightPercent < 100 ? { next: to } : {};
  const isSticky = run.plan.strategy === "canary";
  return [isSticky ? { effect: "route", service, shares, tags, salt: run.id } : { effect: "route", service, shares, tags }];
}

/** The first deed that is not done; smoke tests once they are asked for. */
function tasksWanted(run: Release, step: Step, observed: Observed, nowMs: number): readonly Effect[] {
  const deed = step.does.find((one) => own(run.answers, one.id)?.verdict !== "pass");
  if (deed !== undefined) return run.phase === "paused" ? [] : [{ effect: "task", task: deedTask(run, deed) }];
  if (run.phase !== "progressing" || run.full !== undefined || openAgeMs(run, step, nowMs) === undefined) return [];
  return step.gates.flatMap((gate): readonly Effect[] => {
    if (gate.gate !== "smoke" || own(run.skipped, gate.id) !== undefined) return [];
    const seen = own(observed.tasks, taskId(run, gate));
    return seen === undefined || seen.state === "running" ? [{ effect: "task", task: smokeTask(run, step, gate) }] : [];
  });
}

export function started(service: string, revision: string, replicas?: number): Effect {
  return replicas === undefined ? { effect: "start", service, revision } : { effect: "start", service, revision, replicas };
}

/** Nobody is sent to it any more, nor to anybody else: the gap begins. */
export function left(
  service: string,
  revision: string | undefined,
  observed: Observed,
): readonly Extract<Effect, { readonly effect: "route" }>[] {
  return shareOf(observed, service, revision) > 0 ? [{ effect: "route", service, shares: [], tags: {} }] : [];
}
