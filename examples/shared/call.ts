import { HttpError } from "./http-error.ts";
import { traceHeaders } from "./trace.ts";

export type CallOptions = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly timeoutMs?: number;
};

/** Asks another service, in the same trace. An answer that is no success is still an answer; none at all is a 503. */
export async function call(url: string, options: CallOptions = {}): Promise<Response> {
  const { method = "GET", headers = {}, body, timeoutMs = 5_000 } = options;
  try {
    return await fetch(url, {
      method,
      headers: { ...traceHeaders(), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : new Uint8Array(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    throw new HttpError(503, "partner-away", `${new URL(url).host} does not answer`, { cause: reason(error) });
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}
