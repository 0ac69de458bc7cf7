import { z } from "zod";
import { roles } from "../rights.ts";
import { moment } from "./words.ts";

export const grant = z
  .object({
    product: z.union([z.literal("*"), z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/)]),
    environment: z.union([z.literal("*"), z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9][a-z0-9-]{0,62})?$/)]),
    role: z.enum(roles),
  })
  .meta({ id: "Grant" });

/** Who asks, as the server knows them. */
export const who = z
  .object({
    name: z.string(),
    kind: z.enum(["person", "ci", "automation"]),
    /** By what that is known. */
    by: z.enum(["socket", "session", "token", "oidc"]),
    grants: z.array(grant),
    expiresAt: moment.optional(),
    /** Whether it is the owner of the machine, who may speak in anybody's name. */
    owner: z.boolean(),
  })
  .meta({ id: "Who" });

export type Who = z.infer<typeof who>;

/** By what a browser that nobody knows may come in, beside a link. */
export const login = z
  .object({
    with: z
      .object({
        name: z.string().meta({ description: "who says who somebody is" }),
        at: z.string().meta({ description: "where to go; `?to=` says where to come back to" }),
      })
      .optional(),
  })
  .meta({ id: "Login" });
