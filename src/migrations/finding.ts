export type Lock = {
  /** Schema-qualified where the statement says so. */
  readonly relation: string;
  readonly mode:
    | "ACCESS SHARE"
    | "ROW SHARE"
    | "ROW EXCLUSIVE"
    | "SHARE UPDATE EXCLUSIVE"
    | "SHARE"
    | "SHARE ROW EXCLUSIVE"
    | "EXCLUSIVE"
    | "ACCESS EXCLUSIVE";
  /** How long it is held, beyond the rest of its transaction. */
  readonly lasts: "instant" | "scan" | "rewrite" | "build" | "unknown";
};
export type Finding = {
  /** Stable, kebab-case. */
  readonly rule: string;
  readonly severity: "error" | "warning" | "advice";
  readonly file: string;
  readonly from: { readonly line: number; readonly column: number; readonly offset: number };
  readonly to: { readonly line: number; readonly column: number; readonly offset: number };
  /** One sentence: what happens. */
  readonly says: string;
  readonly locks: readonly Lock[];
  readonly rewrites: readonly string[];
  readonly why: string;
  /** The safe way, as SQL ready to paste; absent where there is none, and `why` says so. */
  readonly safe?: {
    readonly steps: readonly {
      readonly title: string;
      readonly sql: string;
      readonly inTransaction: boolean;
      readonly release: "this" | "next";
    }[];
  };
};
