import path from "node:path";
import { cloneDatabase } from "../postgres/clone.ts";
import { dropDatabase, provisionDatabase } from "../postgres/databases.ts";
import { applyMigrations } from "../postgres/migrate.ts";
import { findServers } from "../postgres/find-servers.ts";
import { type PostgresServer, ensurePostgres } from "../postgres/server.ts";
import { partsOfKey, sqlName } from "../names.ts";
import { type ResourceHere, refTo, usesOf } from "../service-env.ts";
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
  const names = databaseNames(environment.product, key, name);
  const { preview } = partsOfKey(key);
  const roles = rolesOf(name, context);
  const wanted = {
    database: names.database,
    owner: { name: names.owner, password: context.secrets.made(`${key}/${name}/owner`) },
    connectionLimit: environment.limits?.connections ?? resource.maxConnections,
    roles,
  };
  if (preview !== undefined) {
    const from = databaseNames(environment.product, partsOfKey(key).environment, name).database;
    await timed(onStep, name, `copied ${from}`, () => cloneDatabase(server, { ...wanted, from }));
  } else await timed(onStep, name, "database and accounts", () => provisionDatabase(server, wanted));
  const folder = resource.migrations?.here;
  if (folder !== undefined) {
    const { applied } = await timed(onStep, name, "migrations", () =>
      applyMigrations(server, { database: names.database, owner: wanted.owner, folder: path.join(place.root, folder) }),
    );
    if (applied.length > 0) onStep({ subject: name, did: `applied ${applied.length} migrations`, ms: 0 });
  }
  return {
    name,
    kind: "postgres",
    by: `PostgreSQL ${server.major}${server.embedded ? ", embedded" : ""}`,
    ...(server.note === undefined ? {} : { note: server.note }),
    attributes: (service) => addresses(server, names.database, roles.find((one) => one.service === service) ?? wanted.owner),
  };
}

export function databaseNames(
  product: string,
  key: string,
  resource: string,
): { readonly database: string; readonly owner: string } {
  return { database: sqlName(product, key, resource), owner: sqlName(product, key, resource, "owner") };
}

/** An account for each service that uses the database, with as many connections as its pool may take, over all its replicas. */
function rolesOf(name: string, { environment, key, secrets }: ProviderContext) {
  return Object.entries(environment.services)
    .filter(([, service]) => usesOf(service).includes(name) || usesUrlSecret(environment, name, service.env))
    .map(([service, { pool, scale }]) => ({
      service,
      name: sqlName(environment.product, key, service),
      password: secrets.made(`${key}/${name}/${service}`),
      kind: "service" as const,
      ...(pool === undefined ? {} : { connectionLimit: pool.max * Math.max(1, scale?.max ?? 1) * 2 }),
    }));
}

/** The secret that holds its address is as good as the address. */
function usesUrlSecret(
  environment: ProviderContext["environment"],
  name: string,
  env: Readonly<Record<string, unknown>> = {},
): boolean {
  const secret = refTo(environment.resources[name]?.urlIn, "secrets");
  return secret !== undefined && Object.values(env).some((one) => refTo(one, "secrets") === secret);
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
    const { database, owner } = databaseNames(environment.product, key, name);
    const roles = Object.keys(environment.services).map((service) => sqlName(environment.product, key, service));
    await dropDatabase(server, database, [...roles, owner]);
  }
}

function addresses(server: PostgresServer, database: string, role: { readonly name: string; readonly password: string }) {
  const url = `postgres://${role.name}:${encodeURIComponent(role.password)}@127.0.0.1:${server.port}/${database}`;
  return {
    url: { text: url, secret: true as const },
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
