import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import { errorTable } from "../lib/error-table.ts";
import { GantryError, UserError } from "../lib/errors.ts";
import { type WireError, wireError } from "./json-over-socket.ts";

/** `/v1/environments/:environment/routes` and who answers it. */
export type Endpoint = {
  readonly method: string;
  readonly path: string;
  readonly answer: (given: Asked) => unknown;
};

type Others = (request: IncomingMessage, response: ServerResponse) => void;

export type Asked = {
  /** A part of the path, by its name. */
  readonly at: (name: string) => string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** Aborted when the asker has gone. */
  readonly signal: AbortSignal;
  /** Sends one document now; the answer is then a list of them, one a line. */
  readonly line: (document: unknown) => void;
};

const mostBytes = 32 * 2 ** 20;
/** Among them are all the rights of somebody in whose name another server asks. */
const mostHeaderBytes = 2 ** 20;

/** A small JSON server for a Unix socket: what comes back is sent as JSON, what is thrown as an error with its code. */
export function createJsonServer(
  endpoints: readonly Endpoint[],
  /** Who answers what none of these does, under these beginnings of a path. */
  others: { readonly under: readonly string[]; readonly answer: Others } = { under: [], answer: () => {} },
): Server {
  const table = endpoints.map((one) => ({ ...one, steps: one.path.split("/") }));
  return createServer({ maxHeaderSize: mostHeaderBytes }, (request, response) => {
    if (others.under.some((begin) => request.url?.startsWith(begin))) return others.answer(request, response);
    void handle(request, response).catch((error: unknown) => refuse(response, error));
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://socket");
    const steps = url.pathname.split("/").map((step) => decodeURIComponent(step));
    const found = table.find(
      (one) =>
        one.method === request.method &&
        one.steps.length === steps.length &&
        one.steps.every((step, index) => step.startsWith(":") || step === steps[index]),
    );
    if (!found) throw new UserError("usage", `there is nothing at ${request.method} ${url.pathname}`);
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const body = await bodyOf(request);
    let streaming = false;
    const line = (document: unknown) => {
      if (!streaming) response.writeHead(200, { "content-type": "application/x-ndjson" });
      streaming = true;
      response.write(`${JSON.stringify(document)}\n`);
    };
    const at = (name: string) => {
      const value = steps[found.steps.indexOf(`:${name}`)];
      if (value === undefined || value === "") throw new UserError("usage", `the path lacks its ${name}`);
      return value;
    };
    try {
      const answer = await found.answer({ at, query: url.searchParams, body, signal: gone.signal, line });
      if (streaming) {
        if (answer !== undefined) response.write(`${JSON.stringify(answer)}\n`);
        response.end();
      } else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer ?? null));
    } catch (error) {
      if (!streaming) throw error;
      response.end(`${JSON.stringify(wireError(error))}\n`);
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > mostBytes) throw new UserError("too-large", "this is more than can be taken at once");
    chunks.push(chunk as Buffer);
  }
  if (bytes === 0) return {};
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new UserError("usage", "what was sent is no JSON object");
}

function refuse(response: ServerResponse, error: unknown): void {
  const body: WireError = wireError(error);
  const status = error instanceof GantryError ? (errorTable[error.code]?.http ?? 422) : 500;
  if (!response.headersSent) response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
