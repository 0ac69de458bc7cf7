import { z } from "zod";
import { grant } from "./session.ts";
import { moment } from "./words.ts";

const dayMs = 86_400_000;

export const token = z
  .object({
    id: z.string(),
    name: z.string(),
    subject: z.string(),
    kind: z.enum(["person", "ci", "automation"]),
    grants: z.array(grant),
    createdBy: z.string(),
    createdAt: moment,
    expiresAt: moment,
    lastUsedAt: moment.optional(),
    revokedAt: moment.optional(),
    /** Until when the one before it is good as well. */
    oldUntil: moment.optional(),
  })
  .meta({ id: "Token" });

/** The token itself is in this answer and nowhere else. */
export const givenToken = token.extend({ token: z.string() }).meta({ id: "GivenToken" });

const lasts = z
  .number()
  .min(60_000)
  .max(400 * dayMs)
  .default(90 * dayMs);

export const tokenAsked = z.object({
  name: z.string().trim().min(1).max(100),
  /** Who has it, as events and the roles of a spec call them; else it is called by its name. */
  subject: z.string().trim().min(1).max(200).optional(),
  kind: z.enum(["person", "ci", "automation"]).default("automation"),
  grants: z.array(grant).min(1).max(50),
  lastsMs: lasts,
});

export const rotation = z.object({ graceMs: z.number().min(0).max(30 * dayMs).default(dayMs), lastsMs: lasts });
