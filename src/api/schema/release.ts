import { z } from "zod";
import { actor } from "./event.ts";
import { id, milliseconds, reason, serviceName } from "./words.ts";

const verdict = z.enum(["pass", "fail", "inconclusive"]);

export const answer = z
  .object({ verdict, because: z.string(), atMs: milliseconds, evidence: z.unknown().optional() })
  .meta({ id: "GateAnswer" });

/** A question that is asked before a release goes on; what else it says depends on its kind. */
const gate = z.looseObject({ gate: z.string(), id: z.string(), says: z.string() }).meta({ id: "Gate" });

const step = z
  .looseObject({
    name: z.string(),
    weightPercent: z.number(),
    bakeMs: z.number(),
    compares: z.boolean(),
    gates: z.array(gate),
    deadlineMs: z.number(),
  })
  .meta({ id: "Step" });

export const phase = z.enum(["progressing", "paused", "reverting", "watching", "healthy", "degraded"]);

export const change = z.object({
  service: z.string(),
  from: z.string().optional(),
  to: z.string(),
  version: z.string(),
  artifact: z.string(),
  after: z.array(z.string()).readonly(),
  serves: z.boolean(),
  replicas: z.int(),
});

const actorView = actor;
const record = z.object({
  atMs: milliseconds,
  step: z.int(),
  what: z.string(),
  because: z.string().optional(),
  by: actorView.optional(),
});

const exposure = z.looseObject({ requests: z.number(), errors: z.number() });

const link = z.object({ role: z.string(), given: z.array(z.string()), people: z.int(), expiresAtMs: milliseconds });

/** A line of a list. */
export const releaseLine = z
  .object({
    id: z.string(),
    product: z.string(),
    environment: z.string(),
    /** As people would call it: `api v1.2.0`. */
    title: z.string(),
    strategy: z.string(),
    phase,
    at: z.int(),
    steps: z.int(),
    attempt: z.int(),
    startedBy: actorView,
    startedAtMs: milliseconds,
    endedAtMs: milliseconds.optional(),
    because: z.string().optional(),
    changes: z.array(change),
  })
  .meta({ id: "ReleaseLine" });

/** Verbs that would do something now, and what each would do. */
export const verb = z.enum(["promote", "promote-full", "pause", "resume", "abort", "retry", "skip", "approve", "reject", "rollback"]);

/** And all else that the state of a release holds, as `gantry rollout status --json` shows it. */
export const release = releaseLine
  .loose()
  .extend({
    plan: z.looseObject({
      strategy: z.string(),
      steps: z.array(step),
      watches: z.array(gate),
      windowMs: z.number(),
      retireAfterMs: z.number(),
    }),
    /** The plan as a sentence. */
    says: z.string(),
    stepSinceMs: milliseconds,
    bakeSinceMs: milliseconds.optional(),
    pausedMs: z.number(),
    pausedSinceMs: milliseconds.optional(),
    /** Of this step, by the gate's id. */
    answers: z.record(z.string(), answer),
    skipped: z.record(z.string(), z.string()),
    approvals: z.record(z.string(), z.array(z.string())),
    /** Whom it waits for. */
    asks: z.array(link),
    /** What the comparison has counted, by service. */
    compared: z.record(z.string(), z.unknown()),
    switchedAtMs: milliseconds.optional(),
    full: z.string().optional(),
    record: z.array(record),
    exposure: z.record(z.string(), exposure),
    /** What each gate said last, in whichever step, by its id. */
    said: z.record(z.string(), answer.extend({ step: z.int().optional() })),
    /** When each step began. */
    reached: z.array(z.object({ step: z.int(), atMs: milliseconds })),
    /** Why it was taken back: by which gate where one did, on which numbers; what a revision that crashed said last. */
    turned: z
      .object({
        atMs: milliseconds,
        step: z.int(),
        because: z.string(),
        gate: z.string().optional(),
        answer: answer.optional(),
        tail: z.array(z.string()).optional(),
        restarts: z.int().optional(),
        /** Who asked for it, where somebody did. */
        by: actorView.optional(),
      })
      .optional(),
    /** What whoever asks may say now; `as` are those in whose name alone. */
    verbs: z.array(z.object({ verb, says: z.string(), as: z.array(z.string()).optional() })),
    /** What it would obey too, and why it is not for whoever asks. */
    withheld: z.array(z.object({ verb, because: z.string() })),
    /** Raised with every change: the etag of the release is this in quotes. */
    version: z.string(),
  })
  .meta({ id: "Release" });

export type ReleaseView = z.infer<typeof release>;
export type ReleaseLine = z.infer<typeof releaseLine>;

export const said = z
  .object({
    /** A release that is tried again, or rolled back to, is one of its own. */
    release: z.string(),
    ok: z.boolean(),
    because: z.string(),
  })
  .meta({ id: "Said" });

export const command = z.object({
  verb,
  /** The step that was seen: where it has gone on since, nothing happens. */
  step: z.int().min(0).max(10_000).optional(),
  reason: reason.optional(),
  /** Of rollback: also where somebody has gone back just now, to what was before that. */
  further: z.boolean().optional(),
  /** Of rollback: also where the database has moved on so that the old revision may not run; wants a reason. */
  force: z.boolean().optional(),
  /** Whose name it is said in: only the owner of the machine may say that of anybody else. */
  as: z.string().min(1).max(200).optional(),
});

export const back = z.object({
  /** Those that go back; all that the last release changed where nothing is said. */
  services: z.array(serviceName).max(100).default([]),
  ...command.pick({ reason: true, further: true, force: true, as: true }).shape,
});

export const wentBack = z
  .object({
    release: z.string(),
    /** A way back has begun, what was on its way is taken back, or somebody goes back already. */
    how: z.enum(["begun", "aborted", "back already"]),
  })
  .meta({ id: "WentBack" });

export const begin = z.object({
  services: z
    .array(z.object({ service: serviceName, version: z.string().min(1).max(200).optional() }))
    .max(100)
    .default([]),
  /** Of every service that says none; where no service is named, of all that run there. */
  version: z.string().min(1).max(200).optional(),
  as: z.string().min(1).max(200).optional(),
  dryRun: z.boolean().optional(),
  reason: reason.optional(),
  /** Also where the database has moved on so that this version may not run; wants a reason. */
  force: z.boolean().optional(),
});

export const begun = z.object({
  release: z.string().optional(),
  says: z.string(),
  unchanged: z.array(z.string()),
  answers: z.record(z.string(), answer).optional(),
  /** What its steps will see of the traffic, and whether that is enough. */
  expects: z.array(z.looseObject({ says: z.string(), enough: z.boolean() })).optional(),
  /** As it begins, or would. */
  made: releaseLine.loose().optional(),
});

export const releaseId = id;
