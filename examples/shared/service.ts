import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Answer, json, plain } from "./answer.ts";
import { databaseError } from "./database.ts";
import { maySwitchFaults, misbehaviour } from "./faults.ts";
import { HttpError } from "./http-error.ts";
import { errorFields, log } from "./log.ts";
import { counter, gauge, histogram, metricsText } from "./metrics.ts";
import { FaultsError, parseFaults } from "./parse-faults.ts";
import { type Handler, type Routes, createRouter, requestOf, urlOf } from "./router.ts";
import { stopping } from "./stopping.ts";
import { currentTrace, inSpan } from "./trace.ts";

export type ServiceOptions = {
  /** Where it listens when nothing says PORT; 0 takes any that is free. */
  readonly port?: number;
  readonly routes?: Routes;
  /** Asked often, and logged only when everything is. The first says that the process lives, the second that it can work. */
  readonly health: { readonly live: string; readonly ready?: string };
  /** Throws while the service cannot work. */
  readonly ready?: () => Promise<void>;
  /** Where browsers may call it from. */
  readonly origins?: readonly string[];
  /** Done after the last answer, in this order. */
  readonly close?: readonly (() => Promise<unknown>)[];
};

const requests = counter("http_requests_total", "Requests answered.");
const duration = histogram("http_request_duration_seconds", "How long answers took.");

let open = 0;
gauge("http_requests_in_flight", "Requests that have no whole answer yet.", () => open);

/** Answers on 127.0.0.1:$PORT. On SIGTERM it takes no more, finishes what is open, closes what it holds and ends. */
export function runService(options: ServiceOptions): Server {
  const faults = misbehaviour();
  const { live, ready = live } = options.health;
  const routes: Routes = {
    [`GET ${live}`]: () => ({ status: "ok" }),
    [`GET ${ready}`]: async () => {
      if (stopping.aborted) throw new HttpError(503, "stopping", "it is about to end");
      await options.ready?.();
      return { status: "ready" };
    },
    // A page of the service's may be what its health is asked at.
    ...options.routes,
    "GET /metrics": async () => plain(200, await metricsText(), "text/plain; version=0.0.4"),
    "POST /_faults": async (request) => {
      if (!maySwitchFaults(request.header("x-gantry-faults-token") ?? ""))
        throw new HttpError(404, "not-found", "there is no /_faults");
      const next = parseFaults((await request.bytes()).toString("utf8"));
      // The answer first: `crash-at-start` would never give one.
      setImmediate(() => faults.change(next));
      return next;
    },
  };
  const find = createRouter(routes);
  const quiet = new Set([live, ready, "/metrics", "/_faults"].filter((path) => path !== "/"));

  const answer = async (raw: IncomingMessage, response: ServerResponse): Promise<{ answered: Answer; route: string }> => {
    let route = "(none)";
    try {
      const found = find(raw.method ?? "", urlOf(raw).pathname);
      if (found === undefined) throw new HttpError(404, "not-found", "there is nothing at this path");
      if (found === "other method") throw new HttpError(405, "other-method", `this path takes no ${raw.method ?? ""}`);
      ({ route } = found);
      if (!quiet.has(route)) {
        open += 1;
        response.once("close", () => (open -= 1));
      }
      if ((route === live || route === ready) && faults.healthFails()) throw new HttpError(503, "fault", "its health fails");
      if (!quiet.has(route) && (await faults.onRequest({ smoke: raw.headers["x-gantry-smoke"] !== undefined })))
        throw new HttpError(500, "fault", "it fails because GANTRY_FAULTS asks for it");
      return { answered: await answerOf(found.handler, raw, found.params), route };
    } catch (error) {
      return { answered: refusal(error), route };
    }
  };

  const server = createServer((raw, response) => {
    const { traceparent, baggage } = raw.headers;
    const header = { traceparent: String(traceparent ?? ""), baggage: String(baggage ?? "") };
    void inSpan(header, async () => {
      const startedAt = performance.now();
      allowOrigin(raw, response, options.origins ?? []);
      const { answered, route } =
        raw.method === "OPTIONS" && options.origins
          ? { answered: new Answer(204, {}, ""), route: "(preflight)" }
          : await answer(raw, response);
      await send(raw, response, answered);
      const seconds = (performance.now() - startedAt) / 1_000;
      const labels = { method: raw.method ?? "", route };
      // Whoever looks after it is no traffic: asked every second, it would hide how many requests fail.
      if (!quiet.has(route)) {
        requests({ ...labels, status: String(answered.status) });
        duration(labels, seconds);
      }
      log(quiet.has(route) ? "debug" : answered.status >= 500 ? "error" : "info", `${raw.method} ${raw.url?.split("?")[0]}`, {
        method: raw.method,
        path: raw.url?.split("?")[0],
        route,
        status: answered.status,
        duration_ms: Math.round(seconds * 1e6) / 1e3,
      });
    });
  });
  listen(server, options.port ?? 8080);
  stopping.addEventListener("abort", () => void end(server, options.close ?? []));
  return server;
}

async function answerOf(handler: Handler, raw: IncomingMessage, params: Readonly<Record<string, string>>): Promise<Answer> {
  const given = await handler(requestOf(raw, params));
  return given instanceof Answer ? given : json(200, given);
}

function refusal(error: unknown): Answer {
  const known = error instanceof HttpError ? error : databaseError(error);
  if (error instanceof FaultsError) return json(400, { error: { code: "bad-faults", message: error.message } });
  if (!known || known.status >= 500) log("error", "a request failed", errorFields(error));
  if (!known)
    return json(500, { error: { code: "internal", message: "something went wrong here", trace_id: currentTrace()?.traceId } });
  return json(known.status, { error: { code: known.code, message: known.message, ...known.more } });
}

async function send(raw: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  // Whoever still holds this connection is to open another, at somebody who stays.
  if (stopping.aborted) response.setHeader("connection", "close");
  // A body that nobody read: the rest of it is not waited for.
  const { "content-length": size = "0", "transfer-encoding": chunked } = raw.headers;
  if (!raw.complete && (size !== "0" || chunked)) response.setHeader("connection", "close");
  try {
    response.writeHead(status, typeof body === "function" ? headers : { ...headers, "content-length": Buffer.byteLength(body) });
    if (typeof body === "function") {
      response.flushHeaders();
      await body(response, AbortSignal.any([gone.signal, stopping]));
      response.end();
    } else response.end(raw.method === "HEAD" ? "" : body);
  } catch (error) {
    if (!gone.signal.aborted) log("error", "an answer broke off", errorFields(error));
    response.destroy();
  }
}

function allowOrigin(raw: IncomingMessage, response: ServerResponse, origins: readonly string[]): void {
  const { origin } = raw.headers;
  if (origin === undefined || !origins.includes(origin)) return;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("vary", "origin");
  response.setHeader("access-control-allow-headers", "content-type, authorization, traceparent, baggage");
  response.setHeader("access-control-allow-methods", "GET, POST, PUT, DELETE");
}

function listen(server: Server, port: number): void {
  server.once("error", (error) => {
    log("error", "cannot listen", errorFields(error));
    process.exit(1);
  });
  server.listen(Number(process.env["PORT"] ?? port), "127.0.0.1", () => {
    log("info", "listening", { port: (server.address() as AddressInfo).port });
  });
}

async function end(server: Server, close: readonly (() => Promise<unknown>)[]): Promise<void> {
  log("info", "stopping");
  // Connections become idle one by one, as their last answers go out.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  await new Promise((resolve) => server.close(resolve));
  clearInterval(idle);
  for (const one of close) await one().catch((error: unknown) => log("warn", "could not be closed", errorFields(error)));
  log("info", "stopped");
  process.exit(0);
}
