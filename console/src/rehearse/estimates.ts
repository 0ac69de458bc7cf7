import type { RehearsalCase } from "../live/views.ts";

type Told = RehearsalCase["summary"]["healthy"];
export type Estimate = { readonly value: number; readonly from: number; readonly to: number };

/** In JSON an end that is not known is `null`. */
export function estimateOf({ value, from, to }: Told): Estimate {
  return { value: value ?? Number.NaN, from: from ?? -Infinity, to: to ?? Infinity };
}
