import type { Context, MiddlewareHandler } from "hono";
import { notePage, pageHeaders } from "./page.ts";

// What anybody's browser may be made to send here by somebody else's page is refused.

/** The names that lead here. `gantry.localhost` is nobody else's: what a browser keeps for it no service of the product gets to see. */
function ownHosts(port: number): readonly string[] {
  return ["127.0.0.1", "localhost", "gantry.localhost"].map((host) => `${host}:${port}`);
}

/** Where a server is on the network, under which port, and as whom a proxy in front of it is called. */
export type Own = { readonly port: number; readonly url: URL | undefined };

/** Only under its own names: another one that leads here is how a page elsewhere would come to read this one. */
export function ownHostOnly({ port, url }: Own): MiddlewareHandler {
  const own = new Set([...ownHosts(port), ...(url === undefined ? [] : [url.host])]);
  return async (context, next) => {
    if (own.has((context.req.header("host") ?? "").toLowerCase())) return next();
    return context.body(notePage("Not here", "Nothing answers under this name."), 421, pageHeaders);
  };
}

/**
 * What changes something comes from a page of this very place. Browsers say so in `Sec-Fetch-Site`; those that do not say it name the
 * origin, unless a page without referrer sends it: then they name none, and it is refused. A program that says by a token who it is was
 * made to do so by nobody's page.
 */
export function ownOriginOnly({ port, url }: Own): MiddlewareHandler {
  const own = new Set([...ownHosts(port).map((host) => `http://${host}`), ...(url === undefined ? [] : [url.origin])]);
  return async (context, next) => {
    if (context.req.method === "GET" || context.req.method === "HEAD") return next();
    const site = context.req.header("sec-fetch-site");
    const origin = context.req.header("origin");
    const byToken = site === undefined && origin === undefined && /^bearer /i.test(context.req.header("authorization") ?? "");
    const isOwn = site === undefined ? own.has(origin ?? "") : site === "same-origin";
    if (byToken || (isOwn && (origin === undefined || origin === "null" || own.has(origin)))) return next();
    return context.body(
      notePage("Not from here", "This came from another page. Open the link itself, and decide there."),
      403,
      pageHeaders,
    );
  };
}

/** A body says how large it is, and is no larger. One that comes in chunks does not say it: no form and no client here sends such a one. */
export function smallBodyOnly(
  mostBytes: number,
  refuse: (context: Context, status: 411 | 413) => Response = refusePage,
): MiddlewareHandler {
  return async (context, next) => {
    if (context.req.header("transfer-encoding") !== undefined) return refuse(context, 411);
    return Number(context.req.header("content-length") ?? 0) <= mostBytes ? next() : refuse(context, 413);
  };
}

function refusePage(context: Context, status: 411 | 413): Response {
  return context.body(
    notePage("Too much", "This is more than can be taken, or does not say how much it is."),
    status,
    pageHeaders,
  );
}
