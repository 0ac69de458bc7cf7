import { GantryError } from "../../../lib/errors.ts";

/** Somebody is to come back later. */
export class Later extends GantryError {
  readonly afterS: number;

  constructor({ code, message, afterS, cause }: Pick<GantryError, "code" | "message" | "cause"> & { readonly afterS: number }) {
    super(code, message, { hint: `come back in ${afterS} s`, cause });
    this.afterS = afterS;
  }
}

export function tooMany(waitMs: number): Later {
  return new Later({ code: "too-many", message: "this is asked too often", afterS: Math.max(1, Math.ceil(waitMs / 1_000)) });
}

/** Between two holders there are moments. What was asked may have been begun: only with an `Idempotency-Key` may it be said again blindly. */
export function nobodyHolds(cause?: unknown): Later {
  const message = "no server has the platform of this machine just now: another is taking it over";
  return new Later({ code: "no-holder", message, afterS: 1, cause });
}
