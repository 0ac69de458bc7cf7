import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { metricsRequest, logRequest, traceRequest } from "../../signals/otlp/messages.ts";
import type { Signal } from "../../signals/otlp/answer.ts";
import { BadMessage, type Loose, readProtobuf } from "../../signals/otlp/protobuf.ts";
import { isRecord } from "../../lib/is-record.ts";

export type BodyLimits = {
  /** As it comes over the wire. */
  readonly maxBytes: number;
  /** Unpacked. */
  readonly maxUnpackedBytes: number;
  readonly timeoutMs: number;
};

/** Why a request is not taken, as HTTP tells it. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const unzip = promisify(gunzip);
const messages = { traces: traceRequest, logs: logRequest, metrics: metricsRequest } as const;

export async function bodyOf(request: IncomingMessage, limits: BodyLimits): Promise<Uint8Array> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity" && encoding !== "gzip")
    throw new Refused(415, `nothing is packed as ${encoding.slice(0, 40)} here`);
  const packed = await collected(request, limits);
  if (encoding === "identity") return packed;
  try {
    // Stops where it becomes too much, however little it was before.
    return await unzip(packed, { maxOutputLength: limits.maxUnpackedBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE")
      throw new Refused(413, `unpacked it has more than ${limits.maxUnpackedBytes} bytes`);
    throw new Refused(400, "it is not packed as gzip, or was cut off");
  }
}

function collected(request: IncomingMessage, { maxBytes, timeoutMs }: BodyLimits): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes)
    return Promise.reject(new Refused(413, `it has more than ${maxBytes} bytes`));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const timer = setTimeout(() => end(new Refused(408, `it did not come in full within ${timeoutMs} ms`)), timeoutMs);
    const end = (error?: Error) => {
      clearTimeout(timer);
      request.removeAllListeners("data");
      if (error) reject(error);
      else resolve(Buffer.concat(chunks));
    };
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) end(new Refused(413, `it has more than ${maxBytes} bytes`));
      else chunks.push(chunk);
    });
    request.on("end", () => end());
    request.on("error", () => end(new Refused(400, "it broke off")));
    request.on("close", () => end(request.complete ? undefined : new Refused(400, "it broke off")));
  });
}

/** What was sent, with the names that it has in JSON, whichever way it came. */
export function messageOf(signal: Signal, type: "json" | "protobuf", body: Uint8Array): Loose {
  if (type === "protobuf") {
    try {
      return readProtobuf(body, messages[signal]);
    } catch (error) {
      if (error instanceof BadMessage) throw new Refused(400, `this is no message of ${signal}: ${error.message}`);
      throw error;
    }
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString("utf8"));
  } catch {
    throw new Refused(400, "this is no JSON");
  }
  if (!isRecord(value)) throw new Refused(400, "this is no JSON object");
  return value;
}
