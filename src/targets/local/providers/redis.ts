import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bytesOf } from "../../../lib/quantities.ts";
import { refName } from "../../../spec/derive.ts";
import type { ResourceHere } from "../service-env.ts";
import { onPath, versionOf } from "./on-path.ts";
import type { Offer, ProviderContext, Resource } from "./provider.ts";

type Redis = Extract<Resource, { kind: "redis" }>;

/** A redis of its own for each environment, by the server that is installed. */
export async function offerRedis(name: string, resource: Redis, context: ProviderContext): Promise<Offer> {
  const program = onPath(["redis-server", "valkey-server"]);
  if (program === undefined)
    return { missing: "install redis-server or valkey-server (Debian: apt install redis-server, macOS: brew install redis)" };
  const version = await versionOf(program);
  const by = `${path.basename(program)} ${version ?? ""}`.trim();
  const note =
    version !== undefined && Number.parseInt(String(resource.version), 10) !== Number.parseInt(version, 10)
      ? `the spec asks for ${resource.version}, and ${version} is installed`
      : undefined;
  return { by, ...(note === undefined ? {} : { note }), provide: () => start(name, resource, { program, by, note }, context) };
}

async function start(
  name: string,
  resource: Redis,
  { program, by, note }: { program: string; by: string; note: string | undefined },
  { environment, key, place, ports, secret, secrets, agent, digest }: ProviderContext,
): Promise<ResourceHere> {
  const folder = path.join(place.resources, key, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const port = await ports(`resource:${name}`);
  const password = passwordOf(name, resource, { environment, key, secret, secrets });
  const file = path.join(folder, "redis.conf");
  // What it is told stands in a file that only its owner can read: arguments are seen by everybody.
  writeFileSync(
    file,
    [
      "bind 127.0.0.1",
      `port ${port}`,
      `dir "${folder.replaceAll(/["\\]/g, "\\$&")}"`,
      ...(password === undefined ? [] : [`requirepass ${JSON.stringify(password)}`]),
      "appendonly yes",
      'save ""',
      "daemonize no",
      "maxmemory-policy noeviction",
      ...(resource.memory === undefined ? [] : [`maxmemory ${bytesOf(resource.memory)}`]),
      "",
    ].join("\n"),
    { mode: 0o600 },
  );
  await agent.putResource(key, {
    name,
    command: [program, file],
    folder,
    env: {},
    port,
    drainMs: 10_000,
    configuration: digest([password, resource.memory]),
  });
  return {
    name,
    kind: "redis",
    by,
    ...(note === undefined ? {} : { note }),
    attributes: () => ({
      url: { text: redisUrl(port, password), ...(password === undefined ? {} : { secret: true }) },
      host: { text: "127.0.0.1" },
      port: { text: String(port) },
      privateAddress: { text: "127.0.0.1" },
      id: { text: name },
    }),
  };
}

type Passwords = Pick<ProviderContext, "environment" | "key" | "secret" | "secrets">;

export function redisUrl(port: number, password: string | undefined): string {
  return `redis://${password === undefined ? "" : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}/0`;
}

/** Who is told its whole address is told a password in it; who is only told host and port has none to give, so there is none. */
export function passwordOf(name: string, resource: Redis, { environment, key, secret, secrets }: Passwords): string | undefined {
  const named = refName(resource.password, "secrets");
  if (named !== undefined) return secret(named);
  const told = Object.values(environment.services).flatMap(({ env = {} }) =>
    Object.values(env).flatMap((value) =>
      typeof value === "object" && "attribute" in value && refName(value, "resources") === name ? [value.attribute] : [],
    ),
  );
  return told.some((attribute) => attribute === "host" || attribute === "privateAddress")
    ? undefined
    : secrets.made(`${key}/${name}/password`);
}
