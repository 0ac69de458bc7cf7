import { type Context, Hono } from "hono";
import { type Route, methodAndPath } from "../../../api/route.ts";
import { routes } from "../../../api/routes.ts";
import type { Store } from "../../../store/store.ts";
import type { Measured } from "../measured.ts";
import type { Rates } from "../rates.ts";
import { type Asker, notSignedIn } from "./asker.ts";
import { readBody, readGiven } from "./given.ts";
import type { Answers, Circumstances, Following, Streamed, Streams } from "./handler.ts";
import { answerHeaders, problemHeaders } from "./headers.ts";
import { problemOf } from "./problem-of.ts";
import { sayOnce } from "./say-once.ts";
import { streamed } from "./streamed.ts";
import { Later, tooMany } from "./later.ts";
import type { PassOn } from "./pass-on.ts";
import { eitherWay, takesGzip, zipped } from "../gzip.ts";
import { packedOf, writtenOf } from "./written.ts";

// The table, answered. What every route has in common happens here and once: who asks, may they, is it well formed, what is refused.
//
// 1. Nothing is looked up for whoever is not known, or has no right there.
// 2. What is answered to a mistake of ours says nothing but that it is one.

export type ApiParts = {
  readonly store: Pick<Store, "idempotent">;
  /** What is answered here now: all of it where this server has the platform. */
  readonly answers: () => Partial<Answers & Streams>;
  /** Asks the server that has the platform. */
  readonly passOn: PassOn;
  /** Who asks; nothing where that is not known. */
  readonly asker: (context: Context) => Promise<Asker | undefined>;
  /** How much each may ask, and how often somebody who is not known may try; absent where the owner of the machine asks. */
  readonly rates?: { readonly asks: Rates; readonly tries: Rates; readonly from: (context: Context) => string };
  readonly measured: Measured;
  /** Something may have been changed by whoever asked. */
  readonly changed: () => void;
  readonly onError: (error: unknown) => void;
  /** Aborted when this process is about to end: streams say goodbye. */
  readonly closing: AbortSignal;
};

type AnyHandler = (given: Record<string, unknown> & Circumstances & Partial<Following>) => unknown;
type Read = {
  readonly status: number;
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly more?: Readonly<Record<string, string>>;
};
type Entry = { readonly key: string; readonly route: Route };

export function mountApi(parts: ApiParts): Hono {
  const app = new Hono();
  for (const [key, route] of Object.entries(routes) as [string, Route][]) {
    const { method, path } = methodAndPath(key);
    app.on(method, path.replace(/\{(\w+)\}/g, ":$1"), async (context) => {
      const since = performance.now();
      const response = await answer(parts, { key, route }, context).catch((error: unknown) =>
        refused(error, context, parts.onError),
      );
      parts.measured.answered(key, response.status, performance.now() - since);
      return response;
    });
  }
  return app;
}

async function answer(parts: ApiParts, { key, route }: Entry, context: Context): Promise<Response> {
  const asker = route.right === undefined ? nobody : await known(parts, context);
  const handler = parts.answers()[key as keyof typeof routes] as AnyHandler | undefined;
  if (handler === undefined) return parts.passOn(context, asker);
  const given = readGiven(route, context, asker);
  const body = await readBody(route, context);
  const gone = new AbortController();
  const isShort = key.startsWith("GET ") && route.streams !== true;
  let version: string | undefined;
  const circumstances: Circumstances = {
    asker,
    // What is answered at once is not worth the three listeners.
    signal: isShort ? parts.closing : AbortSignal.any([context.req.raw.signal, parts.closing, gone.signal]),
    ifMatch: context.req.header("if-match")?.replace(/^(?:W\/)?"|"$/g, ""),
    idempotencyKey: context.req.header("idempotency-key"),
    etag: (one) => (version = one),
  };
  if (route.streams === true) {
    const lastEventId = context.req.header("last-event-id");
    const events = handler({
      ...given,
      body,
      ...circumstances,
      lastEventId,
      again: () => parts.asker(context),
    }) as AsyncIterable<Streamed>;
    return streamed(events, { gone, onError: parts.onError });
  }
  const ask = async (): Promise<unknown> => handler({ ...given, body, ...circumstances });
  const done = route.status ?? 200;
  const read = async () => {
    const value = await ask();
    if (route.text === true) return { status: done, body: String(value) };
    const packed = takesGzip(context) ? await packedOf(value) : undefined;
    if (packed !== undefined) return { status: done, body: packed, more: zipped };
    return { status: done, body: writtenOf(value), more: eitherWay };
  };
  const change = async () => {
    try {
      return { status: done, body: JSON.stringify((await ask()) ?? null) };
    } finally {
      parts.changed();
    }
  };
  const asked = { asker, route: key, path: context.req.path, body, isSecret: route.secret === true };
  const {
    status,
    body: text,
    more,
  }: Read = isShort ? await read() : await sayOnce(parts.store, circumstances.idempotencyKey, { asked, work: change });
  const headers = {
    ...answerHeaders,
    ...more,
    ...(route.text === true ? { "content-type": "text/plain; version=0.0.4; charset=utf-8" } : {}),
    ...(version === undefined ? {} : { etag: `"${version}"` }),
  };
  if (version !== undefined && context.req.header("if-none-match") === `"${version}"`) return context.body(null, 304, headers);
  return context.body(text, status as 200, headers);
}

async function known({ asker: find, rates }: ApiParts, context: Context): Promise<Asker> {
  const asker = await find(context);
  if (asker === undefined) {
    const waitMs = (await rates?.tries.take(rates.from(context))) ?? 0;
    throw waitMs > 0 ? tooMany(waitMs) : notSignedIn();
  }
  const waitMs = (await rates?.asks.take(asker.id)) ?? 0;
  if (waitMs > 0) throw tooMany(waitMs);
  return asker;
}

export function refused(error: unknown, context: Context, onError: (error: unknown) => void): Response {
  const problem = problemOf(error);
  if (problem.status >= 500 && problem.code === "internal") onError(error);
  const afterS = error instanceof Later ? error.afterS : problem.code === "database-gone" ? 1 : undefined;
  const more = afterS === undefined ? {} : { "retry-after": String(afterS) };
  return context.body(JSON.stringify(problem), problem.status as 400, { ...problemHeaders, ...more });
}

const nobody: Asker = { id: "", name: "nobody", kind: "automation", by: "token", grants: [], owner: false };
