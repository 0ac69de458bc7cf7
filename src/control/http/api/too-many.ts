import { GantryError } from "../../../lib/errors.ts";

/** Somebody is to come back later. */
export class TooMany extends GantryError {
  readonly afterS: number;

  constructor(message: string, afterS: number) {
    super("too-many", message, { hint: `come back in ${afterS} s` });
    this.afterS = afterS;
  }
}

export function tooMany(waitMs: number): TooMany {
  return new TooMany("this is asked too often", Math.max(1, Math.ceil(waitMs / 1_000)));
}
