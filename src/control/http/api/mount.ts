import { type Context, Hono } from "hono";
import type { z } from "zod";
import { methodAndPath, type Route } from "../../../api/route.ts";
import { routes } from "../../../api/routes.ts";
import { params as paramSchemas } from "../../../api/schema/words.ts";
import { UserError } from "../../../lib/errors.ts";
import { type Asker, notSignedIn, require } from "./asker.ts";
import { answerHeaders, problemHeaders } from "./headers.ts";
import type { Answers, Circumstances, Streamed, Streams } from "./handler.ts";
import { malformed, problemOf } from "./problem-of.ts";
import { streamed } from "./streamed.ts";

// The table, answered. What every route has in common happens here and once: who asks, may they, is it well formed, what is refused.
//
// 1. Nothing is looked up for whoever is not known, or has no right there.
// 2. What is answered to a mistake of ours says nothing but that it is one.

export type ApiParts = {
  readonly answers: Answers;
  readonly streams: Streams;
  /** Who asks; nothing where that is not known. */
  readonly asker: (context: Context) => Promise<Asker | undefined>;
  readonly onError: (error: unknown) => void;
  /** Aborted when this process is about to end: streams say goodbye. */
  readonly closing: AbortSignal;
};

type AnyHandler = (given: Record<string, unknown> & Circumstances & { readonly lastEventId?: string | undefined }) => unknown;

export function mountApi(parts: ApiParts): Hono {
  const app = new Hono();
  for (const [key, route] of Object.entries(routes) as [string, Route][]) {
    const { method, path } = methodAndPath(key);
    const handler = { ...parts.answers, ...parts.streams }[key as keyof typeof routes] as AnyHandler;
    app.on(method, path.replace(/\{(\w+)\}/g, ":$1"), (context) => answer(parts, { route, handler }, context));
  }
  return app;
}

async function answer(
  parts: ApiParts,
  { route, handler }: { readonly route: Route; readonly handler: AnyHandler },
  context: Context,
): Promise<Response> {
  try {
    const asker = route.right === undefined ? nobody : await parts.asker(context);
    if (asker === undefined) throw notSignedIn();
    const given = read(route, context, await bodyOf(route, context), asker);
    let version: string | undefined;
    const gone = new AbortController();
    const circumstances: Circumstances = {
      asker,
      signal: AbortSignal.any([context.req.raw.signal, parts.closing, gone.signal]),
      ifMatch: context.req.header("if-match")?.replace(/^(?:W\/)?"|"$/g, ""),
      idempotencyKey: context.req.header("idempotency-key"),
      etag: (one) => (version = one),
    };
    if (route.streams === true) {
      const lastEventId = context.req.header("last-event-id");
      const events = handler({ ...given, ...circumstances, lastEventId }) as AsyncIterable<Streamed>;
      return streamed(events, { gone, onError: parts.onError });
    }
    const value = await handler({ ...given, ...circumstances });
    const headers = { ...answerHeaders, ...(version === undefined ? {} : { etag: `"${version}"` }) };
    if (version !== undefined && context.req.header("if-none-match") === `"${version}"`) return context.body(null, 304, headers);
    return context.body(JSON.stringify(value ?? null), route.status ?? 200, headers);
  } catch (error) {
    return refused(error, context, parts.onError);
  }
}

export function refused(error: unknown, context: Context, onError: (error: unknown) => void): Response {
  const problem = problemOf(error);
  if (problem.status >= 500 && problem.code === "internal") onError(error);
  return context.body(JSON.stringify(problem), problem.status as 400, problemHeaders);
}

/** The path is read and the right is asked for before query and body are: whoever may not, learns nothing of what either should be. */
function read(route: Route, context: Context, body: unknown, asker: Asker): Record<string, unknown> {
  const given = context.req.param() as Readonly<Record<string, string>>;
  const params = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      parsed("path", (paramSchemas as Readonly<Record<string, z.ZodType>>)[name], value, name),
    ]),
  ) as Readonly<Record<string, string>>;
  if (route.right !== undefined && route.filtered !== true)
    require(asker, route.right, { product: params["product"], environment: params["environment"] });
  const query = route.query === undefined ? undefined : parsed("query", route.query, context.req.query());
  return { params, query, body: route.body === undefined ? undefined : parsed("body", route.body, body) };
}

function parsed(what: "query" | "body" | "path", schema: z.ZodType | undefined, value: unknown, name?: string): unknown {
  if (schema === undefined) return value;
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw malformed(what, { issues: read.error.issues.map((one) => ({ ...one, path: name === undefined ? one.path : [name] })) });
}

async function bodyOf(route: Route, context: Context): Promise<unknown> {
  if (route.body === undefined) return undefined;
  if (!/^application\/json\b/i.test(context.req.header("content-type") ?? ""))
    throw new UserError("usage", "what is sent has to be application/json");
  try {
    return JSON.parse(await context.req.text()) as unknown;
  } catch (error) {
    throw new UserError("usage", "what was sent is no JSON", { cause: error });
  }
}

const nobody: Asker = { id: "", name: "nobody", kind: "automation", by: "token", grants: [], owner: false };
