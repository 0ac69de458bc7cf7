import type { Advanced, Command, EventDraft, NoticeDraft, Reply, Run } from "../../delivery/machine.ts";
import type { CommandRow } from "../../store/commands.ts";
import type { RunEvent, RunNotice, RunWrite } from "../../store/runs.ts";
import type { AnyDriver } from "./driver.ts";

// From what a machine decides to what is written of it.

export type Decision = {
  readonly run: Run;
  /** The run as it lies in the database. */
  readonly text: string;
  readonly effects: readonly unknown[];
  readonly wakeAtMs: number;
  readonly toldSomebody: boolean;
  /** Nothing is left to decide. */
  readonly over: boolean;
  readonly write: Omit<RunWrite, "epoch" | "hold">;
};

export type Before = { readonly text: string; readonly exclusive: boolean };

/** A machine that says nothing of when to look again is asked after so long. */
const unknownWakeMs = 60_000;
const longestProblem = 2_000;

export function decide(
  machine: AnyDriver["machine"],
  {
    run,
    before,
    observed,
    commands,
    nowMs,
    problem,
    address,
  }: {
    readonly run: Run;
    readonly before: Before;
    readonly observed: unknown;
    readonly commands: readonly Command[];
    readonly nowMs: number;
    /** Of carrying out what was wanted until now. */
    readonly problem: string | undefined;
    readonly address: (run: Run, notices: readonly NoticeDraft[]) => readonly RunNotice[];
  },
): Decision {
  const advanced = machine.advance(run, observed, commands, nowMs);
  const text = JSON.stringify(advanced.run);
  const over = advanced.run.endedAtMs !== undefined;
  // A run that ends with something still to be carried out has the environment until that is done.
  const leaves = over && advanced.effects.length > 0;
  const wakeAtMs = advanced.wakeAtMs ?? nowMs + unknownWakeMs;
  return {
    run: advanced.run,
    text,
    effects: advanced.effects,
    wakeAtMs,
    toldSomebody: advanced.notices.length > 0,
    over,
    write: {
      id: run.id,
      schemaVersion: machine.schemaVersion,
      ...(text === before.text ? {} : { data: text }),
      exclusive: leaves ? before.exclusive : advanced.run.exclusive && !over,
      ended: over && !leaves,
      ...(leaves ? { lastEffects: advanced.effects } : {}),
      wakeAtMs,
      lookedAtMs: nowMs,
      ...(problem === undefined ? {} : { problem: clean(problem).slice(0, longestProblem) }),
      events: advanced.events.map(asEvent),
      notices: address(advanced.run, advanced.notices),
      replies: commands.map((one) => replyTo(one, advanced)),
    },
  };
}

/** Whoever asks hears something, also where the machine knows no such word. */
function replyTo({ id, verb }: Command, { replies }: Advanced<Run, unknown>): Reply {
  const reply = replies.find((one) => one.command === id);
  return reply === undefined
    ? { command: id, ok: false, because: `${clean(verb)} means nothing to it` }
    : { ...reply, because: clean(reply.because) };
}

export function asEvent({ kind, actor, subject, because, data }: EventDraft): RunEvent {
  return {
    kind,
    actor: clean(actor.name),
    actorKind: actor.kind,
    ...(actor.known === undefined ? {} : { actorKnown: actor.known }),
    subject: clean(subject),
    ...(because === undefined ? {} : { because: clean(because) }),
    ...(data === undefined ? {} : { data }),
  };
}

export function asCommand({ id, body }: CommandRow): Command {
  return { ...(body as Command), id };
}

/** Text as Postgres takes it: what is quoted from outside may hold anything. */
export function clean(text: string): string {
  return Buffer.from(text.replaceAll("\0", "\u{fffd}")).toString();
}
