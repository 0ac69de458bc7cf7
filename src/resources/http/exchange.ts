import type { IncomingMessage, ServerResponse } from "node:http";

/** One request and its answer, with what every protocol asks of them. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** As they came, not decoded. */
  readonly path: string;
  readonly query: string;
  /** To be read once. Who stops in the middle can still answer. */
  readonly body: AsyncIterable<Buffer>;
  readonly id: string;
  /** Ends when the client has gone. */
  readonly gone: AbortSignal;
  /** What the request is counted as. */
  api: string;
};

export function header(exchange: Exchange, name: string): string | undefined {
  const value = exchange.request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

export function answer(
  exchange: Exchange,
  status: number,
  headers: Readonly<Record<string, string | number>>,
  body: string | Buffer,
): void {
  const { response, method } = exchange;
  if (response.headersSent || response.destroyed) return void response.destroy();
  const bytes = typeof body === "string" ? Buffer.from(body, "utf8") : body;
  response.writeHead(status, { ...headers, ...(status === 204 || status === 304 ? {} : { "content-length": bytes.length }) });
  response.end(method === "HEAD" ? undefined : bytes);
}
