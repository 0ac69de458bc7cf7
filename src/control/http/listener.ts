import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { routes } from "../../api/routes.ts";
import { openApi } from "../../api/openapi.ts";
import { UserError } from "../../lib/errors.ts";
import type { Asker } from "./api/asker.ts";
import type { Api } from "./api/create-api.ts";
import { answerHeaders } from "./api/headers.ts";
import { refused } from "./api/mount.ts";
import { tooLarge } from "./api/too-large.ts";
import { type ApprovalParts, approvalRoutes } from "./approvals.ts";
import { consoleRoutes } from "./console.ts";
import { ownHostOnly, ownOriginOnly, smallBodyOnly } from "./guards.ts";
import { loginRoutes } from "./login.ts";
import { notePage, pageHeaders } from "./page.ts";
import type { Sessions } from "./sessions.ts";

// What a server answers at an address of its own: the API, the console, and decisions by link. One port, of this machine alone unless told otherwise.

const mostFormBytes = 8 * 1_024;
const mostBodyBytes = 2 ** 20;
const mostHeaderBytes = 16 * 1_024;
const mostConnections = 2_000;
const patienceMs = 10_000;

export type HttpParts = ApprovalParts & {
  readonly host: string;
  readonly port: number;
  readonly url: URL | undefined;
  readonly api: Api;
  readonly sessions: Sessions;
  readonly known: (context: Context) => Promise<Asker | undefined>;
  readonly version: string;
  /** Where the files of the console are, if they were built. */
  readonly consoleFolder: string;
  readonly onError: (error: unknown) => void;
};

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
  server.listen({ port: parts.port, host: parts.host, exclusive: true });
  server.unref();
  return {
    stop: () =>
      new Promise((resolve) => {
        parts.api.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function httpApp(parts: HttpParts): Hono {
  const { api, sessions, version } = parts;
  const app = new Hono();
  const own = { port: parts.port, url: parts.url };
  app.use(ownHostOnly(own), ownOriginOnly(own));
  app.use("/approvals/*", smallBodyOnly(mostFormBytes));
  app.use("/v1/*", smallBodyOnly(mostBodyBytes, tooLarge));
  const document = JSON.stringify(openApi(routes, version));
  app.get("/openapi.json", (context) => context.body(document, 200, { ...answerHeaders, "cache-control": "no-cache" }));
  app.route("/", api.forOthers(parts.known));
  app.route("/", loginRoutes(sessions));
  app.route("/approvals", approvalRoutes(parts));
  app.all("/v1/*", (context) =>
    refused(new UserError("unknown-path", "the API has nothing at this address"), context, parts.onError),
  );
  app.route("/", consoleRoutes(parts.consoleFolder));
  app.notFound((context) => context.body(notePage("Nothing here", "There is nothing at this address."), 404, pageHeaders));
  app.onError((error, context) => {
    parts.onError(error);
    return context.body(notePage("Not now", "This could not be looked up. Try it again in a moment."), 500, pageHeaders);
  });
  return app;
}
