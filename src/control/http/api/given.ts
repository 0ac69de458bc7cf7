import type { Context } from "hono";
import type { z } from "zod";
import type { Route } from "../../../api/route.ts";
import { params as paramSchemas } from "../../../api/schema/words.ts";
import { UserError } from "../../../lib/errors.ts";
import { type Asker, require } from "./asker.ts";
import { malformed } from "./problem-of.ts";

/** The path is read and the right is asked for before all else is: whoever may not, learns nothing of what it should be. */
export function readGiven(route: Route, context: Context, asker: Asker) {
  const given = context.req.param() as Readonly<Record<string, string>>;
  const schemas = paramSchemas as Readonly<Record<string, z.ZodType>>;
  const params = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, parsed("path", schemas[name], { value, name })]),
  ) as Readonly<Record<string, string>>;
  if (route.right !== undefined && route.filtered !== true)
    require(asker, route.right, { product: params["product"], environment: params["environment"] });
  const query = route.query === undefined ? undefined : parsed("query", route.query, { value: context.req.query() });
  return { params, query };
}

export async function readBody(route: Route, context: Context): Promise<unknown> {
  if (route.body === undefined) return undefined;
  if (!/^application\/json\b/i.test(context.req.header("content-type") ?? ""))
    throw new UserError("usage", "what is sent has to be application/json");
  return parsed("body", route.body, { value: jsonOf(await context.req.text()) });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UserError("usage", "what was sent is no JSON", { cause: error });
  }
}

function parsed(
  what: "query" | "body" | "path",
  schema: z.ZodType | undefined,
  { value, name }: { readonly value: unknown; readonly name?: string },
): unknown {
  if (schema === undefined) return value;
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw malformed(what, { issues: read.error.issues.map((one) => ({ ...one, path: name === undefined ? one.path : [name] })) });
}
