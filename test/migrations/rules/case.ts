import type { Lock } from "../../../src/migrations/finding.ts";
import type { PostgresVersion } from "../../../src/migrations/rules/rule.ts";

/** One migration, and all that the linter says of it: every rule has one that it finds and one that it leaves alone. */
export type RuleCase = {
  /** The rule that it is about. */
  readonly rule: string;
  readonly says: string;
  /** What is there before, of an earlier release: runs on an empty database. */
  readonly before?: string;
  /** The migration. It runs behind `before`, but where `fails` says so. */
  readonly sql: string;
  readonly inTransaction?: false;
  /** It does not run, as the finding says: Postgres refuses it, or the runner. */
  readonly fails?: true;
  /** All of 15 to 18 unless it says otherwise. */
  readonly versions?: readonly PostgresVersion[];
  /** Nothing for a good one. */
  readonly finds: readonly Expected[];
};

export type Expected = {
  readonly rule: string;
  /** The source at the place of the finding. */
  readonly at: string;
  /** What `pg_locks` shows of the relations while the statement is done and its transaction still open. */
  readonly locks: readonly Lock[];
  /** Whose `relfilenode` is another one afterwards. */
  readonly rewrites?: readonly string[];
  /** The SQL of each step, which runs behind `before` in this order instead of the migration. */
  readonly safe?: readonly string[];
};
