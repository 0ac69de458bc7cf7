import type { Context } from "hono";
import { problemHeaders } from "./headers.ts";

/** A body that is too large, or does not say how large it is. */
export function tooLarge(context: Context, status: 411 | 413): Response {
  const detail =
    status === 413 ? "what was sent is more than can be taken" : "what is sent has to say how large it is (Content-Length)";
  const problem = { type: "urn:gantry:error:too-large", title: "Too large", status, code: "too-large", detail };
  return context.body(JSON.stringify(problem), status, problemHeaders);
}
