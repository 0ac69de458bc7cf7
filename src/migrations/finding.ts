/** As Postgres numbers them, the weakest first: each is in the way of at least what those before it are in the way of. */
export const lockModes = [
  "ACCESS SHARE",
  "ROW SHARE",
  "ROW EXCLUSIVE",
  "SHARE UPDATE EXCLUSIVE",
  "SHARE",
  "SHARE ROW EXCLUSIVE",
  "EXCLUSIVE",
  "ACCESS EXCLUSIVE",
] as const;

export type LockMode = (typeof lockModes)[number];

export type Lock = {
  /** Schema-qualified where the statement says so. */
  readonly relation: string;
  readonly mode: LockMode;
  /** How long it is held, beyond the rest of its transaction. */
  readonly lasts: "instant" | "scan" | "rewrite" | "build" | "unknown";
};

export type FindingSeverity = "error" | "warning" | "advice";

export type FindingPlace = { readonly line: number; readonly column: number; readonly offset: number };

export type SafeStep = {
  readonly title: string;
  readonly sql: string;
  readonly inTransaction: boolean;
  readonly release: "this" | "next";
};

/** The safe way, as SQL ready to paste. */
export type SafeWay = { readonly steps: readonly SafeStep[] };

export type Finding = {
  /** Stable, kebab-case. */
  readonly rule: string;
  readonly severity: FindingSeverity;
  readonly file: string;
  readonly from: FindingPlace;
  readonly to: FindingPlace;
  /** One sentence: what happens. */
  readonly says: string;
  readonly locks: readonly Lock[];
  readonly rewrites: readonly string[];
  readonly why: string;
  /** Absent where there is none, and `why` says so. */
  readonly safe?: SafeWay;
};
