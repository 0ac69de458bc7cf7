import type { Migration } from "../migration.ts";

export type Tool = "sql" | "alembic" | "sqlx" | "prisma" | "dbmate" | "flyway";

export type Folder = {
  readonly folder: string;
  readonly tool: Tool;
  /** In the order in which they run. */
  readonly migrations: readonly Migration[];
  /** What is odd and does not stop anything: a gap, a way back without a way there, a file that nobody reads. */
  readonly notes: readonly Note[];
};

export type Note = { readonly file: string; readonly says: string };

export type Read = { readonly migrations: readonly Migration[]; readonly notes: readonly Note[] };
