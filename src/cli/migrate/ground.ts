import { UserError } from "../../lib/errors.ts";
import type { Folder, Note } from "../../migrations/files/folder.ts";
import { readFolder } from "../../migrations/files/read-folder.ts";
import { type Migrated, applyMigrations } from "../../migrations/run/apply.ts";
import { placeOfUrl } from "../../migrations/run/connect.ts";
import { type Back, type Reverted, revertMigrations } from "../../migrations/run/down.ts";
import { planDown, planUp } from "../../migrations/run/dry-run.ts";
import type { Tell } from "../../migrations/run/events.ts";
import type { Limits } from "../../migrations/run/limits.ts";
import { type Planned, type Stand, asReadOnly, standOf } from "../../migrations/run/status.ts";
import type { Given } from "../command.ts";
import { folderOf, limitsOf, textOf, toolOf } from "./options.ts";

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

export async function groundOf(given: Given): Promise<Ground> {
  if (textOf(given.options["env"]) !== undefined) return (await import("./local-ground.ts")).localGround(given);
  const said = textOf(given.options["database"]);
  const url = said ?? process.env["DATABASE_URL"];
  if (url === undefined || url === "")
    throw new UserError("usage", "say which database is meant", {
      hint: "--database postgres://…, DATABASE_URL, or --env for one that runs here",
    });
  if (said !== undefined && !said.includes("://"))
    throw new UserError("usage", "--database wants a URL here", { hint: "postgres://user@host/database; a name is for --env" });
  return urlGround(url, readFolder(folderOf(given), toolOf(given)), limitsOf(given));
}

function urlGround(url: string, { folder, tool, migrations, notes }: Folder, limits: Limits): Ground {
  return {
    database: placeOfUrl(url),
    folder,
    status: async () => ({ ...(await asReadOnly(url, (client) => standOf(client, migrations))), tool, notes }),
    planUp: (to) => planUp(url, migrations, { to }),
    planDown: (back) => planDown(url, migrations, { back }),
    up: (to, run) => applyMigrations({ url, migrations, to, limits, ...run }),
    down: (back, run) => revertMigrations({ url, migrations, back, limits, ...run }),
  };
}
