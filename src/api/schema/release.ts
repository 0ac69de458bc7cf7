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

export const release = releaseLine
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
    verbs: z.array(z.object({ verb, says: z.string() })),
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
  /** Whose name it is said in: only the owner of the machine may say that of anybody else. */
  as: z.string().min(1).max(200).optional(),
});

export const begin = z.object({
  services: z
    .array(z.object({ service: serviceName, version: z.string().min(1).max(200).optional() }))
    .min(1)
    .max(100),
  as: z.string().min(1).max(200).optional(),
  dryRun: z.boolean().optional(),
});

export const begun = z.object({
  release: z.string().optional(),
  says: z.string(),
  unchanged: z.array(z.string()),
  answers: z.record(z.string(), answer).optional(),
});

export const releaseId = id;
