import type { IncomingMessage } from "node:http";
import { parseTraceparent, randomHex } from "./trace-context.ts";

/** What the gateway needs to know of a request's head, read in one pass, and what of it a replica is sent. */
export type RequestHead = {
  readonly host: string;
  readonly path: string;
  /** Names and values in turn, ready to be sent. */
  readonly forwarded: string[];
  readonly traceId: string;
  readonly spanId: string;
  /** Nobody had begun the trace before. */
  readonly traceBegun: boolean;
  /** From `x-gantry-revision`. */
  readonly revision: string | undefined;
  readonly cookie: string | undefined;
  readonly wantsHtml: boolean;
  readonly hasBody: boolean;
  readonly expectsContinue: boolean;
};

/** Why a request that the parser let pass is refused all the same. */
export type BadHead = { readonly status: 400 | 405 | 417 | 431; readonly fault: string; readonly reason: string };

export function readHead(request: IncomingMessage, limits: { readonly headerCount: number }): RequestHead | BadHead {
  const raw = request.rawHeaders;
  const target = request.url ?? "";
  if (request.httpVersionMajor !== 1) return bad(400, "version", "HTTP/1.1 is spoken here");
  if (request.method === "TRACE") return bad(405, "method", "TRACE is not allowed here");
  if (raw.length > limits.headerCount * 2) return bad(431, "headers", `more than ${limits.headerCount} headers`);
  // A target in absolute form names a second host, and which of the two counts differs from server to server.
  if (!isPath(target)) return bad(400, "target", "the target of a request is a path here");

  const near = isLoopback(request.socket.remoteAddress);
  const forwarded: string[] = [];
  let host: string | undefined;
  let hosts = 0;
  let traceparent: string | undefined;
  let traceparents = 0;
  let tracestate = "";
  let revision: string | undefined;
  let cookie: string | undefined;
  let forwardedFor = "";
  let forwardedHost: string | undefined;
  let forwardedProto: string | undefined;
  let connection = "";
  let wantsHtml = false;
  let hasBody = false;
  let expect: string | undefined;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] as string;
    const value = raw[index + 1] as string;
    switch (name.toLowerCase()) {
      case "host":
        host = value;
        hosts += 1;
        break;
      case "connection":
        connection += `,${value.toLowerCase()}`;
        break;
      case "keep-alive":
      case "proxy-connection":
      case "proxy-authenticate":
      case "proxy-authorization":
      case "upgrade":
      case "http2-settings":
        break;
      case "transfer-encoding":
        // The parser takes chunked as the last coding only; with others before it the body would mean something else behind us.
        if (value.trim().toLowerCase() !== "chunked" || hasBody)
          return bad(400, "framing", "no transfer coding but chunked is taken");
        hasBody = true;
        break;
      case "content-length":
        if (hasBody) return bad(400, "framing", "a request has one length");
        hasBody = value !== "0";
        forwarded.push(name, value);
        break;
      case "te":
        if (/(?:^|,)\s*trailers\s*(?:$|,)/i.test(value)) forwarded.push("te", "trailers");
        break;
      case "expect":
        expect = value.toLowerCase();
        break;
      case "traceparent":
        traceparent = value;
        traceparents += 1;
        break;
      case "tracestate":
        tracestate += tracestate === "" ? value : `,${value}`;
        break;
      case "x-forwarded-for":
        if (near) forwardedFor += `${value}, `;
        break;
      case "x-forwarded-host":
        if (near) forwardedHost = value;
        break;
      case "x-forwarded-proto":
        if (near && (value === "http" || value === "https")) forwardedProto = value;
        break;
      case "forwarded":
        if (near) forwarded.push(name, value);
        break;
      case "x-gantry-revision":
        revision = value;
        forwarded.push(name, value);
        break;
      case "cookie":
        cookie = cookie === undefined ? value : `${cookie}; ${value}`;
        forwarded.push(name, value);
        break;
      case "accept":
        wantsHtml = value.includes("text/html");
        forwarded.push(name, value);
        break;
      default:
        forwarded.push(name, value);
    }
  }
  if (hosts > 1 || host === undefined || host === "" || badHost.test(host)) return bad(400, "host", "a request names one host");
  if (expect !== undefined && expect !== "100-continue") return bad(417, "expect", "only 100-continue can be expected");
  if (connection !== "") removeNamed(forwarded, connection);

  const trace = traceparents === 1 && traceparent !== undefined ? parseTraceparent(traceparent) : undefined;
  const traceId = trace?.traceId ?? randomHex(32);
  const spanId = randomHex(16);
  forwarded.push(
    "host",
    host,
    "traceparent",
    `00-${traceId}-${spanId}-${trace?.flags ?? "01"}`,
    "x-forwarded-for",
    forwardedFor + (request.socket.remoteAddress ?? "unknown"),
    "x-forwarded-host",
    forwardedHost ?? host,
    "x-forwarded-proto",
    forwardedProto ?? "http",
  );
  if (trace !== undefined && tracestate !== "") forwarded.push("tracestate", tracestate);
  const query = target.indexOf("?");
  return {
    host,
    path: query < 0 ? target : target.slice(0, query),
    forwarded,
    traceId,
    spanId,
    traceBegun: trace === undefined,
    revision,
    cookie,
    wantsHtml,
    hasBody,
    expectsContinue: expect !== undefined,
  };
}

/** Tells whoever goes on with the trace that it is not recorded. Only who begins a trace may say so. */
export function leaveUnrecorded({ forwarded, traceId, spanId }: RequestHead): void {
  const at = forwarded.lastIndexOf("traceparent");
  if (at >= 0) forwarded[at + 1] = `00-${traceId}-${spanId}-00`;
}

/** The first value of a header, whatever its spelling. */
export function headerOf(raw: readonly string[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (let index = 0; index + 1 < raw.length; index += 2) if (raw[index]?.toLowerCase() === wanted) return raw[index + 1];
  return undefined;
}

// Nothing of what no host has: white space, a path, somebody's credentials, a list.
const badHost = /[\s/@,\\?#]/;
const invisible = /[^!-ÿ]/;

function isPath(target: string): boolean {
  return target.charCodeAt(0) === 47 && !invisible.test(target);
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address.startsWith("127.") || address === "::1" || address.startsWith("::ffff:127."));
}

/** `Connection` may name further headers that are meant for the next hop only. */
function removeNamed(headers: string[], connection: string): void {
  if (connection === ",keep-alive" || connection === ",close") return;
  const named = new Set(connection.split(",").map((one) => one.trim()));
  for (const kept of ["", "host", "content-length"]) named.delete(kept);
  for (let index = headers.length - 2; index >= 0; index -= 2)
    if (named.has((headers[index] ?? "").toLowerCase())) headers.splice(index, 2);
}

function bad(status: BadHead["status"], fault: string, reason: string): BadHead {
  return { status, fault, reason };
}
