import { z } from "zod";
import { moment } from "./words.ts";

const labels = z.record(z.string(), z.string());
/** Numbers that JSON lacks are text: "NaN", "+Inf", "-Inf". */
const number = z.union([z.number(), z.string()]);
const point = z.tuple([z.number(), number]);
const series = z.object({ labels, points: z.array(point) }).meta({ id: "Series" });

export const queryAnswer = z
  .object({
    expr: z.string(),
    kind: z.enum(["scalar", "vector", "matrix", "string"]),
    series: z.array(series),
    text: z.string().optional(),
    by: z.string(),
  })
  .meta({ id: "QueryAnswer" });

export const alert = z
  .object({
    environment: z.string(),
    name: z.string(),
    id: z.string(),
    severity: z.string(),
    state: z.enum(["inactive", "pending", "firing", "unknown"]),
    expr: z.string(),
    forMs: z.number(),
    keepFiringMs: z.number(),
    to: z.array(z.string()),
    owner: z.string().optional(),
    runbook: z.string().optional(),
    instances: z.array(
      z.object({
        fingerprint: z.string(),
        labels,
        state: z.enum(["pending", "firing"]),
        since: moment,
        value: number,
        silencedBy: z.string().optional(),
        inhibitedBy: z.string().optional(),
        acknowledgedBy: z.string().optional(),
      }),
    ),
    problem: z.string().optional(),
    lookedAt: moment.optional(),
  })
  .meta({ id: "Alert" });

export const silence = z
  .object({
    id: z.string(),
    environment: z.string(),
    matchers: z.array(z.string()),
    reason: z.string(),
    author: z.string(),
    when: z.string(),
    active: z.boolean(),
  })
  .meta({ id: "Silence" });

export const slo = z
  .object({
    environment: z.string(),
    name: z.string(),
    target: z.number(),
    windowMs: z.number(),
    good: z.number().optional(),
    total: z.number(),
    bad: z.number(),
    /** 1: nothing is used; 0: all is; below: more than all. */
    budgetLeft: z.number().optional(),
    burn: z.array(z.object({ windowMs: z.number(), rate: z.number().optional() })),
    exhaustedInMs: z.number().optional(),
    sinceMs: z.number().optional(),
  })
  .meta({ id: "Slo" });

export const notice = z
  .object({
    id: z.string(),
    environment: z.string(),
    channel: z.string(),
    status: z.string(),
    title: z.string(),
    state: z.enum(["waiting", "sent", "failed", "kept"]),
    attempts: z.int(),
    problem: z.string().optional(),
    createdAt: moment,
    endedAt: moment.optional(),
  })
  .meta({ id: "Notice" });

export const logLine = z
  .object({
    time: moment,
    environment: z.string(),
    service: z.string(),
    revision: z.string(),
    replica: z.string(),
    stream: z.enum(["out", "err", "gantry", "gateway"]),
    level: z.string(),
    line: z.string(),
    trace_id: z.string().optional(),
  })
  .meta({ id: "LogLine" });

export const trace = z
  .object({
    spans: z.array(
      z.object({
        service: z.string(),
        name: z.string(),
        spanId: z.string(),
        parentId: z.string(),
        startMs: z.number(),
        durationMs: z.number(),
        failed: z.boolean(),
        message: z.string(),
      }),
    ),
    sent: z.array(z.object({ timeMs: z.number(), service: z.string(), level: z.string(), body: z.string() })),
    lines: z.array(logLine),
  })
  .meta({ id: "Trace" });

export const dashboard = z
  .object({
    environment: z.string(),
    name: z.string(),
    panels: z.array(
      z.object({
        title: z.string(),
        as: z.enum(["line", "bar", "number", "table"]),
        unit: z.string().optional(),
        shows: z.array(z.object({ expr: z.string(), series: z.array(series), problem: z.string().optional() })),
      }),
    ),
  })
  .meta({ id: "Dashboard" });

export const savedLines = z
  .object({
    environment: z.string(),
    since: moment.optional(),
    services: z.array(
      z.object({ service: z.string(), by: z.enum(["gateway", "service"]), written: z.number(), leftOut: z.number() }),
    ),
    written: z.number(),
    leftOut: z.number(),
    /** Of all there would have been. */
    savedShare: z.number().optional(),
    /** What the spec says that they should save. */
    expectedShare: z.number().optional(),
  })
  .meta({ id: "SavedLines" });

export const telemetry = z
  .object({
    series: z.number(),
    samples: z.number(),
    bytes: z.number(),
    retentionMs: z.number(),
    dropped: z.record(z.string(), z.number()),
    problems: z.array(z.string()),
    notWatched: z.array(z.object({ name: z.string(), reason: z.string() })),
  })
  .meta({ id: "Telemetry" });
