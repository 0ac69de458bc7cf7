import { createServer, type RequestListener, type Server } from "node:http";
import type { Duplex } from "node:stream";
import type { IncomingMessage } from "node:http";
import { GantryError } from "../../lib/errors.ts";
import type { Limits } from "./limits.ts";
import { answerMalformed } from "./malformed.ts";

export type Handlers = {
  readonly onRequest: RequestListener;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
};

export type Listener = { readonly port: number; close(): Promise<void> };

/** Listens on loopback. Framing is node's alone, with its strict parser. */
export async function listen(port: number, limits: Limits, { onRequest, onUpgrade }: Handlers): Promise<Listener> {
  const server = createServer(
    {
      insecureHTTPParser: false,
      requireHostHeader: true,
      joinDuplicateHeaders: false,
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headerMs,
      requestTimeout: Math.max(limits.uploadMs, limits.headerMs),
      connectionsCheckingInterval: Math.max(50, Math.min(1_000, limits.headerMs / 4)),
      keepAliveTimeout: limits.keepAliveMs,
      noDelay: true,
    },
    onRequest,
  );
  // Node would leave headers over its count out without a word; we count them and refuse.
  server.maxHeadersCount = 0;
  server.maxConnections = limits.connections;
  server.on("checkContinue", onRequest);
  server.on("checkExpectation", onRequest);
  server.on("upgrade", onUpgrade);
  server.on("connect", (_request, socket) => answerMalformed(socket, { code: "CONNECT" }));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => answerMalformed(socket, error));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => reject(cannotListen(port, cause)));
    server.listen({ port, host: "127.0.0.1" }, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    close: () => closeServer(server, limits.closeMs),
  };
}

function closeServer(server: Server, withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), withinMs);
    server.close(() => {
      clearTimeout(deadline);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function cannotListen(port: number, cause: NodeJS.ErrnoException): GantryError {
  return new GantryError("port-taken", `the gateway cannot listen on port ${port} (${cause.code ?? "unknown"})`, {
    hint: `end what listens there (\`lsof -i :${port}\` names it), or give the gateway another port`,
    cause,
  });
}
