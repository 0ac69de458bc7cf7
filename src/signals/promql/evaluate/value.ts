import type { Labels } from "../../series.ts";

export type VectorSample = { readonly labels: Labels; readonly value: number };
export type Vector = readonly VectorSample[];

/** A series of what came out; times in milliseconds since 1970. */
export type Series = { readonly labels: Labels; readonly times: readonly number[]; readonly values: readonly number[] };
export type Matrix = readonly Series[];

/** What an expression gives at one moment. A matrix comes only of a range or subquery that no function is over. */
export type Value =
  | { readonly kind: "scalar"; readonly value: number }
  | { readonly kind: "vector"; readonly vector: Vector }
  | { readonly kind: "matrix"; readonly matrix: Matrix }
  | { readonly kind: "string"; readonly value: string };
