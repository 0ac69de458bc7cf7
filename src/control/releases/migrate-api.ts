import path from "node:path";
import { GantryError, UserError } from "../../lib/errors.ts";
import { shown } from "../../lib/text.ts";
import { readFolder } from "../../migrations/files/read-folder.ts";
import { upTo } from "../../migrations/run/apply.ts";
import { type Back, revertMigrations } from "../../migrations/run/down.ts";
import { planDown, planUp } from "../../migrations/run/dry-run.ts";
import type { MigrateEvent } from "../../migrations/run/events.ts";
import { type Limits, usualLimits } from "../../migrations/run/limits.ts";
import { asReadOnly, standOf } from "../../migrations/run/status.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Asked, Endpoint } from "../../system/json-server.ts";
import type { Control } from "../control.ts";
import { environmentsOf } from "../environments-of.ts";
import { textOf } from "../watching/watched-in.ts";
import { actorOf } from "./actor-of.ts";
import { refuseFrozen } from "./begin.ts";
import { refuseNeeded, withStops } from "./by-hand.ts";
import { databaseOf } from "./databases.ts";
import { rowOf } from "./make-release.ts";

// Migrations of an environment's database apart from a release: its accounts are known here, and no password leaves the server.

export function migrateApi(control: Control): readonly Endpoint[] {
  return [
    {
      method: "POST",
      path: "/v1/migrate",
      async answer(given) {
        given.line({ kind: "done", answer: await answerTo(control, given) });
      },
    },
  ];
}

async function answerTo(control: Control, { body, line, signal }: Asked): Promise<unknown> {
  const { platform } = control;
  const [environment] = environmentsOf([...((body["environments"] ?? []) as readonly unknown[])]);
  if (environment === undefined) throw new UserError("usage", "a database is one of an environment");
  const key = environment.environment;
  await rowOf(platform, environment.product, key);
  const name = textOf(body, "database");
  const verb = textOf(body, "verb");
  const root = textOf(body, "root");
  const folder = folderOf(environment, name, root, verb);
  const database = await databaseOf(platform, { environment: key }, { environment, root }, name);
  if (database === undefined) throw new UserError("no-database", `${shown(name)} is no database of ${key}`);
  const { url, owner } = database;
  const to = typeof body["to"] === "string" ? body["to"] : undefined;
  const back = backOf(body["back"]);
  const by = actorOf(body["by"], platform.actor);
  const forced =
    body["force"] === true ? { by, reason: typeof body["reason"] === "string" ? body["reason"] : undefined } : undefined;
  const openNow = async () => {
    const { migrations } = await asReadOnly(url, (client) => standOf(client, folder.migrations), owner);
    const done = new Set(migrations.filter(({ is }) => is !== "open").map((one) => one.name));
    return upTo(folder.migrations, to).filter((one) => !done.has(one.name));
  };
  const run = { limits: limitsOf(body["limits"]), signal, tell: (event: MigrateEvent) => line({ kind: "event", event }) };
  switch (verb) {
    case "status":
      return {
        ...(await asReadOnly(url, (client) => standOf(client, folder.migrations), owner)),
        tool: folder.tool,
        notes: folder.notes,
      };
    case "plan-up":
      return withStops(platform, environment, {
        resource: name,
        open: await openNow(),
        planned: await planUp(url, folder.migrations, { to, role: owner }),
      });
    case "plan-down":
      return planDown(url, folder.migrations, { back, role: owner });
    case "up":
      await refuseFrozen(control, environment, key, "migrate");
      await refuseNeeded(platform, environment, { resource: name, open: await openNow(), forced });
      return database.migrate({ migrations: folder.migrations, to, ...run });
    case "down":
      await refuseFrozen(control, environment, key, "migrate");
      return revertMigrations({ url, role: owner, migrations: folder.migrations, back, ...run });
    default:
      throw new UserError("usage", `migrations know no ${shown(verb)}`);
  }
}

/** Where every database of an environment stands that has migrations; one that cannot tell does not hide the others. */
export async function standings({ platform }: Pick<Control, "platform">, product: string, key: string) {
  const environment = (await rowOf(platform, product, key)).data as Environment;
  const { root } = platform.place;
  const inRoot = (file: string) => path.relative(root, file).split(path.sep).join("/");
  const names = Object.entries(environment.resources).filter(
    ([, one]) => one.kind === "postgres" && one.migrations !== undefined,
  );
  const found = [];
  for (const [name] of names) {
    const none = { database: name, folder: "", open: 0, migrations: [], histories: [], notes: [] };
    try {
      const { folder, tool, migrations, notes } = folderOf(environment, name, root, "status");
      const database = await databaseOf(platform, { environment: key }, { environment, root }, name);
      if (database === undefined) continue;
      const stand = await asReadOnly(database.url, (client) => standOf(client, migrations), database.owner);
      found.push({
        database: name,
        folder: inRoot(folder),
        tool,
        open: stand.migrations.filter(({ is }) => is === "open").length,
        migrations: stand.migrations.map((one) => ({ ...one, ...(one.file === undefined ? {} : { file: inRoot(one.file) }) })),
        histories: stand.histories,
        notes: notes.map((one) => ({ ...one, file: inRoot(one.file) })),
      });
    } catch (error) {
      if (!(error instanceof GantryError)) throw error;
      found.push({ ...none, problem: { code: error.code, detail: error.message } });
    }
  }
  return found;
}

/** What is applied here are the files of `here`; those of `folder` are its own tool's to run, and ours to look at. */
function folderOf(environment: Environment, name: string, root: string, verb: string) {
  const resource = environment.resources[name];
  const migrations = resource?.kind === "postgres" ? resource.migrations : undefined;
  if (migrations === undefined)
    throw new UserError("no-migrations", `the spec says nothing of migrations of ${shown(name)}`, {
      hint: "migrations of the postgres",
    });
  const { here, folder, tool, apply } = migrations;
  if (here !== undefined) return readFolder(path.join(root, here));
  if (apply !== undefined && verb !== "status")
    throw new UserError("other-history", `${name} is migrated by a command of its own: ${apply}`, {
      hint: "a release runs it with DATABASE_URL; gantry migrate status shows what it has done",
    });
  return readFolder(path.join(root, folder), tool);
}

function backOf(given: unknown): Back {
  const { to, steps } = (given ?? {}) as { readonly to?: unknown; readonly steps?: unknown };
  return typeof to === "string"
    ? { to }
    : { steps: typeof steps === "number" && Number.isInteger(steps) && steps > 0 ? steps : 1 };
}

function limitsOf(given: unknown): Limits {
  const said = (given ?? {}) as Readonly<Record<string, unknown>>;
  const numbers = Object.entries(usualLimits).map(([name, usual]): [string, number] => {
    const value = said[name];
    return [name, typeof value === "number" && Number.isFinite(value) && value >= 0 && value <= 86_400_000 ? value : usual];
  });
  return Object.fromEntries(numbers) as Limits;
}
