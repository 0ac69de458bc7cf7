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
    untilMs: z.number().positive().max(8_640_000_000_000_000).optional(),
    /** "tue 02:00-03:00" in UTC. */
    every: z.string().max(100).optional(),
    where: z.record(z.string().max(100), z.string().max(500)).optional(),
    as,
  })
  .refine(({ forMs, untilMs, every }) => forMs !== undefined || untilMs !== undefined || every !== undefined, {
    message: "forMs, untilMs or every says when",
  });

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
  /** Until every service is ready; else requests wait for what still starts. */
  wait: z.boolean().optional(),
  as,
});

/** What came up, and what was done for it. */
export const previewMade = z
  .looseObject({ environment: z.string(), url: z.string().optional(), expiresAt: z.string().optional() })
  .meta({ id: "PreviewMade" });

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

export const restored = z
  .object({
    snapshot: z.string(),
    /** What was there until now is kept under this name. */
    before: z.string(),
    resources: z.array(z.string()),
  })
  .meta({ id: "Restored" });

/** A database of the environment, and where it stands. */
export const migrations = z
  .object({
    database: z.string(),
    /** As seen from the folder of the spec. */
    folder: z.string(),
    tool: z.string().optional(),
    /** How many are open. */
    open: z.int(),
    migrations: z.array(
      z.object({
        name: z.string(),
        is: z.enum(["applied", "open", "changed", "half-way", "missing"]),
        file: z.string().optional(),
        reversible: z.boolean(),
        says: z.string().optional(),
      }),
    ),
    /** What other tools have done there. */
    histories: z.array(
      z.looseObject({ tool: z.string(), table: z.string(), applied: z.array(z.string()), failed: z.array(z.string()) }),
    ),
    notes: z.array(z.looseObject({ file: z.string(), says: z.string() })),
    /** Why it cannot be told. */
    problem: z.object({ code: z.string(), detail: z.string() }).optional(),
  })
  .meta({ id: "Migrations" });

export const runbook = z
  .object({
    name: z.string(),
    title: z.string(),
    owner: z.string().optional(),
    postMortemWithin: z.string().optional(),
    steps: z.array(z.looseObject({ does: z.enum(["check", "run", "ask", "notify"]), title: z.string() })),
  })
  .meta({ id: "Runbook" });

export const exercise = z.looseObject({ name: z.string(), kind: z.string() }).meta({ id: "Exercise" });

const reportText = z.string().max(900_000);
const versions = z.array(z.string().min(1).max(200)).min(1).max(20);

export const reportAsked = z
  .object({
    check: z.string().min(1).max(200),
    /** All that the version is called: a tag, a commit. */
    versions,
    /** What the check wrote: SARIF, the JSON of ZAP, or the XML of JUnit. */
    text: reportText.optional(),
    /** Its word, where it wrote nothing. */
    ok: z.boolean().optional(),
    as,
  })
  .refine(({ text, ok }) => (text === undefined) !== (ok === undefined), { message: "either text or ok says what it found" });

const report = z.looseObject({
  format: z.enum(["sarif", "zap", "junit", "said"]),
  ok: z.boolean(),
  says: z.string(),
  findings: z.record(z.string(), z.number()),
  examples: z.array(z.string()),
});

export const reportRecorded = z.object({ check: z.string(), versions: z.array(z.string()), report }).meta({ id: "ReportRecorded" });

export const reportLine = z
  .object({ id: z.string(), check: z.string(), version: z.string(), by: z.string(), at: moment, report })
  .meta({ id: "Report" });

export const done = z.object({ ok: z.literal(true) }).meta({ id: "Done" });
