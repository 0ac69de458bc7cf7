import type { Labels } from "../../signals/series.ts";

/** A value as it is at the moment it was looked at. */
export type Reading = { readonly name: string; readonly labels: Labels; readonly value: number };

/** Looks at something that is not a request. What cannot be told just now is left out: a gap is no value. */
export type Watcher = {
  readonly name: string;
  readonly everyMs: number;
  look(): Promise<readonly Reading[]>;
  /** What went wrong though there are readings. */
  problems?(): readonly string[];
};
