import type { Place, Problem } from "./problem.ts";

export type ErrorOptions = {
  readonly hint?: string;
  readonly places?: readonly Place[];
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
};

/** What every deliberate failure of Gantry is. Subclasses say how it is to be handled, `code` says which one it is. */
export class GantryError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly places: readonly Place[];
  readonly problems: readonly Problem[];

  constructor(code: string, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
    this.places = options.places ?? [];
    this.problems = options.problems ?? [];
  }
}

/** The input is wrong: the user mends it and calls again. */
export class UserError extends GantryError {}

/** The world is not as the caller thought: they look again, and may then do it. */
export class ConflictError extends GantryError {}
