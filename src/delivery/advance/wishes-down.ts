import type { Effect } from "../effect.ts";
import { tasksOf } from "../gates/task-ids.ts";
import type { Observed, Share } from "../observed.ts";
import type { Change, Release } from "../release.ts";
import { canServe, isAtRest, own, seenOf, shareOf } from "./capacity.ts";
import { leftoversRested } from "./leftovers.ts";
import { inOrder } from "./order.ts";
import { sharesWanted, split } from "./shares.ts";
import { left, started } from "./wishes-up.ts";

// The way back, said again at every look: traffic first, but only to capacity that is ready; then tasks; then the new revisions rest.

/** Something of the new has been started in this attempt. */
export function isTouched({ plan, at }: Release): boolean {
  return plan.steps.slice(0, at + 1).some(({ runs }) => runs);
}

export function wishesDown(run: Release, observed: Observed): readonly Effect[] {
  const cancelled = [...cancels(run, observed), ...leftoversRested(run, observed)];
  const recorded = run.changes.flatMap(takenBack);
  if (!isTouched(run)) return [...cancelled, ...recorded];
  const changes = inOrder(run.changes)
    .toReversed()
    .filter(({ from, to }) => from !== to);
  // As on the way up: one stops before the other starts.
  const leaving = stopsFirst(run) ? changes.filter(({ service, to }) => !isAtRest(seenOf(observed, service, to))) : [];
  if (leaving.length > 0) {
    const routes = leaving.flatMap(({ service, to, serves }) => (serves ? left(service, to, observed) : []));
    const rests = leaving
      .filter(({ service }) => !routes.some((route) => route.service === service))
      .map(({ service, to }): Effect => ({ effect: "rest", service, revision: to }));
    return [...routes, ...rests, ...cancelled, ...recorded];
  }
  return [
    // To what is ready now: whoever has still to start is waited for by the next look, and by no request.
    ...changes.flatMap((change) => (change.serves ? routedBack(run, change, observed) : [])),
    ...changes.flatMap((change) => startedBack(run, change, observed)),
    ...cancelled,
    ...changes.flatMap((change) => restedBack(change, observed)),
    ...recorded,
  ];
}

function stopsFirst({ plan }: Release): boolean {
  return plan.steps.some(({ stopsOld }) => stopsOld === true);
}

/** It is as it was: the old has everything, the new nothing. */
export function isBack(run: Release, observed: Observed): boolean {
  if (cancels(run, observed).length > 0 || leftoversRested(run, observed).length > 0) return false;
  if (!isTouched(run)) return true;
  return run.changes.every((change) => {
    const { service, from, to, serves } = change;
    if (from === to) return true;
    if (!isAtRest(seenOf(observed, service, to))) return false;
    if (!serves) return from === undefined || canServe(seenOf(observed, service, from));
    return shareOf(observed, service, to) === 0 && (from === undefined || shareOf(observed, service, from) > 99.5);
  });
}

/** Enough of the old for all of the traffic. Where replicas were taken from it, they have to be back. */
function isShrunk({ plan }: Release): boolean {
  return plan.steps.some(({ replaced, stopsOld }) => replaced !== undefined || stopsOld === true);
}

function startedBack(run: Release, change: Change, observed: Observed): readonly Effect[] {
  const { service, from, to, serves, replicas } = change;
  if (from === undefined) return [];
  // An environment that sleeps is not woken for nothing.
  const wasLeftAlone = serves && seenOf(observed, service, from)?.state === "idle" && shareOf(observed, service, to) === 0;
  if (wasLeftAlone && shareOf(observed, service, from) > 99.5 && !isShrunk(run)) return [];
  return [started(service, from, isShrunk(run) && serves ? replicas : undefined)];
}

function routedBack(run: Release, change: Change, observed: Observed): readonly Effect[] {
  const { service, from } = change;
  const shares = from === undefined ? [] : sharesBack(run, { ...change, from }, observed);
  return shares === undefined ? [] : [{ effect: "route", service, shares, tags: {} }];
}

/** All of it, or as much as the old revision has capacity for while it grows again. */
function sharesBack(run: Release, change: Change & { readonly from: string }, observed: Observed): readonly Share[] | undefined {
  const { service, from, to, replicas } = change;
  const old = seenOf(observed, service, from);
  const isNewReady = canServe(seenOf(observed, service, to));
  if (old === undefined || !canServe(old))
    return isNewReady && shareOf(observed, service, to) > 0 ? split(from, to, 100) : undefined;
  if (!isNewReady) return sharesWanted(change, 0, observed);
  const needed = isShrunk(run) ? replicas : Math.max(1, Math.min(old.wanted, replicas));
  const most = 100 - Math.floor((100 * Math.min(old.ready, needed)) / needed);
  return split(from, to, Math.min(most, shareOf(observed, service, to)));
}

function restedBack(change: Change, observed: Observed): readonly Effect[] {
  const { service, from, to, serves } = change;
  const rest: Effect = { effect: "rest", service, revision: to };
  if (serves) return shareOf(observed, service, to) > 0 ? [] : [rest];
  return from === undefined || canServe(seenOf(observed, service, from)) ? [rest] : [];
}

function takenBack({ service, from, to }: Change): readonly Effect[] {
  return from === undefined || from === to ? [] : [{ effect: "taken back", service, revision: to, to: from }];
}

function cancels(run: Release, observed: Observed): readonly Effect[] {
  const step = run.plan.steps[run.at];
  const tasks = step === undefined ? [] : tasksOf(run, step);
  return tasks.filter((id) => own(observed.tasks, id)?.state === "running").map((task) => ({ effect: "cancel", task }));
}
