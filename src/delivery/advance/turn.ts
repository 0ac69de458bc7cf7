import type { Actor, EventDraft, NoticeDraft, Reply } from "../machine.ts";
import type { Observed } from "../observed.ts";
import type { Step } from "../plan.ts";
import type { Release } from "../release.ts";
import { copyOf } from "./copy.ts";

/** One look, while it is being taken: what is seen, and what comes of it so far. */
export type Turn = {
  run: Release;
  readonly observed: Observed;
  readonly nowMs: number;
  readonly events: EventDraft[];
  readonly notices: NoticeDraft[];
  readonly replies: Reply[];
};

export const automation: Actor = { kind: "automation", name: "gantry" };

/** The record of a release that goes wrong again and again does not grow for ever: its beginning and its end stay. */
const mostEntries = 400;
const firstEntries = 100;

export function change(turn: Turn, changed: Partial<Release>): void {
  turn.run = Object.assign(copyOf(turn.run), changed);
}

/** Without these keys: what no longer holds is absent, not undefined. */
export function forget(turn: Turn, ...keys: readonly (keyof Release)[]): void {
  if (keys.some((key) => Object.hasOwn(turn.run, key))) turn.run = copyOf(turn.run, keys);
}

/** Into the run's own record, and into the log that everybody reads. */
export function tell(
  turn: Turn,
  kind: string,
  what: string,
  { because, actor = automation, data }: { readonly because?: string; readonly actor?: Actor; readonly data?: object } = {},
): void {
  const { run } = turn;
  const reason = because === undefined ? {} : { because };
  const by = actor.kind === "automation" ? {} : { by: actor };
  const record = [...run.record, { atMs: turn.nowMs, step: run.at, what, ...reason, ...by }];
  const kept =
    record.length <= mostEntries ? record : [...record.slice(0, firstEntries), ...record.slice(firstEntries - mostEntries)];
  change(turn, { record: kept });
  turn.events.push({
    kind: `release.${kind}`,
    actor,
    subject: run.id,
    ...reason,
    data: { what, ...data },
  });
}

export function notice(
  turn: Turn,
  moment: NoticeDraft["moment"],
  once: string,
  title: string,
  text: string,
  asks?: NoticeDraft["asks"],
): void {
  const { run } = turn;
  turn.notices.push({ moment, once: `${run.id}/${once}`, title, text, ...(asks === undefined ? {} : { asks }) });
}

export function stepAt({ plan, at }: Release): Step | undefined {
  return plan.steps[at];
}

/** The step whose wishes hold: once all are done, those of the last go on. */
export function lastingStep({ plan, at }: Release): Step | undefined {
  return plan.steps[Math.min(at, plan.steps.length - 1)];
}
