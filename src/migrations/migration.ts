import type { UserError } from "../lib/errors.ts";

/** One migration as its folder holds it. */
export type Migration = {
  /** What orders it: a number, a timestamp, a revision. */
  readonly id: string;
  /** What its tool records. */
  readonly name: string;
  readonly up: MigrationText;
  readonly down?: MigrationText;
};

export type MigrationText = {
  readonly file: string;
  readonly sql: string;
  /** Where this text begins in its file, in UTF-16 units: two may share a file. */
  readonly startsAt: number;
  readonly sha256: string;
  /** False where it says that it runs outside of a transaction. */
  readonly inTransaction: boolean;
  /** Why it cannot be run, where somebody only looks: it may be empty then. */
  readonly problem?: UserError;
};
