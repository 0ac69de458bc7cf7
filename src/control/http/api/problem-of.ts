import type { z } from "zod";
import type { Problem } from "../../../api/schema/problem.ts";
import { errorTable } from "../../../lib/error-table.ts";
import { GantryError, UserError } from "../../../lib/errors.ts";
import { withoutSecrets } from "../../../lib/secrets.ts";
import { isDatabaseAway } from "../../../store/away.ts";

/** What was thrown, as RFC 9457 has it. The text of what nobody meant stays here: it could hold anything. */
export function problemOf(error: unknown): Problem {
  if (isDatabaseAway(error)) return of("database-gone", { detail: "the control database does not answer" });
  if (!(error instanceof GantryError)) return of("internal", {});
  const problems = error.problems.map(({ path, message }) => ({ path, message }));
  return of(error.code, {
    detail: String(withoutSecrets(error.message)),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(problems.length === 0 ? {} : { problems }),
  });
}

function of(code: string, more: Partial<Problem>): Problem {
  const row = Object.hasOwn(errorTable, code) ? errorTable[code] : undefined;
  return { type: `urn:gantry:error:${code}`, title: row?.title ?? code, status: row?.http ?? 422, code, ...more };
}

const mostIssues = 20;

/** What does not have the form that the table asks for. */
export function malformed(what: "query" | "body" | "path", { issues }: Pick<z.ZodError, "issues">): UserError {
  const problems = issues.slice(0, mostIssues).map(({ path, message }) => ({
    code: "usage",
    severity: "error" as const,
    path: path.map(String).join("."),
    places: [],
    message,
  }));
  return new UserError(
    "usage",
    `the ${what} is not as it has to be: ${problems[0]?.path ?? ""} ${problems[0]?.message ?? ""}`.trim(),
    {
      problems,
    },
  );
}
