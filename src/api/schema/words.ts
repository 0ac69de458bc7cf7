import { z } from "zod";

// Words that stand in paths and queries. Bounded, and nothing that could be anything else than a name.

export const productName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
  .meta({ id: "ProductName", examples: ["bytereview"] });
/** `prod`, or `dev.pr-42`: a preview. */
export const environmentName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9][a-z0-9-]{0,62})?$/)
  .meta({ id: "EnvironmentName", examples: ["prod", "dev.pr-42"] });
export const serviceName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/);
export const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9:._-]{0,199}$/);
export const reason = z.string().trim().min(1).max(500);
/** `2026-11-21T10:00:00.000Z` */
export const moment = z.string().meta({ format: "date-time" });
export const milliseconds = z.number().meta({ description: "milliseconds since 1970" });

/** What a name in the braces of a path may be. */
export const params = {
  product: productName,
  environment: environmentName,
  service: serviceName,
  release: id,
  id,
  name: z.string().min(1).max(200),
  trace: z.string().regex(/^[0-9a-f]{1,32}$/),
} as const;

/** How many, and from where: `next` of the page before. */
export const paging = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
};

export function pageOf<One extends z.ZodType>(one: One) {
  return z.object({
    items: z.array(one),
    /** Given back as `cursor`, it leads on; absent at the end. */
    next: z.string().optional(),
  });
}

/** `a,b` in a query. */
export const listed = z
  .string()
  .max(500)
  .transform((text) => text.split(",").filter((one) => one !== ""))
  .optional();
