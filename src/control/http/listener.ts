import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createAdaptorServer } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { routes } from "../../api/routes.ts";
import { openApi } from "../../api/openapi.ts";
import { ConflictError, UserError } from "../../lib/errors.ts";
import type { Asker } from "./api/asker.ts";
import type { Api } from "./api/create-api.ts";
import { answerHeaders } from "./api/headers.ts";
import { refused } from "./api/mount.ts";
import { tooLarge } from "./api/too-large.ts";
import { type ApprovalParts, approvalRoutes } from "./approvals.ts";
import { consoleRoutes } from "./console.ts";
import { ownHostOnly, ownOriginOnly, smallBodyOnly } from "./guards.ts";
import { type LoginParts, loginRoutes } from "./login.ts";
import { notePage, pageHeaders } from "./page.ts";

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
  readonly login: LoginParts;
  readonly known: (context: Context) => Promise<Asker | undefined>;
  readonly version: string;
  /** Where the files of the console are, if they were built. */
  readonly consoleFolder: string;
  readonly onError: (error: unknown) => void;
};

export type Stopping = {
  /** How long it says that it is not ready any more, and answers all the same: whoever stands in front looks only now and then. */
  readonly noticeMs: number;
  /** How long it then waits for what is being answered. */
  readonly graceMs: number;
};

export type HttpListener = {
  /** Ends streams, and takes nothing more. */
  stop(how: Stopping): Promise<void>;
};

/** Refused where the port is somebody else's. */
export async function createHttpListener(parts: HttpParts): Promise<HttpListener> {
  const server = createAdaptorServer({
    fetch: httpApp(parts).fetch,
    serverOptions: {
      maxHeaderSize: mostHeaderBytes,
      headersTimeout: patienceMs,
      requestTimeout: patienceMs,
      keepAliveTimeout: patienceMs / 2,
    },
  }) as Server;
  server.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(notThere(error, parts)));
    server.listen({ port: parts.port, host: parts.host, exclusive: true }, resolve);
  });
  server.removeAllListeners("error").on("error", parts.onError);
  server.unref();
  return {
    async stop({ noticeMs, graceMs }) {
      parts.api.leave();
      if (noticeMs > 0) await sleep(noticeMs);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        parts.api.close();
        setTimeout(() => server.closeAllConnections(), graceMs).unref();
      });
    },
  };
}

function notThere(error: NodeJS.ErrnoException, { host, port }: HttpParts): Error {
  const at = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const hint = "take another with --listen";
  if (error.code === "EADDRINUSE")
    return new ConflictError("port-taken", `somebody else listens at ${at}`, { hint, cause: error });
  if (error.code === "EACCES" || error.code === "EADDRNOTAVAIL")
    return new UserError("not-allowed", `nobody may listen at ${at} here (${error.code})`, { hint, cause: error });
  return error;
}

function httpApp(parts: HttpParts): Hono {
  const { api, login, version } = parts;
  const app = new Hono();
  const own = { port: parts.port, url: parts.url };
  app.use(ownHostOnly(own), ownOriginOnly(own));
  app.use(async (context, next) => {
    await next();
    if (api.isLeaving()) context.res.headers.set("connection", "close");
  });
  app.use("/approvals/*", smallBodyOnly(mostFormBytes));
  app.use("/v1/*", smallBodyOnly(mostBodyBytes, tooLarge));
  const document = JSON.stringify(openApi(routes, version));
  app.get("/openapi.json", (context) => context.body(document, 200, { ...answerHeaders, "cache-control": "no-cache" }));
  app.route("/", api.forOthers(parts.known));
  app.route("/", loginRoutes(login));
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
