import type { LoadResult } from "./drive.ts";
import type { Verdict } from "./expectation.ts";

/** What came of a load; plain data. */
export type LoadReport = LoadResult & {
  readonly product: string;
  readonly environment: string;
  readonly service: string;
  /** The exercise of the spec that it was, and what of it cannot be asserted. */
  readonly exercise?: string;
  readonly notAsserted?: readonly string[];
  readonly rate: string;
  readonly seed: number;
  readonly isWhole: boolean;
  /** By alert: how many milliseconds after the beginning it was first seen firing. */
  readonly firing: Readonly<Record<string, number>>;
  readonly replicas: readonly { readonly atMs: number; readonly service: string; readonly ready: number }[];
  readonly missedLooks: { readonly looks: number; readonly because?: string };
  readonly verdicts: readonly Verdict[];
};
