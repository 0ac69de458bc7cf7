import { z } from "zod";
import { moment } from "./words.ts";

const revisionState = z.object({
  revision: z.string(),
  weight: z.number(),
  state: z.string(),
  ready: z.int(),
  replicas: z.int(),
  most: z.int(),
  inFlight: z.int(),
  restarts: z.int(),
  coldStartMs: z.number().optional(),
});

export const serviceStatus = z
  .object({
    service: z.string(),
    kind: z.string(),
    state: z.string().meta({ examples: ["ready", "idle", "starting", "unready", "failed", "scheduled", "paused"] }),
    reason: z.string().optional(),
    url: z.string().optional(),
    port: z.int().optional(),
    /** Each with its share of the traffic. */
    revisions: z.array(revisionState),
    /** Since the gateway was started. */
    requests: z.int().optional(),
    errors: z.int().optional(),
    next: moment.optional(),
  })
  .meta({ id: "ServiceStatus" });

export const environmentStatus = z
  .object({
    environment: z.string(),
    previewOf: z.string().optional(),
    state: z.string().meta({ examples: ["coming up", "up", "failed", "down"] }),
    speed: z.number(),
    url: z.string().optional(),
    expiresAt: moment.optional(),
    services: z.array(serviceStatus),
    resources: z.array(
      z.object({ name: z.string(), state: z.string(), pid: z.int().optional(), port: z.int().optional() }),
    ),
    unwatched: z.object({ problems: z.array(z.string()), rules: z.int() }).optional(),
  })
  .meta({ id: "EnvironmentStatus" });

export const product = z.object({ product: z.string(), environments: z.array(z.string()) }).meta({ id: "Product" });

export const revision = z
  .object({
    service: z.string(),
    revision: z.string(),
    artifact: z.string(),
    createdAt: moment,
    serving: z.boolean(),
    servingSince: moment.optional(),
    retiredAt: moment.optional(),
    /** It was taken back: no rollback goes there by itself. */
    takenBackAt: moment.optional(),
  })
  .meta({ id: "Revision" });
