import { z } from "zod";
import { actor } from "./event.ts";
import { moment, serviceName } from "./words.ts";

/** Words that `gantry rehearse` takes as well. */
const word = z.string().min(1).max(200);

export const mostRuns = 10_000;

export const rehearsalAsked = z.object({
  /** `errors=3%`, `latency=+20%`, `crash@10m`; none: a good release. */
  faults: z.array(word).max(10).default([]),
  /** `50rps`, `diurnal:20..200rps`, `spikes:50rps,x4,every=1h,for=5m`; `api=5rps` of one service. */
  traffic: z.array(word).max(20).default([]),
  /** What is released; all services where nothing is said. */
  services: z.array(serviceName).max(50).default([]),
  runs: z.int().min(1).max(mostRuns).default(1_000),
  /** The same seed gives the same outcome. */
  seed: z
    .int()
    .min(0)
    .max(2 ** 53 - 1)
    .default(1),
  /** Also rehearses what might be better. */
  advise: z.boolean().default(false),
  /** How long people take to approve: `5m`, or `never`. */
  approvals: word.optional(),
  /** What one replica bears: `20rps`. */
  capacity: word.optional(),
  /** How many requests fail when nothing is wrong: `0.1%`. */
  baseErrors: word.optional(),
  bursts: word.optional(),
  users: word.optional(),
  /** When it begins, in UTC: `2028-02-29T09:00`. */
  start: word.optional(),
});

const number = z.number().nullable();
const estimate = z.object({ value: number, from: number, to: number });
const spread = z.object({ of: z.number(), median: estimate, p95: estimate });

const summary = z.object({
  runs: z.int(),
  healthy: estimate,
  takenBack: estimate,
  notReleased: estimate,
  causes: z.array(z.object({ cause: z.string(), chance: estimate, times: z.int() })),
  takenBackTimes: z.int(),
  detectedAfterMs: spread.optional(),
  fullAfterMs: spread.optional(),
  requests: spread,
  errors: spread,
  excess: spread,
  users: spread,
  budget: spread.optional(),
});

const changed = z.object({ before: estimate, after: estimate });

/** What `gantry rehearse -n … --json` prints. */
export const rehearsalReport = z
  .object({
    /** Whether all runs were rehearsed. */
    ok: z.boolean(),
    product: z.string(),
    seed: z.number(),
    runs: z.int(),
    /** What gives the same on a command line. */
    command: z.string(),
    cases: z.array(
      z.object({
        environment: z.string(),
        policy: z.string().optional(),
        faults: z.array(z.string()),
        traffic: z.string(),
        summary,
        takenBackBy: z.array(z.tuple([z.number(), z.number()])),
      }),
    ),
    advice: z.array(z.object({ kind: z.string(), says: z.string(), found: changed, mistakes: changed })),
    assumed: z.array(z.string()),
  })
  .meta({ id: "RehearsalReport" });

export const rehearsalLine = z
  .object({
    id: z.string(),
    environment: z.string(),
    /** `running` → `done`; `stopped` by somebody or because it took too long, with what was rehearsed until then; `failed`. */
    state: z.enum(["running", "done", "stopped", "failed"]),
    faults: z.array(z.string()),
    traffic: z.array(z.string()),
    services: z.array(z.string()),
    seed: z.number(),
    runs: z.int(),
    /** How many of the runs have been rehearsed. */
    done: z.int(),
    by: actor,
    beganAt: moment,
    endedAt: moment.optional(),
    /** Why it has stopped or failed. */
    because: z.string().optional(),
  })
  .meta({ id: "RehearsalLine" });

export const rehearsal = rehearsalLine.extend({ report: rehearsalReport.optional() }).meta({ id: "Rehearsal" });
