import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Fault } from "../fault.ts";
import { JournalClosed } from "../journal.ts";
import { createKms } from "../kms/kms.ts";
import { limits } from "../limits.ts";
import { createRequestCounter } from "../metrics.ts";
import type { Principals } from "../principals.ts";
import { createSqs } from "../queue/sqs.ts";
import { serveS3, writtenFault } from "../s3/s3.ts";
import type { Stores } from "../stores.ts";
import { servePubsub } from "../topic/pubsub.ts";
import { serveAdmin } from "./admin.ts";
import { serveAwsJson } from "./aws-json.ts";
import { answer, header, type Exchange } from "./exchange.ts";

export type ServerOptions = {
  readonly stores: Stores;
  readonly principals: () => Principals;
  readonly isReady: () => boolean;
  readonly configuration: () => string;
  readonly clock: () => number;
  /** Something that is our fault. */
  readonly failed: (error: unknown) => void;
};

/** All the protocols on one port. Which one it is shows in the request itself: no bucket is called `_gantry` or `v1`. */
export function createResourceServer({ stores, principals, isReady, configuration, clock, failed }: ServerOptions): Server {
  const requests = createRequestCounter();
  const sqs = createSqs(stores.queues);
  const kms = createKms(stores.keys);

  function serve(exchange: Exchange): Promise<void> {
    const target = header(exchange, "x-amz-target");
    if (exchange.path === "/_gantry" || exchange.path.startsWith("/_gantry/"))
      return serveAdmin(exchange, { stores, principals, requests, isReady, configuration });
    if (exchange.path.startsWith("/v1/projects/")) return servePubsub(exchange, { topics: stores.topics, principals });
    if (target?.startsWith("AmazonSQS.")) return serveAwsJson(sqs, exchange, { principals, clock });
    if (target?.startsWith("TrentService.")) return serveAwsJson(kms, exchange, { principals, clock });
    return serveS3(exchange, { buckets: stores.buckets, principals, clock });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = exchangeOf(request, response);
    response.setHeader("x-amz-request-id", exchange.id);
    // What nobody wanted to read must not be in the way of the next request.
    response.once("finish", () => request.resume());
    response.once("close", () => requests.count(exchange.api, response.headersSent ? response.statusCode : 0));
    try {
      await serve(exchange);
    } catch (error) {
      if (exchange.gone.aborted || request.errored) return void response.destroy();
      const isAway = error instanceof JournalClosed;
      if (!isAway) failed(error);
      answerFault(exchange, isAway);
    }
  }

  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 2_000,
    },
    (request, response) => void handle(request, response),
  );
  server.maxConnections = limits.connections;
  // A socket on which nothing moves: what is slower than this is waiting for nobody.
  server.timeout = limits.idleTimeoutMs;
  server.on("clientError", answerMalformed);
  return server;
}

/** What is our fault, in the words of the protocol that was spoken. */
function answerFault(exchange: Exchange, isAway: boolean): void {
  const status = isAway ? 503 : 500;
  const fault = new Fault(isAway ? "ServiceUnavailable" : "InternalError", status, "this could not be done now");
  if (exchange.api.startsWith("s3:"))
    return answer(exchange, status, { "content-type": "application/xml" }, writtenFault(fault, exchange));
  const said = exchange.api.startsWith("pubsub:")
    ? { error: { code: status, message: fault.message, status: isAway ? "UNAVAILABLE" : "INTERNAL" } }
    : { __type: fault.code, message: fault.message };
  answer(exchange, status, { "content-type": "application/json" }, JSON.stringify(said));
}

function exchangeOf(request: IncomingMessage, response: ServerResponse): Exchange {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const url = request.url ?? "/";
  const at = url.indexOf("?");
  return {
    request,
    response,
    method: request.method ?? "GET",
    path: at < 0 ? url : url.slice(0, at),
    query: at < 0 ? "" : url.slice(at + 1),
    body: request.iterator({ destroyOnReturn: false }),
    id: randomUUID(),
    gone: gone.signal,
    api: "unknown",
  };
}

function answerMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const status =
    error.code === "HPE_HEADER_OVERFLOW"
      ? "431 Request Header Fields Too Large"
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? "408 Request Timeout"
        : "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
