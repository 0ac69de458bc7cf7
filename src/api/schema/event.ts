import { z } from "zod";
import { moment } from "./words.ts";

export const actor = z.object({
  kind: z.enum(["person", "ci", "automation"]),
  name: z.string(),
  known: z.enum(["asserted", "ci", "login", "link", "token", "oidc"]).optional(),
});

/** One fact of the log: who did what, when, why, on which evidence. */
export const event = z
  .object({
    id: z.string(),
    at: moment,
    product: z.string(),
    environment: z.string().optional(),
    kind: z.string().meta({ examples: ["release.begun", "alert.firing"] }),
    actor,
    subject: z.string(),
    because: z.string().optional(),
    /** The release that it was part of. */
    run: z.string().optional(),
    data: z.unknown(),
  })
  .meta({ id: "Event" });

export type EventView = z.infer<typeof event>;
