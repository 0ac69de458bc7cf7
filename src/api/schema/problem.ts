import { z } from "zod";

/** What is refused, as RFC 9457 has it; `code` is one of docs/errors.md. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string().optional(),
    hint: z.string().optional(),
    /** What exactly is wrong with what was sent. */
    problems: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Problem" });

export type Problem = z.infer<typeof problem>;
