import type { UserError } from "../../lib/errors.ts";
import type { Migration } from "../migration.ts";
import type { FolderFile, Refuse } from "./folder-files.ts";

export type Tool = "sql" | "alembic" | "sqlx" | "prisma" | "dbmate" | "flyway";

export type Folder = {
  readonly folder: string;
  readonly tool: Tool;
  /** In the order in which they run. */
  readonly migrations: readonly Migration[];
  /** What is odd and does not stop anything: a gap, a way back without a way there, a file that nobody reads. */
  readonly notes: readonly Note[];
};

/** A folder as somebody sees it who runs nothing: what is wrong with one file does not keep the others from being seen. */
export type Look = Folder & {
  /** SQL that the folder's tool runs at other times. */
  readonly beside: readonly Migration[];
  /** What is wrong, and no problem of any migration's text. */
  readonly problems: readonly UserError[];
  /** The whole file that a text is part of. */
  readonly wholeOf: (file: string) => string | undefined;
};

export type Note = { readonly file: string; readonly says: string };

export type Read = {
  readonly migrations: readonly Migration[];
  readonly notes: readonly Note[];
  /** For whoever looks: no runner of ours reads it. */
  readonly beside?: () => readonly Migration[];
};

/** Reads the files of a tool's folder. */
export type Reader = (files: readonly FolderFile[], folder: string, refuse: Refuse) => Read;
