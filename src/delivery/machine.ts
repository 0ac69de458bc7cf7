// Whatever takes time is a run: plain data, and one pure function that moves it.
//
// 1. `advance` knows no clock, database or target: what it may know is in its arguments, so the same arguments give the same answer.
// 2. It never trusts that an earlier step still holds: every look asserts again what is wanted.
// 3. What it decides is written down before anything is carried out. Effects may be carried out twice, or after a crash once more: each is
//    idempotent, so saying it again is how one that got lost is made good.
// 4. A run that nobody moves stays as it is: whoever takes it over finds in it all that its predecessor knew.

export type Actor = {
  readonly kind: "person" | "ci" | "automation";
  /** A login, a workflow's identity, or what did it by itself. */
  readonly name: string;
  /** How that is known: somebody said so, the pipeline did, the system's login, whoever had the link, a token, or an identity that was proved. */
  readonly known?: Known;
};

export type Known = "asserted" | "ci" | "login" | "link" | "token" | "oidc";

/** What every kind of run says of itself; the rest is its own. */
export type Run = {
  readonly schemaVersion: number;
  readonly id: string;
  readonly kind: string;
  readonly product: string;
  /** `prod`, or `dev.pr-42`. */
  readonly environment: string;
  readonly startedBy: Actor;
  readonly startedAtMs: number;
  /** Set when nothing will move it any more. */
  readonly endedAtMs?: number;
  /** It has the environment: no other that is exclusive begins there meanwhile. */
  readonly exclusive: boolean;
};

/** What somebody asks of a run, as the next look reads it. */
export type Command = {
  /** Unique, given by whoever asks: said twice it is done once. */
  readonly id: string;
  readonly atMs: number;
  readonly by: Actor;
  /** Roles that the asker has. */
  readonly roles?: readonly string[];
  readonly verb: string;
  /** The step that the asker saw: where the run has gone on since, nothing happens. */
  readonly step?: number;
  readonly reason?: string;
};

/** What became of a command. */
export type Reply = { readonly command: string; readonly ok: boolean; readonly because: string };

/** One fact for the log: who did what, why, on which evidence. The environment and the run are known. */
export type EventDraft = {
  /** As `release.step`, `release.rolled-back`. */
  readonly kind: string;
  readonly actor: Actor;
  readonly subject: string;
  readonly because?: string;
  readonly data?: unknown;
};

/** What people are told through the channels of the run. */
export type NoticeDraft = {
  readonly moment: "started" | "waiting" | "rolled back" | "succeeded" | "failed";
  /** Said twice, it is told once. */
  readonly once: string;
  readonly title: string;
  readonly text: string;
  /** What somebody is to say yes or no to. */
  readonly asks?: Asks;
};

/** One decision that a person is asked for: the gate of a step, and how many have said yes to it before. */
export type Asks = { readonly step: number; readonly gate: string; readonly role: string; readonly given: number };

export type Advanced<R extends Run, Effect> = {
  readonly run: R;
  readonly effects: readonly Effect[];
  readonly events: readonly EventDraft[];
  readonly notices: readonly NoticeDraft[];
  readonly replies: readonly Reply[];
  /** When to look again if nobody asks before; absent where the run has ended. */
  readonly wakeAtMs?: number;
};

/** One kind of run. */
export type Machine<R extends Run, Observed, Effect> = {
  readonly kind: R["kind"];
  readonly schemaVersion: number;
  /** Reads what this or any earlier version has stored. */
  readonly upcast: (stored: unknown) => R;
  readonly advance: (run: R, observed: Observed, commands: readonly Command[], nowMs: number) => Advanced<R, Effect>;
  /**
   * It was due, and for so long nobody looked at it: whoever moves runs was dead, or the machine asleep. Deadlines are for what is looked
   * at. Absent where a run has none.
   */
  readonly missed?: (run: R, ms: number) => R;
};
