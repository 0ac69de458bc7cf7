import path from "node:path";
import { count } from "../../../lib/text.ts";
import { cloneDatabase } from "../postgres/clone.ts";
import {
  type DatabaseSpec,
  closeDatabase,
  databaseUrl,
  dropDatabase,
  openDatabase,
  provisionDatabase,
} from "../postgres/databases.ts";
import { withClient } from "../../../migrations/run/connect.ts";
import { type MigrateOptions, type Migrated, applyMigrations } from "../../../migrations/run/apply.ts";
import { appliedMigrations } from "../../../migrations/run/records.ts";
import { readMigrations } from "../../../migrations/files/read-folder.ts";
import { findServers } from "../postgres/find-servers.ts";
import type { DatabaseRole } from "../postgres/roles.ts";
import { type PostgresServer, ensurePostgres } from "../postgres/server.ts";
import { listSnapshots, restoreSnapshot, takeSnapshot } from "../postgres/snapshots.ts";
import { type Template, ensureTemplate, prepareTemplate } from "../postgres/template.ts";
import { partsOfKey, sqlName } from "../names.ts";
import { refName } from "../../../spec/derive.ts";
import { type Attribute, type ResourceHere, type Text, usesOf } from "../service-env.ts";
import type { Offer, ProviderContext, Resource } from "./provider.ts";

type Postgres = Extract<Resource, { kind: "postgres" }>;

/** A database of its own for each environment, with an account for each service; a preview gets a copy of its environment's. */
export async function offerPostgres(name: string, resource: Postgres, context: ProviderContext): Promise<Offer> {
  const exact = findServers().find((one) => one.major === resource.version);
  const by = exact ? `PostgreSQL ${resource.version}` : "PostgreSQL 18";
  const note = exact ? undefined : `PostgreSQL ${resource.version} is not installed here: 18 stands in for it`;
  return Promise.resolve({ by, ...(note === undefined ? {} : { note }), provide: () => provide(name, resource, context) });
}

async function provide(name: string, resource: Postgres, context: ProviderContext): Promise<ResourceHere> {
  const { environment, key, place, onStep } = context;
  const server = await ensurePostgres({ folder: place.postgres, wanted: resource.version });
  const { wanted, services, ...accounts } = specOf(name, resource, context);
  const { database } = accounts;
  const migrations = resource.migrations?.here === undefined ? undefined : path.join(place.root, resource.migrations.here);
  const { preview } = partsOfKey(key);
  if (preview === undefined) await timed(onStep, name, "database and accounts", () => provisionDatabase(server, wanted));
  else {
    const from = databaseNames(environment.product, partsOfKey(key).environment, name);
    const options = { from: from.database, owner: from.owner, ...(migrations === undefined ? {} : { migrations }) };
    const { template } = await timed(onStep, name, "template", () =>
      context.fresh === true ? prepareTemplate(server, options) : ensureTemplate(server, options),
    );
    await timed(onStep, name, `copy of ${from.database}`, () => cloneDatabase(server, { from: template, to: wanted }));
  }
  if (migrations !== undefined && context.migrates) {
    const since = performance.now();
    const { applied } = await migrateDatabase(server, wanted, accounts, { migrations });
    if (applied.length > 0)
      onStep({ subject: name, did: `${count(applied.length, "migration")} applied`, ms: Math.round(performance.now() - since) });
  }
  return {
    name,
    kind: "postgres",
    by: `PostgreSQL ${server.major}${server.embedded ? ", embedded" : ""}`,
    ...(server.note === undefined ? {} : { note: server.note }),
    attributes: (service) => addresses(server, database, services.find((one) => one.service === service)?.role),
  };
}

/** The database as the spec wants it, with who may change its tables. */
function specOf(name: string, resource: Postgres, context: ProviderContext) {
  const { environment, key, secrets } = context;
  const { database, owner, migrator } = databaseNames(environment.product, key, name);
  const services = rolesOf(name, context);
  const changes: DatabaseRole = { name: migrator, password: secrets.made(`${key}/${name}/migrator`), kind: "migrator" };
  const wanted: DatabaseSpec = {
    database,
    owner,
    // The owner applies migrations while services hold theirs.
    ...limitOf(connectionsOf(environment, resource)),
    roles: [changes, ...services.map(({ role }) => role)],
  };
  return { database, owner, changes, wanted, services };
}

type Asked = Omit<MigrateOptions, "url" | "role">;

async function migrateDatabase(
  server: PostgresServer,
  wanted: DatabaseSpec,
  { database, owner, changes }: { readonly database: string; readonly owner: string; readonly changes: DatabaseRole },
  asked: Asked,
): Promise<Migrated> {
  const migrated = await applyMigrations({ ...asked, url: databaseUrl(server, changes, database), role: owner });
  // A schema that a migration has made opens to services when rights are given again.
  if (migrated.applied.length > 0) await provisionDatabase(server, wanted);
  return migrated;
}

/** An environment's database, for whoever brings it to where some code wants it, apart from bringing up that code. */
export async function databaseAt(name: string, resource: Postgres, context: ProviderContext) {
  const server = await ensurePostgres({ folder: context.place.postgres, wanted: resource.version });
  const { wanted, ...accounts } = specOf(name, resource, context);
  const { database, owner, changes } = accounts;
  const url = databaseUrl(server, changes, database);
  return {
    database,
    /** Of whoever may change its tables. */
    url,
    /** Who owns what is in it: whoever changes tables acts as it. */
    owner,
    migrate: (asked: Asked): Promise<Migrated> => migrateDatabase(server, wanted, accounts, asked),
    /** What it has had, in its order. */
    applied: () => withClient(server.superuserUrl(database), appliedMigrations),
    /** What of a folder it has not had. */
    async missing(folder: string): Promise<readonly string[]> {
      const applied = await withClient(server.superuserUrl(database), appliedMigrations);
      return readMigrations(folder)
        .filter(({ name: file, up }) => !applied.some((one) => one.name === file && one.sha256 === up.sha256))
        .map((one) => one.name);
    },
    snapshot: (migrations: string | undefined, as: string): Promise<Template> =>
      takeSnapshot(server, { from: database, owner, ...(migrations === undefined ? {} : { migrations }) }, as),
    snapshots: () => listSnapshots(server, database),
    restore: (of: string, before: string): Promise<void> => restoreSnapshot(server, wanted, { name: of, before }),
  };
}

/** Makes the copies anew from which previews of an environment are taken. Its services do not notice. */
export async function prepareEnvironmentTemplates(
  place: { readonly postgres: string; readonly root: string },
  environment: ProviderContext["environment"],
): Promise<void> {
  for (const [name, resource] of Object.entries(environment.resources)) {
    if (resource.kind !== "postgres") continue;
    const server = await ensurePostgres({ folder: place.postgres, wanted: resource.version });
    const { database, owner } = databaseNames(environment.product, environment.environment, name);
    const here = resource.migrations?.here;
    await prepareTemplate(server, {
      from: database,
      owner,
      ...(here === undefined ? {} : { migrations: path.join(place.root, here) }),
    });
  }
}

const connectionsOf = ({ limits }: ProviderContext["environment"], { maxConnections }: Postgres): number | undefined =>
  limits?.connections ?? maxConnections;

const limitOf = (connections: number | undefined) => (connections === undefined ? {} : { connectionLimit: connections });

/** The names of its template and accounts begin with a database's, so it is shorter than Postgres would take. */
export function databaseNames(product: string, key: string, resource: string) {
  const database = sqlName([product, key, resource], 48);
  return { database, owner: `${database}__owner`, migrator: `${database}__migrator` };
}

type ServiceRole = { readonly service: string; readonly role: DatabaseRole };

/** An account for each service that uses the database, with as many connections as its pool may take, over all its replicas. */
function rolesOf(name: string, { environment, key, secrets }: ProviderContext): readonly ServiceRole[] {
  return Object.entries(environment.services)
    .filter(([service]) => isUsedBy(environment, name, service))
    .map(([service, { pool, scale }]) => ({
      service,
      role: {
        name: accountOf(environment.product, key, service),
        password: secrets.made(`${key}/${name}/${service}`),
        kind: "service",
        // While one revision takes over from another, both are there.
        ...(pool === undefined ? {} : { connectionLimit: pool.max * Math.max(1, scale?.max ?? 1) * 2 }),
      },
    }));
}

export function isUsedBy(environment: ProviderContext["environment"], name: string, service: string): boolean {
  const of = environment.services[service];
  return of !== undefined && (usesOf(of).includes(name) || usesUrlSecret(environment, name, of.env));
}

function accountOf(product: string, key: string, service: string): string {
  return sqlName([product, key, service]);
}

/** The secret that holds its address is as good as the address. */
function usesUrlSecret(
  environment: ProviderContext["environment"],
  name: string,
  env: Readonly<Record<string, unknown>> = {},
): boolean {
  const secret = refName(environment.resources[name]?.urlIn, "secrets");
  return secret !== undefined && Object.values(env).some((one) => refName(one, "secrets") === secret);
}

type OneDatabase = { readonly key: string; readonly name: string };

/** One database of an environment rests: the server is everybody's, so it is this database that lets nobody in. */
export async function closeEnvironmentDatabase(
  folder: string,
  environment: ProviderContext["environment"],
  { key, name }: OneDatabase,
): Promise<void> {
  const found = await environmentDatabase(folder, environment, { key, name });
  if (found !== undefined) await closeDatabase(found.server, found.database);
}

export async function openEnvironmentDatabase(
  folder: string,
  environment: ProviderContext["environment"],
  { key, name }: OneDatabase,
): Promise<void> {
  const found = await environmentDatabase(folder, environment, { key, name });
  if (found !== undefined) await openDatabase(found.server, found.database, connectionsOf(environment, found.resource));
}

/** A database of an environment, and its server; undefined where a resource is none. */
export async function environmentDatabase(
  folder: string,
  environment: ProviderContext["environment"],
  { key, name }: OneDatabase,
) {
  const resource = environment.resources[name];
  if (resource?.kind !== "postgres") return undefined;
  const server = await ensurePostgres({ folder, wanted: resource.version });
  return { resource, server, database: databaseNames(environment.product, key, name).database };
}

/** Removes every database that an environment had, with its accounts. */
export async function dropEnvironmentDatabases(
  folder: string,
  environment: ProviderContext["environment"],
  key: string,
): Promise<void> {
  for (const [name, resource] of Object.entries(environment.resources)) {
    if (resource.kind !== "postgres") continue;
    const server = await ensurePostgres({ folder, wanted: resource.version });
    const { database, owner, migrator } = databaseNames(environment.product, key, name);
    const roles = Object.keys(environment.services).map((service) => accountOf(environment.product, key, service));
    await dropDatabase(server, database, [...roles, migrator, owner]);
  }
}

function addresses(server: PostgresServer, database: string, role: DatabaseRole | undefined): Partial<Record<Attribute, Text>> {
  return {
    ...(role === undefined ? {} : { url: { text: databaseUrl(server, role, database), secret: true } }),
    host: { text: "127.0.0.1" },
    port: { text: String(server.port) },
    privateAddress: { text: "127.0.0.1" },
    connectionName: { text: `local:${database}` },
    id: { text: database },
    name: { text: database },
  };
}

async function timed<T>(onStep: ProviderContext["onStep"], subject: string, did: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  onStep({ subject, did, ms: Math.round(performance.now() - started) });
  return result;
}
