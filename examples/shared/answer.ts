import type { ServerResponse } from "node:http";

/** What a route gives back. A plain object or list is JSON with status 200. */
export class Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | Stream;

  constructor(status: number, headers: Readonly<Record<string, string>>, body: string | Buffer | Stream) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** Writes until it is done; `ends` fires when the client is gone or the process is asked to stop. */
export type Stream = (response: ServerResponse, ends: AbortSignal) => Promise<void>;

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return new Answer(status, { "content-type": "application/json", ...headers }, `${JSON.stringify(body)}\n`);
}

export function plain(status: number, body: string | Buffer, type = "text/plain; charset=utf-8"): Answer {
  return new Answer(status, { "content-type": type, "x-content-type-options": "nosniff" }, body);
}

export function noContent(): Answer {
  return new Answer(204, {}, "");
}

export function stream(status: number, headers: Readonly<Record<string, string>>, body: Stream): Answer {
  return new Answer(status, headers, body);
}

/** Server-sent events: what `next` yields, until it ends or the client is gone. */
export function events(next: (ends: AbortSignal) => AsyncIterable<unknown>): Answer {
  return stream(200, { "content-type": "text/event-stream", "cache-control": "no-store" }, async (response, ends) => {
    for await (const data of next(ends)) response.write(`data: ${JSON.stringify(data)}\n\n`);
  });
}

/** A file to keep, never shown by the browser as a page. */
export function download(name: string, body: Buffer): Answer {
  const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;
  return new Answer(200, { "content-type": "application/octet-stream", "content-disposition": disposition }, body);
}
