import { advanceRelease } from "../../../src/delivery/advance/advance-release.ts";
import type { Effect } from "../../../src/delivery/effect.ts";
import type { Answer } from "../../../src/delivery/gate.ts";
import { questionsOf } from "../../../src/delivery/gates/questions-of.ts";
import type { Question } from "../../../src/delivery/gates/question.ts";
import type { Advanced, Command, EventDraft, NoticeDraft, Reply } from "../../../src/delivery/machine.ts";
import type { Observed } from "../../../src/delivery/observed.ts";
import type { Release } from "../../../src/delivery/release.ts";
import type { SimulatedTarget } from "../../../src/rehearse/world/simulated-target.ts";

// The driver of tests: one look after the other, on a clock of its own. A look may be lost before anything is carried out, and whatever
// is carried out may be carried out twice; the next look has to make good both.

export type Look = {
  readonly nowMs: number;
  readonly before: Release;
  readonly observed: Observed;
  readonly commands: readonly Command[];
  readonly advanced: Advanced<Release, Effect>;
};

export type DriveOptions = {
  readonly target: SimulatedTarget;
  readonly commands?: readonly Command[];
  readonly answer?: (question: Question, nowMs: number) => Answer | undefined;
  /** What becomes of the effects of each look, over and over. */
  readonly fates?: readonly ("done" | "lost" | "twice" | "half")[];
  /** Which looks see the target at all, over and over. */
  readonly sees?: readonly boolean[];
  readonly untilMs?: number;
  readonly check?: (look: Look) => void;
  /** Stops before the run has ended by itself. */
  readonly until?: (run: Release) => boolean;
  readonly mostLooks?: number;
};

export type Driven = {
  readonly run: Release;
  readonly nowMs: number;
  readonly looks: number;
  readonly events: readonly EventDraft[];
  readonly notices: readonly NoticeDraft[];
  readonly replies: readonly Reply[];
  readonly effects: readonly Effect[];
};

export const passing = (_question: Question, nowMs: number): Answer => ({ verdict: "pass", because: "fine", atMs: nowMs });

function nothing(atMs: number): Observed {
  return { atMs, services: {}, traffic: {}, answers: {}, tasks: {} };
}

export function drive(release: Release, options: DriveOptions): Driven {
  const {
    target,
    commands = [],
    answer = passing,
    fates = ["done"],
    untilMs = 30 * 86_400_000,
    check,
    mostLooks = 200_000,
  } = options;
  const events: EventDraft[] = [];
  const notices: NoticeDraft[] = [];
  const replies: Reply[] = [];
  const all: Effect[] = [];
  const waiting = [...commands].toSorted((left, right) => left.atMs - right.atMs);
  let run = release;
  let nowMs = release.startedAtMs;
  let looks = 0;
  for (; looks < mostLooks; looks += 1) {
    target.pass(nowMs);
    const now = nowMs;
    const isBlind = options.sees?.[looks % options.sees.length] === false;
    const observed = isBlind ? nothing(now) : target.observe(questionsOf(run, now), (question) => answer(question, now));
    const read: Command[] = [];
    while (waiting[0] !== undefined && waiting[0].atMs <= now) read.push(...waiting.splice(0, 1));
    const advanced = advanceRelease(run, observed, read, now);
    check?.({ nowMs: now, before: run, observed, commands: read, advanced });
    run = advanced.run;
    events.push(...advanced.events);
    notices.push(...advanced.notices);
    replies.push(...advanced.replies);
    all.push(...advanced.effects);
    const fate = fates[looks % fates.length];
    if (fate === "done" || fate === "twice") target.carryOut(advanced.effects);
    if (fate === "twice") target.carryOut(advanced.effects);
    if (fate === "half") target.carryOut(advanced.effects.slice(0, Math.ceil(advanced.effects.length / 2)));
    const dueMs = Math.min(advanced.wakeAtMs ?? Infinity, waiting[0]?.atMs ?? Infinity);
    if ((run.endedAtMs !== undefined && waiting.length === 0) || options.until?.(run) === true || dueMs > untilMs) break;
    nowMs = Math.max(now, dueMs);
  }
  return { run, nowMs, looks, events, notices, replies, effects: all };
}

let asked = 0;

export function command(verb: string, atMs: number, more: Partial<Command> = {}): Command {
  asked += 1;
  return { id: `command-${asked}`, atMs, by: { kind: "person", name: "ada" }, verb, ...more };
}
