import { ownerOf } from "../migrations.ts";
import { plainPath } from "../layout.ts";
import { stageOf } from "../docker/image.ts";
import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import { inDoubleQuotes, word } from "../text/shell.ts";
import { type Beside, type Run, type Value, type Values, joined, run } from "./model.ts";

// What runs beside a check: containers for resources, and services of the product, built and started.

type Ref = { readonly ref: string };

export function besideOf(refs: readonly Ref[], environment: Environment): readonly Beside[] {
  return refs.flatMap((one): readonly Beside[] => {
    const name = refName(one, "resources");
    const resource = name === undefined ? undefined : environment.resources[name];
    if (name === undefined || resource === undefined) return [];
    const container = resource.container;
    const image = container?.image ?? usual(resource);
    if (image === undefined) return [];
    const env = Object.fromEntries(Object.entries(container?.env ?? {}).map(([key, value]) => [key, String(value)]));
    return [
      {
        name,
        image,
        ports: container?.ports ?? [`${portOf(resource)}:${portOf(resource)}`],
        env: { ...needed(resource), ...env },
        ...ready(resource),
      },
    ];
  });
}

type Resource = Environment["resources"][string];

/** What an image does not start without. */
function needed(resource: Resource): Readonly<Record<string, string>> {
  if (resource.kind === "postgres") return { POSTGRES_PASSWORD: "test" };
  if (resource.kind === "search" && resource.engine === "typesense")
    return { TYPESENSE_API_KEY: "test", TYPESENSE_DATA_DIR: "/tmp" };
  return {};
}

function usual(resource: Resource): string | undefined {
  if (resource.kind === "postgres") return `postgres:${resource.version ?? 16}`;
  if (resource.kind === "redis") return `redis:${resource.version ?? 7}-alpine`;
  return undefined;
}

function portOf(resource: Resource): number {
  return resource.port ?? (resource.kind === "postgres" ? 5432 : 6379);
}

function ready({ kind }: Resource): { readonly ready?: string } {
  if (kind === "postgres") return { ready: "pg_isready" };
  return kind === "redis" ? { ready: "redis-cli ping" } : {};
}

/** The variables by which the product's own services know what runs beside the check. */
export function addressesOf(beside: readonly Beside[], environment: Environment): Values {
  const found: Record<string, Value> = {};
  for (const { env } of Object.values(environment.services))
    for (const [name, value] of Object.entries(env ?? {})) {
      const resource = refName(value, "resources");
      const one = beside.find((other) => other.name === resource);
      const attribute = typeof value === "object" && "attribute" in value ? value.attribute : undefined;
      const address = one === undefined || attribute === undefined ? undefined : addressOf(one, attribute, environment);
      if (address !== undefined) found[name] = address;
    }
  return found;
}

function addressOf(one: Beside, attribute: string, environment: Environment): Value | undefined {
  const host: Value = { from: "host", of: one.name };
  const port = one.ports[0]?.split(":", 1)[0] ?? "";
  if (attribute === "host") return host;
  if (attribute === "port") return port;
  if (attribute !== "url") return undefined;
  const { kind } = environment.resources[one.name] as Resource;
  if (kind === "redis") return joined("redis://", host, `:${port}`);
  if (kind !== "postgres") return joined("http://", host, `:${port}`);
  const user = one.env["POSTGRES_USER"] ?? "postgres";
  const password = encodeURIComponent(one.env["POSTGRES_PASSWORD"] ?? "");
  return joined(`postgres://${user}:${password}@`, host, `:${port}/${one.env["POSTGRES_DB"] ?? user}`);
}

/** The databases beside a check have the newest schema before anything asks them. */
export function migrateBeside(beside: readonly Beside[], environment: Environment): readonly Run[] {
  return beside.flatMap(({ name }) => {
    const resource = environment.resources[name];
    if (resource?.kind !== "postgres" || resource.migrations?.apply === undefined) return [];
    const { apply, folder } = resource.migrations;
    return [run(`Migrate ${name}`, apply, { folder: homeOf(folder, environment) })];
  });
}

/** Where the command that migrates is run: in the service that the migrations are part of. */
export function homeOf(folder: string, { services }: Environment): string {
  return ownerOf(folder, services)?.context ?? (folder.includes("/") ? folder.slice(0, folder.lastIndexOf("/")) : ".");
}

const curl = "curlimages/curl:8.14.1";

/** Services of the product that a check needs: built from this very code, and started where the check finds them. */
export function startServices(refs: readonly Ref[], environment: Environment, env: Values): readonly Run[] {
  return refs.flatMap((one) => {
    const name = refName(one, "services");
    const service = name === undefined ? undefined : environment.services[name];
    if (name === undefined || service?.build === undefined) return [];
    const context = plainPath(service.build.context);
    const file = service.build.file ?? (context === "." ? "Dockerfile" : `${context}/Dockerfile`);
    const variables = Object.keys(env).filter((key) => service.env !== undefined && Object.hasOwn(service.env, key));
    const port = service.port ?? 8080;
    return [
      run(
        `Start ${name}`,
        [
          `docker build --file ${word(file)} --target ${word(stageOf(name))} --tag ${word(`${name}:check`)} ${word(context)}`,
          `docker run --detach --network host --name ${word(name)} --env PORT=${port} \\`,
          `  ${[...variables.map((key) => `--env ${key}`), word(`${name}:check`)].join(" ")}`,
          `docker run --rm --network host ${curl} --fail --silent --show-error --output /dev/null --retry 60 --retry-delay 2 \\`,
          `  --retry-all-errors "http://localhost:${port}${inDoubleQuotes(service.health?.path ?? "/")}" || { docker logs ${word(name)}; exit 1; }`,
        ].join("\n"),
      ),
    ];
  });
}
