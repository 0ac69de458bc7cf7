import { ApiProblem } from "../../../src/api/client.ts";

/** Why something was not answered: what the server said of it (RFC 9457), or that there was no answer. */
export type Trouble = { readonly status: number; readonly code: string; readonly detail: string; readonly hint?: string };

export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof ApiProblem)) return { status: 0, code: "not-reachable", detail: "the server does not answer" };
  const { code, hint } = error.problem;
  return { status: error.status, code, detail: error.message, ...(hint === undefined ? {} : { hint }) };
}
