import type { IncomingMessage } from "node:http";
import type { Answer } from "./answer.ts";
import { HttpError } from "./http-error.ts";

export type Request = {
  readonly method: string;
  readonly path: string;
  /** What stands for `:name` in the route; `*` for the rest. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  readonly bytes: (options?: { readonly maxBytes?: number }) => Promise<Buffer>;
  readonly json: () => Promise<unknown>;
  readonly raw: IncomingMessage;
};

export type Handler = (request: Request) => Answer | object | Promise<Answer | object>;
/** `GET /v1/claims/:id`, or `* /*` for whatever no other takes. */
export type Routes = Readonly<Record<string, Handler>>;
export type Found = { readonly route: string; readonly handler: Handler; readonly params: Readonly<Record<string, string>> };

/** The more a route spells out the earlier it is tried. */
export function createRouter(routes: Routes): (method: string, path: string) => Found | "other method" | undefined {
  const table = Object.entries(routes).map(([pattern, handler]) => {
    const [method = "", route = ""] = pattern.split(" ");
    return { method, route, handler, steps: route.split("/") };
  });
  const vague = (steps: readonly string[]): number => steps.filter((step) => step === "*" || step.startsWith(":")).length;
  const ordered = table.toSorted(
    (a, b) => Number(a.route.endsWith("*")) - Number(b.route.endsWith("*")) || vague(a.steps) - vague(b.steps),
  );
  return (method, path) => {
    let elsewhere = false;
    for (const { method: wanted, route, handler, steps } of ordered) {
      const params = match(steps, path.split("/"));
      if (!params) continue;
      if (wanted === "*" || wanted === method || (wanted === "GET" && method === "HEAD")) return { route, handler, params };
      elsewhere = true;
    }
    return elsewhere ? "other method" : undefined;
  };
}

function match(steps: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, step] of steps.entries()) {
    if (step === "*") return { ...params, "*": given.slice(index).join("/") };
    const part = given[index];
    if (part === undefined || (!step.startsWith(":") && step !== part)) return undefined;
    if (step.startsWith(":")) params[step.slice(1)] = decoded(part);
  }
  return steps.length === given.length ? params : undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new HttpError(400, "bad-path", "the path is not encoded as it should be");
  }
}

export function requestOf(raw: IncomingMessage, params: Readonly<Record<string, string>>): Request {
  const { pathname, searchParams } = urlOf(raw);
  const bytes = ({ maxBytes = 64 * 1024 } = {}): Promise<Buffer> => bodyOf(raw, maxBytes);
  const header = (name: string): string | undefined => {
    const value = raw.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  };
  return {
    method: raw.method ?? "GET",
    path: pathname,
    params,
    query: searchParams,
    header,
    bytes,
    raw,
    json: async () => {
      if (!/^application\/json\b/.test(header("content-type") ?? ""))
        throw new HttpError(415, "not-json", "send JSON, with content-type: application/json");
      try {
        return JSON.parse((await bytes()).toString("utf8")) as unknown;
      } catch (error) {
        if (error instanceof SyntaxError) throw new HttpError(400, "bad-json", "the body is no JSON");
        throw error;
      }
    },
  };
}

export function urlOf(raw: IncomingMessage): URL {
  try {
    return new URL(raw.url ?? "/", "http://service");
  } catch {
    throw new HttpError(400, "bad-path", "the path is not encoded as it should be");
  }
}

async function bodyOf(raw: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of raw as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > maxBytes) throw new HttpError(413, "too-large", `a body has at most ${maxBytes} bytes here`);
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, "broken-off", "the body broke off");
  }
  return Buffer.concat(parts);
}
