import type { Place } from "../lib/problem.ts";

// Where the values of an environment were written, as the command line sends it beside the environment: a server knows resolved data alone.

/** Of the values that have none in them, by their path. */
export type SentOrigins = Readonly<Record<string, SentOrigin>>;

export type SentOrigin = { readonly from: Layer; readonly overrode: readonly (Layer & { readonly value: unknown })[] };

type Layer = { readonly layer: string; readonly why?: string; readonly place?: Place };
