import type { UserError } from "../../lib/errors.ts";

/** What could not be read, for programs. */
export function unreadDocument({ code, message, hint, places }: UserError): object {
  return { code, message, hint: hint ?? null, places };
}
