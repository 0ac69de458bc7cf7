/** What is told while migrations run: for people who wait, and for a record. */
export type MigrateEvent =
  /** Another runner is at it; this one waits. */
  | { readonly event: "waiting-turn"; readonly holder?: string }
  | { readonly event: "restore-point"; readonly name: string; readonly lsn?: string; readonly because?: string }
  | { readonly event: "note"; readonly migration?: string; readonly says: string }
  | { readonly event: "began"; readonly migration: string }
  /** Somebody holds what it needs; it gave up its place in the queue and tries again. */
  | {
      readonly event: "locked-out";
      readonly migration: string;
      readonly attempt: number;
      readonly nextMs: number;
      readonly holder?: string;
    }
  | { readonly event: "index-dropped"; readonly migration: string; readonly index: string }
  | {
      readonly event: "backfilled";
      readonly migration: string;
      /** Rows changed so far, and rows looked at, of about so many. */
      readonly changed: number;
      readonly seen: number;
      readonly of: number;
      readonly batch: number;
      readonly waiters: number;
    }
  | { readonly event: "throttled"; readonly migration: string; readonly because: string }
  | { readonly event: "applied"; readonly migration: string; readonly ms: number }
  | { readonly event: "reverted"; readonly migration: string; readonly ms: number };

export type Tell = (event: MigrateEvent) => void;
