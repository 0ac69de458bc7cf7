import http, { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import {
  createGateway,
  type AccessLine,
  type Gateway,
  type GatewayOptions,
  type RevisionKey,
  type RouteTable,
} from "../../src/agent/gateway/gateway.ts";
import type { Split } from "../../src/wire/machine.ts";

/** A real server on a free port, gone when the test is. */
export async function upstream(listener: RequestListener): Promise<{ server: Server; port: number; stop(): Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(stop);
  return { server, port: (server.address() as AddressInfo).port, stop };
}

/** Answers with its own name. */
export const named =
  (name: string): RequestListener =>
  (request, response) => {
    request.resume();
    response.end(name);
  };

export type Access = AccessLine[];

export async function gatewayFor(
  options: Partial<GatewayOptions> = {},
): Promise<{ gateway: Gateway; lines: Access; wanted: RevisionKey[] }> {
  const lines: Access = [];
  const wanted: RevisionKey[] = [];
  const gateway = await createGateway({
    port: 0,
    onAccess: (line) => lines.push(line),
    onWanted: (key) => wanted.push(key),
    ...options,
    limits: { closeMs: 200, ...options.limits },
  });
  onTestFinished(() => gateway.close());
  return { gateway, lines, wanted };
}

export const host = "api.dev.localhost";
export const key = (revision: string, service = "api"): RevisionKey => ({ environment: "dev", service, revision });

/** One service `api` of `dev`, at `/` of its host. */
export function table(split: Partial<Split>, more: { ports?: Record<string, number>; requestMs?: number } = {}): RouteTable {
  return {
    environments: {
      dev: {
        routes: [{ host, path: "/", service: "api" }],
        ports: more.ports ?? {},
        services: {
          api: {
            split: { shares: [], tags: {}, ...split },
            ...(more.requestMs === undefined ? {} : { requestMs: more.requestMs }),
          },
        },
      },
    },
  };
}

export const all = (revision: string): Partial<Split> => ({ shares: [{ revision, weight: 100 }] });

export type Answer = { status: number; headers: IncomingHttpHeaders; body: string; trailers: NodeJS.Dict<string>; raw: Buffer };

export type Ask = {
  path?: string;
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
  agent?: http.Agent | false;
};

/** One request, with a connection of its own unless it is given an agent. */
export function ask(port: number, { path = "/", method = "GET", headers = {}, body, agent = false }: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port, path, method, agent, headers: { host, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const raw = Buffer.concat(chunks);
        const { statusCode = 0, headers, trailers } = response;
        resolve({ status: statusCode, headers, body: raw.toString(), trailers, raw });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** Bytes as they are, and all that came back until the other side closed. */
export function rawAsk(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.on("error", () => resolve(text));
    socket.on("close", () => resolve(text));
    socket.write(bytes);
  });
}

export function rawSocket(port: number): { socket: Socket; read: () => string } {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk) => (text += chunk.toString("latin1")));
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  return { socket, read: () => text };
}

/** Until it holds. The test's own time limit is the only clock. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
