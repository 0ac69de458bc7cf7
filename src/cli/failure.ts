import { exitStatusOf } from "../lib/error-table.ts";
import { GantryError } from "../lib/errors.ts";
import { placeText } from "../lib/problem.ts";
import { printable, printableLines } from "../lib/text.ts";
import { refusalOf } from "../system/usable.ts";
import { problemsText } from "./print-problems.ts";
import type { Colours } from "./terminal.ts";

/** A failure that a person can do something about, be it Gantry or the system that refuses; undefined for a mistake of Gantry's own. */
export function knownFailure(error: unknown): GantryError | undefined {
  return error instanceof GantryError ? error : refusalOf(error);
}

export function statusOf(known: GantryError | undefined): number {
  return exitStatusOf(known?.code ?? "internal");
}

/** What a program reads of a failure. */
export function failureDocument(known: GantryError | undefined): object {
  const { code = "internal", message = "an error in Gantry itself", hint = null, problems = [] } = known ?? {};
  return { ok: false, error: { code, message, hint }, problems };
}

/** What a person reads of it. */
export function failureText(error: unknown, known: GantryError | undefined, colours: Colours, most: number): string {
  if (known && known.problems.length > 0) return problemsText(known.problems, colours, most);
  const told = (message: string, hint?: string) =>
    `${colours.red("error")} ${message}\n${hint ? `  ${colours.cyan("→")} ${hint}\n` : ""}`;
  if (!known)
    return told(
      `this is a mistake in Gantry itself: ${printable(error instanceof Error ? error.message : String(error))}`,
      "please report it, with what --debug shows",
    );
  const places = known.places.map((place) => colours.dim(`  at ${placeText(place)}\n`)).join("");
  return told(printableLines(known.message), known.hint === undefined ? undefined : printableLines(known.hint)) + places;
}

/** The stack of what went wrong, of its cause where that says more. */
export function stackOf(error: unknown): string {
  return (error instanceof Error && (error.cause instanceof Error ? error.cause.stack : error.stack)) || String(error);
}
