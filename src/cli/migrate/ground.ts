import type { Note } from "../../migrations/files/folder.ts";
import type { Migrated } from "../../migrations/run/apply.ts";
import type { Back, Reverted } from "../../migrations/run/down.ts";
import type { Tell } from "../../migrations/run/events.ts";
import type { Planned, Stand } from "../../migrations/run/status.ts";

/** A database with its migrations: one that anybody has, or one of an environment that runs here. */
export type Ground = {
  /** How it is called, without what nobody is to see. */
  readonly database: string;
  readonly folder: string;
  readonly status: () => Promise<Stand & { readonly tool: string; readonly notes: readonly Note[] }>;
  readonly planUp: (to: string | undefined) => Promise<readonly Planned[]>;
  readonly planDown: (back: Back) => Promise<readonly Planned[]>;
  readonly up: (to: string | undefined, run: Run, forced?: Forced) => Promise<Migrated>;
  readonly down: (back: Back, run: Run) => Promise<Reverted>;
};

export type Run = { readonly tell: Tell; readonly signal: AbortSignal };

/** Said by whoever runs it all the same, where an environment would rather wait. */
export type Forced = { readonly force: true; readonly reason?: string };
