import { z } from "zod";
import { moment, reason } from "./words.ts";

export const freezeAction = z.enum(["release", "promote", "migrate", "rollback", "infrastructure"]);
const stops = z.array(freezeAction);
const as = z.string().min(1).max(200).optional();
const longestMs = 400 * 86_400_000;

export const freezes = z
  .object({
    frozen: z.array(z.looseObject({ name: z.string(), because: z.string(), until: z.string().optional(), stops: z.array(z.string()) })),
    lifted: z.array(z.looseObject({ name: z.string(), by: z.string(), because: z.string(), until: z.string() })),
    ofSpec: z.array(z.object({ name: z.string(), from: z.string(), until: z.string(), because: z.string(), stops })),
    begun: z.array(
      z.object({ id: z.string(), by: z.string(), because: z.string(), from: moment, until: moment, stops: z.array(z.string()) }),
    ),
  })
  .meta({ id: "Freezes" });

export const freeze = z.object({
  because: reason,
  forMs: z.number().positive().max(longestMs),
  /** A freeze of the spec that is lifted for so long: where its role may. */
  lifts: z.string().min(1).max(200).optional(),
  stops: stops.min(1).max(5).optional(),
  as,
});

export const silenceAsked = z
  .object({
    alert: z.string().min(1).max(200),
    reason,
    forMs: z.number().positive().max(longestMs).optional(),
    /** "tue 02:00-03:00" in UTC. */
    every: z.string().max(100).optional(),
    where: z.record(z.string().max(100), z.string().max(500)).optional(),
    as,
  })
  .refine(({ forMs, every }) => forMs !== undefined || every !== undefined, { message: "forMs or every says when" });

export const acknowledged = z.object({ reason: reason.optional(), as });
export const named = z.object({ as });

export const preview = z
  .object({
    name: z.string(),
    of: z.string(),
    url: z.string().optional(),
    state: z.string(),
    createdAt: moment,
    expiresAt: moment.optional(),
  })
  .meta({ id: "Preview" });

export const previewAsked = z.object({
  name: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/),
  ttlMs: z.number().min(60_000).max(longestMs).optional(),
  fresh: z.boolean().optional(),
  as,
});

export const schedule = z
  .object({
    environment: z.string(),
    name: z.string(),
    kind: z.string(),
    cron: z.string(),
    missed: z.enum(["skip", "catch up"]),
    next: moment,
    last: z.object({ due: moment, state: z.enum(["waiting", "done", "failed", "skipped"]), because: z.string() }).optional(),
  })
  .meta({ id: "Schedule" });

export const snapshot = z
  .object({
    environment: z.string(),
    resource: z.string(),
    snapshot: z.string(),
    bytes: z.number(),
    takenAt: moment,
  })
  .meta({ id: "Snapshot" });

export const done = z.object({ ok: z.literal(true) }).meta({ id: "Done" });
