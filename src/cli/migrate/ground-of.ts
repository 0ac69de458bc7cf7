import { UserError } from "../../lib/errors.ts";
import type { Folder } from "../../migrations/files/folder.ts";
import { readFolder } from "../../migrations/files/read-folder.ts";
import { applyMigrations } from "../../migrations/run/apply.ts";
import { placeOfUrl } from "../../migrations/run/connect.ts";
import { revertMigrations } from "../../migrations/run/down.ts";
import { planDown, planUp } from "../../migrations/run/dry-run.ts";
import type { Limits } from "../../migrations/run/limits.ts";
import { asReadOnly, standOf } from "../../migrations/run/status.ts";
import type { Given } from "../command.ts";
import type { Ground } from "./ground.ts";
import { folderOf, limitsOf, textOf, toolOf } from "./options.ts";

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
