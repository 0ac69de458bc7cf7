import type { Environment } from "../../spec/environment.ts";
import type { Plan } from "../plan.ts";
import type { Change } from "../release.ts";

export type CompileOptions = {
  /** How many times faster than written the spans of policies pass. */
  readonly speed: number;
};

/** What an environment says of releases, as steps. */
export function compilePlan(_environment: Environment, _changes: readonly Change[], _options: CompileOptions): Plan {
  throw new TypeError("not yet");
}
