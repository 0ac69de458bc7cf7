import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** A request that this connection is in the middle of. */
export type Current = { malformed(status: number): boolean };

const currentOf = Symbol("current");
type Watched = Duplex & { [currentOf]?: Current };

/** So that bytes which break a request's body can be told to that request. */
export function setCurrent(socket: Duplex, current: Current): void {
  (socket as Watched)[currentOf] = current;
}

/**
 * The last word to a client whose bytes are no request. There is no request, so there is no answer object: this is the one place
 * where a head is written by hand, and the connection always ends with it.
 */
export function answerMalformed(socket: Duplex, error: { readonly code?: string | undefined }): void {
  if (socket.destroyed) return;
  const status = statusFor(error.code ?? "");
  if ((socket as Watched)[currentOf]?.malformed(status)) return;
  // An answer to an earlier request of this connection is under way: ours would be taken for a part of it.
  if (!socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const reason = STATUS_CODES[status] ?? "";
  const body = `${status} ${reason}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

function statusFor(code: string): number {
  if (code === "HPE_HEADER_OVERFLOW" || code === "HPE_CHUNK_EXTENSIONS_OVERFLOW")
    return code === "HPE_HEADER_OVERFLOW" ? 431 : 400;
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
}

/** Node keeps the answer that a connection is at under this name, and its own handler looks there too. */
function isAnswering(socket: Duplex): boolean {
  return Boolean((socket as { _httpMessage?: unknown })._httpMessage);
}
