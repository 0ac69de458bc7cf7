import { Agent, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, request as ask } from "node:http";
import { pipeline } from "node:stream/promises";
import { type Answer, stream } from "./answer.ts";
import { HttpError } from "./http-error.ts";
import type { Handler } from "./router.ts";
import { traceHeaders } from "./trace.ts";

const agent = new Agent({ keepAlive: true });
// These are about one connection, not about the message (RFC 9110, 7.6.1).
const ofTheConnection = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];

/** Passes requests on to the service at `base`, and its answers back, both as they come. */
export function forwardTo(base: string): Handler {
  const { hostname, port } = new URL(base);
  return ({ raw }) =>
    new Promise<Answer>((resolve, reject) => {
      const headers = { ...onward(raw.headers), ...traceHeaders(), ...forwarded(raw) };
      const { url: path = "/", method = "GET" } = raw;
      const onwards = ask({ hostname, port, path, method, headers, agent }, (answered) => {
        const back = onward(answered.headers) as Record<string, string>;
        resolve(stream(answered.statusCode ?? 502, back, (response, ends) => passBack(answered, response, ends)));
      });
      onwards.on("error", () => reject(new HttpError(502, "bad-gateway", "what is behind this does not answer")));
      raw.on("close", () => {
        if (!raw.complete) onwards.destroy();
      });
      raw.pipe(onwards);
    });
}

async function passBack(answered: IncomingMessage, response: ServerResponse, ends: AbortSignal): Promise<void> {
  // Streams that do not end by themselves end when the client goes or the process is to end; a plain answer is finished first.
  const endless = answered.headers["content-type"]?.startsWith("text/event-stream") === true;
  if (endless) ends.addEventListener("abort", () => answered.destroy());
  try {
    await pipeline(answered, response);
  } catch (error) {
    if (!ends.aborted) throw error;
  }
}

function onward(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const named = (headers.connection ?? "").toLowerCase().split(/\s*,\s*/);
  const kept = Object.entries(headers).filter(([name]) => !ofTheConnection.includes(name) && !named.includes(name));
  return Object.fromEntries(kept) as Record<string, string | string[]>;
}

function forwarded({ headers, socket }: IncomingMessage): Record<string, string> {
  const before = headers["x-forwarded-for"];
  const client = socket.remoteAddress ?? "unknown";
  return {
    "x-forwarded-for": before ? `${String(before)}, ${client}` : client,
    "x-forwarded-host": String(headers["x-forwarded-host"] ?? headers.host ?? ""),
    "x-forwarded-proto": String(headers["x-forwarded-proto"] ?? "http"),
  };
}
