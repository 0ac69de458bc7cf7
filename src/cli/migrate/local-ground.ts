import path from "node:path";
import { GantryError, UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { shown } from "../../lib/text.ts";
import type { Migrated } from "../../migrations/run/apply.ts";
import type { Reverted } from "../../migrations/run/down.ts";
import type { MigrateEvent } from "../../migrations/run/events.ts";
import type { Planned } from "../../migrations/run/status.ts";
import type { Environment } from "../../spec/environment.ts";
import { serverNamed } from "../api.ts";
import type { Given } from "../command.ts";
import { localPlatform, requireServer } from "../platform.ts";
import { chooseEnvironment, readSoundSpec, switchesOf } from "../read-spec.ts";
import { onlyHere } from "../remote/elsewhere.ts";
import { whoAsks } from "../who.ts";
import type { Ground, Run } from "./ground.ts";
import { limitsOf, textOf } from "./options.ts";

type Line<T> = { readonly kind: "event"; readonly event: MigrateEvent } | { readonly kind: "done"; readonly answer: T };

/** The server of this machine's platform does it: it knows the accounts, and no password leaves it. */
export async function localGround(given: Given): Promise<Ground> {
  const server = serverNamed(given);
  if (server !== undefined) throw onlyHere(server, "changing a database by hand");
  const spec = await readSoundSpec(given);
  const environment = chooseEnvironment(spec, String(given.options["env"]), switchesOf(given));
  const name = databaseOf(environment, textOf(given.options["database"]));
  const platform = localPlatform(spec.file);
  await requireServer(platform);
  const limits = limitsOf(given);

  async function ask<T>(verb: string, more: object = {}, run?: Run): Promise<T> {
    const body = { environments: [environment], root: platform.place.root, database: name, verb, limits, ...more };
    try {
      for await (const line of platform.send<Line<T>>("/v1/migrate", body, run?.signal)) {
        if (line.kind === "done") return line.answer;
        run?.tell(line.event);
      }
    } catch (error) {
      if (run?.signal.aborted === true)
        throw new GantryError("interrupted", "interrupted: gantry migrate status says where it stands", { cause: error });
      throw error;
    }
    throw new GantryError("not-reachable", "the server has gone in the middle", {
      hint: "gantry migrate status says where it stands",
    });
  }

  return {
    database: `${name} of ${environment.environment}`,
    folder: path.join(platform.place.root, hereOf(environment, name)),
    status: () => ask("status"),
    planUp: (to) => ask<readonly Planned[]>("plan-up", { to }),
    planDown: (back) => ask<readonly Planned[]>("plan-down", { back }),
    up: (to, run, forced) => ask<Migrated>("up", { to, ...forced, ...whoAsks(given) }, run),
    down: (back, run) => ask<Reverted>("down", { back }, run),
  };
}

function databaseOf({ environment, resources }: Environment, said: string | undefined): string {
  const names = Object.entries(resources).flatMap(([name, one]) =>
    one.kind === "postgres" && one.migrations !== undefined ? [name] : [],
  );
  const [first, second] = names;
  if (said !== undefined) {
    if (names.includes(said)) return said;
    throw new UserError("usage", `${environment} has no database ${shown(said)} with migrations`, {
      hint: didYouMean(said, names) ?? `one of: ${names.join(", ")}`,
    });
  }
  if (first !== undefined && second === undefined) return first;
  throw new UserError(
    "usage",
    first === undefined ? `${environment} has no database with migrations` : "say which database is meant",
    {
      hint: first === undefined ? "migrations of a postgres in the spec" : `--database ${names.join(" | ")}`,
    },
  );
}

function hereOf({ resources }: Environment, name: string): string {
  const one = resources[name];
  const migrations = one?.kind === "postgres" ? one.migrations : undefined;
  return migrations?.here ?? migrations?.folder ?? "";
}
