import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { type ApprovalParts, approvalRoutes } from "./approvals.ts";
import { ownHostOnly, ownOriginOnly, smallBodyOnly } from "./guards.ts";
import { notePage, pageHeaders } from "./page.ts";

// What a server answers at an address of its own, for people with a browser. One port, of this machine alone.

const mostBodyBytes = 8 * 1_024;
const mostHeaderBytes = 8 * 1_024;
const mostConnections = 100;
const patienceMs = 10_000;

export type HttpParts = ApprovalParts & { readonly port: number; readonly onError: (error: unknown) => void };

export type HttpListener = { stop(): Promise<void> };

/** Where the port is somebody else's, nothing else is in the way: whoever has a command line has all of this. */
export function createHttpListener(parts: HttpParts): HttpListener {
  const server = createAdaptorServer({
    fetch: httpApp(parts).fetch,
    overrideGlobalObjects: false,
    serverOptions: {
      maxHeaderSize: mostHeaderBytes,
      headersTimeout: patienceMs,
      requestTimeout: patienceMs,
      keepAliveTimeout: patienceMs / 2,
    },
  }) as Server;
  server.maxConnections = mostConnections;
  server.on("error", parts.onError);
  server.listen({ port: parts.port, host: "127.0.0.1", exclusive: true });
  server.unref();
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function httpApp(parts: HttpParts): Hono {
  const app = new Hono();
  app.use(ownHostOnly(parts.port), ownOriginOnly(parts.port), smallBodyOnly(mostBodyBytes));
  app.route("/approvals", approvalRoutes(parts));
  app.notFound((context) => context.body(notePage("Nothing here", "There is nothing at this address."), 404, pageHeaders));
  app.onError((error, context) => {
    parts.onError(error);
    return context.body(notePage("Not now", "This could not be looked up. Try it again in a moment."), 500, pageHeaders);
  });
  return app;
}
