import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { shown } from "../../lib/text.ts";
import type { Stand, Standing } from "../../migrations/run/status.ts";
import { namedApi, serverNamed } from "../api.ts";
import type { Given } from "../command.ts";
import { oneOf, whatRuns } from "../running.ts";
import type { Ground } from "./ground.ts";
import { textOf } from "./options.ts";

/** A database of an environment that runs elsewhere: where it stands can be read. What changes it is done where its files are. */
export async function remoteGround(given: Given): Promise<Pick<Ground, "database" | "folder" | "status">> {
  const running = await whatRuns(given);
  const { product } = running;
  const environment = oneOf(running, textOf(given.options["env"]));
  const { api } = namedApi(serverNamed(given) ?? "");
  const params = { product, environment };
  const { items } = await api("GET /v1/products/{product}/environments/{environment}/migrations", { params });
  const names = items.map(({ database }) => database);
  const said = textOf(given.options["database"]);
  const found = said === undefined && items.length === 1 ? items[0] : items.find(({ database }) => database === said);
  if (found === undefined)
    throw new UserError(
      "usage",
      names.length === 0
        ? `${environment} has no database with migrations`
        : said === undefined
          ? "say which database is meant"
          : `${environment} has no database ${shown(said)} with migrations`,
      { hint: (said === undefined ? undefined : didYouMean(said, names)) ?? `--database ${names.join(" | ")}` },
    );
  const { database, folder, tool = "", migrations, histories, notes, problem } = found;
  if (problem !== undefined) throw new UserError(problem.code, problem.detail);
  return {
    database: `${database} of ${environment}`,
    folder,
    status: () =>
      Promise.resolve({ migrations: migrations as readonly Standing[], histories: histories as Stand["histories"], tool, notes }),
  };
}
