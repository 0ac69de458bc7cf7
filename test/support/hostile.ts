import { connect } from "node:net";
import type { Random } from "./from-schema.ts";

const values = [
  "",
  " ",
  "*",
  '"',
  'W/"1"',
  "\u00ff\u00fe",
  "'; drop table event; --",
  "../../etc/passwd",
  "%00%ff",
  "9".repeat(40),
  "-1",
  "1e308",
  "null",
  "a".repeat(3_000),
  "Bearer",
  "Bearer gty_",
  `Bearer gty_${"A".repeat(43)}`,
  "Bearer a.b.c",
  "Bearer eyJhbGciOiJub25lIn0.e30.",
  "Basic cm9vdDpyb290",
  "application/json; charset=utf-16",
  "application/json",
  "multipart/form-data; boundary=x",
  "bytes=0-1",
  "websocket",
  "same-origin",
  "cross-site",
  "null",
  "__proto__=1; constructor=2; =; ;;; a",
  "gzip, br;q=NaN",
];

const names = [
  "idempotency-key",
  "if-match",
  "if-none-match",
  "last-event-id",
  "content-type",
  "authorization",
  "cookie",
  "origin",
  "sec-fetch-site",
  "accept",
  "accept-encoding",
  "range",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-http-method-override",
  "traceparent",
  "__proto__",
] as const;

/** Some headers of those that somebody here reads, or might, with something in them that nobody meant. */
export function hostileHeaders(random: Random): Record<string, string> {
  const pick = <One>(from: readonly One[]): One => from[Math.floor(random() * from.length)] as One;
  const count = 1 + Math.floor(random() * 4);
  return Object.fromEntries(Array.from({ length: count }, () => [pick(names), pick(values)] as const));
}

/** What comes back for bytes as they are; nothing where the connection was only closed. */
export function askRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port });
    let text = "";
    socket.setEncoding("latin1").on("data", (part: string) => (text += part));
    socket.setTimeout(20_000, () => socket.destroy(new Error(`no answer to ${JSON.stringify(bytes.slice(0, 200))}`)));
    socket.once("error", (error: NodeJS.ErrnoException) => (error.code === "ECONNRESET" ? resolve(text) : reject(error)));
    socket.once("close", () => resolve(text));
    // A half-closed connection is one on which nobody waits any more: it is the server that closes.
    socket.write(Buffer.from(bytes, "latin1"));
  });
}
