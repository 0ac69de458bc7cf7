import { UserError } from "../lib/errors.ts";
import type { Environment } from "../spec/environment.ts";

/** What comes was resolved and checked by the command line; that it is an environment at all is looked at here. */
export function environmentsOf(given: unknown): readonly Environment[] {
  if (!Array.isArray(given) || given.length === 0) throw new UserError("usage", "no environment was sent");
  for (const one of given as readonly Partial<Environment>[])
    if (
      typeof one?.product !== "string" ||
      typeof one.environment !== "string" ||
      typeof one.services !== "object" ||
      one.schemaVersion !== 1
    )
      throw new UserError("usage", "what was sent is no resolved environment", {
        hint: "send what gantry show <env> --json prints",
      });
  return given as readonly Environment[];
}
