import { createHash } from "node:crypto";
import { UserError } from "../../../lib/errors.ts";
import { copyDatabase, markOf, sessionsOn } from "./clone.ts";
import { rowsOf, withClient, type Client } from "../../../migrations/run/connect.ts";
import { copyRows } from "./copy-rows.ts";
import { asAdministrator, checkedName, exists, templateName } from "./databases.ts";
import { identifier, literal } from "../../../migrations/run/identifier.ts";
import { applyMigrations } from "../../../migrations/run/apply.ts";
import { appliedMigrations } from "../../../migrations/run/records.ts";
import { ownRole } from "./roles.ts";
import type { PostgresServer } from "./server.ts";

export type TemplateOptions = {
  /** The database of an environment; its services may be connected, and do not notice. */
  readonly from: string;
  /** Who owns what is in it. */
  readonly owner: string;
  /** The folder that its tables come from. Only needed while it is in use. */
  readonly migrations?: string;
};

export type Template = {
  readonly template: string;
  /** `files`: nobody was connected, and files were copied. `rows`: made by the same migrations and filled from one snapshot. */
  readonly by: "files" | "rows" | "there";
};

/**
 * A copy of a database as it is now, from which previews are cloned. Postgres copies no database in use, and lets nobody in while it
 * copies; so one in use is made a second time and filled with the rows. A new template takes the old one's place when it is whole.
 */
export async function prepareTemplate(server: PostgresServer, options: TemplateOptions): Promise<Template> {
  return asAdministrator(server, (client) => prepare(client, server, options));
}

/** The template of a database: the one there, unless the database has had other migrations since. */
export async function ensureTemplate(server: PostgresServer, options: TemplateOptions): Promise<Template> {
  return asAdministrator(server, async (client) => {
    const template = templateName(options.from);
    const [there] = await rowsOf<{ mark: string | null }>(client, markOf, [template]);
    if (there && there.mark === markFor(await migrationsOf(server, options.from))) return { template, by: "there" };
    return prepare(client, server, options);
  });
}

async function prepare(client: Client, server: PostgresServer, { from, owner, migrations }: TemplateOptions): Promise<Template> {
  checkedName(from);
  if (!(await exists(client, from))) {
    throw new UserError("no-database", `there is no database ${from}`, { hint: "bring the environment up first" });
  }
  const template = templateName(from);
  const next = identifier(`${template}.new`);
  await client.query(`DROP DATABASE IF EXISTS ${next} WITH (FORCE)`);
  const applied = await migrationsOf(server, from);
  const by = (await unused(client, from)) ? "files" : "rows";
  if (by === "files") await copyDatabase(client, server, { from, to: `${template}.new` });
  else await rebuild(client, server, { from, to: `${template}.new`, owner, migrations, applied });
  await client.query(`COMMENT ON DATABASE ${next} IS ${literal(markFor(applied))}`);
  // Not even a superuser may look into it: nobody could clone it meanwhile.
  await client.query(`ALTER DATABASE ${next} ALLOW_CONNECTIONS false`);
  await client.query(`DROP DATABASE IF EXISTS ${identifier(template)} WITH (FORCE)`);
  await client.query(`ALTER DATABASE ${next} RENAME TO ${identifier(template)}`);
  return { template, by };
}

const unused = async (client: Client, database: string): Promise<boolean> => (await sessionsOn(client, database)) === 0;

type Applied = Awaited<ReturnType<typeof appliedMigrations>>;

const migrationsOf = (server: PostgresServer, database: string): Promise<Applied> =>
  withClient(server.superuserUrl(database), appliedMigrations);

const markFor = (applied: Applied): string =>
  `a template made by gantry ${createHash("sha256").update(JSON.stringify(applied)).digest("hex")}`;

type Rebuild = {
  readonly from: string;
  readonly to: string;
  readonly owner: string;
  readonly migrations: string | undefined;
  readonly applied: Applied;
};

const extensionsOf = "SELECT extname AS name FROM pg_extension WHERE extname <> 'plpgsql'";

async function rebuild(client: Client, server: PostgresServer, { from, to, owner, migrations, applied }: Rebuild): Promise<void> {
  if (migrations === undefined) {
    throw new UserError("database-in-use", `${from} is in use, and only what migrations made can be copied meanwhile`, {
      hint: "say where its migrations are, or end the sessions on it",
    });
  }
  const name = identifier(to);
  const ownerName = ownRole(owner);
  await client.query(`CREATE DATABASE ${name} TEMPLATE template0 CONNECTION LIMIT 0`);
  await client.query(`GRANT CREATE ON DATABASE ${name} TO ${ownerName}`);
  const extensions = await withClient(server.superuserUrl(from), (source) => rowsOf<{ name: string }>(source, extensionsOf));
  await withClient(server.superuserUrl(to), async (inside) => {
    await inside.query(`ALTER SCHEMA public OWNER TO ${ownerName}`);
    for (const extension of extensions)
      await inside.query(`CREATE EXTENSION IF NOT EXISTS ${identifier(extension.name)} CASCADE`);
  });
  const only = applied.map((one) => one.name);
  const made = await applyMigrations({ url: server.superuserUrl(to), migrations, role: owner, only });
  const missing = only.filter((one) => !made.applied.includes(one));
  if (missing.length > 0) {
    throw new UserError("no-migrations", `${from} has had ${missing.join(", ")}, which ${migrations} does not hold`, {
      hint: "take the commit from which it was migrated, or end the sessions on it",
    });
  }
  await copyRows(server, { from, to });
}
