import type { UserError } from "../../lib/errors.ts";
import type { Note } from "../../migrations/files/folder.ts";
import type { Migration, MigrationText } from "../../migrations/migration.ts";

/** Migrations in one order, as somebody sees them who runs none. */
export type Migrations = {
  readonly folder: string;
  readonly migrations: readonly Migration[];
  /** The version that the spec says. */
  readonly version?: number | undefined;
  /** What is named by itself. The others are there to be known. */
  readonly isAsked?: (text: MigrationText) => boolean;
  /** What is wrong with the folder, and with no migration. */
  readonly problems: readonly UserError[];
  /** What of the folder is not looked at, and why. */
  readonly notes: readonly Note[];
  readonly wholeOf: (file: string) => string | undefined;
};
