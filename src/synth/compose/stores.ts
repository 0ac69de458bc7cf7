import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import type { ResourceData } from "../../spec/schema/product.ts";
import type { YamlValue } from "../text/yaml.ts";
import { literal } from "./literal.ts";

export type ComposeService = { readonly [key: string]: YamlValue | undefined };

/** As a person would list them: what others stand on first. */
const order = ["postgres", "redis", "workflows", "search", "emulator", "scanner"];

/** The containers of what the product uses. */
export function stores(environment: Environment, initFolder: string): readonly (readonly [string, ComposeService])[] {
  const rank = ({ kind }: ResourceData) => (order.indexOf(kind) + order.length + 1) % (order.length + 1);
  return Object.entries(environment.resources)
    .filter(([, { container, external }]) => container?.image !== undefined && external !== true)
    .toSorted(([, a], [, b]) => rank(a) - rank(b))
    .flatMap(([name, resource]) => [
      [name, store(environment, name, resource, initFolder)] as const,
      ...(resource.kind === "workflows" && resource.ui !== undefined ? [page(name, resource.ui)] : []),
    ]);
}

function store(environment: Environment, name: string, resource: ResourceData, initFolder: string): ComposeService {
  const { container } = resource;
  const on = "on" in resource ? refName(resource.on, "resources") : undefined;
  const below = on === undefined || environment.resources[on]?.container?.image === undefined ? undefined : on;
  return {
    image: container?.image,
    ...(below === undefined ? {} : { depends_on: { [below]: { condition: "service_healthy" } } }),
    ...(container?.env === undefined ? {} : { environment: literals(container.env) }),
    ...(container?.ports === undefined ? {} : { ports: [...container.ports] }),
    ...volumesOf(resource, initFolder),
    healthcheck: healthOf(name, resource),
  };
}

function volumesOf(resource: ResourceData, initFolder: string): ComposeService {
  const volumes = [
    ...(resource.container?.volume === undefined ? [] : [literal(resource.container.volume)]),
    ...(resource.kind === "emulator" ? [literal(`./${initFolder}:/etc/localstack/init/ready.d:ro`)] : []),
  ];
  return volumes.length === 0 ? {} : { volumes };
}

function page(
  name: string,
  ui: NonNullable<Extract<ResourceData, { kind: "workflows" }>["ui"]>,
): readonly [string, ComposeService] {
  return [
    `${name}-ui`,
    {
      image: ui.image,
      depends_on: { [name]: { condition: "service_healthy" } },
      ...(ui.env === undefined ? {} : { environment: literals(ui.env) }),
      ...(ui.ports === undefined ? {} : { ports: [...ui.ports] }),
    },
  ];
}

export function literals(given: Readonly<Record<string, unknown>>): ComposeService {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, literal(String(value))]));
}

/** How each says that it can be used, with what its image has at hand. */
function healthOf(name: string, resource: ResourceData): ComposeService | undefined {
  const often = { interval: "5s", timeout: "5s", retries: 20 };
  const port = resource.port;
  switch (resource.kind) {
    case "postgres": {
      const { POSTGRES_USER: user = "postgres", POSTGRES_DB: database = user } = resource.container?.env ?? {};
      return { test: ["CMD", "pg_isready", "-U", String(user), "-d", String(database)].map(literal), ...often };
    }
    case "redis":
      return { test: ["CMD", "redis-cli", "ping"], ...often };
    case "workflows":
      return {
        test: ["CMD", "temporal", "operator", "cluster", "health", "--address", `${name}:${port ?? 7233}`],
        ...often,
        start_period: "30s",
      };
    case "search":
      // The image has no client, but bash opens connections itself.
      return { test: ["CMD", "bash", "-c", literal(askedByBash(port ?? 8108))], ...often };
    case "emulator":
      // Not only that it answers: that what it plays has been made.
      return {
        test: ["CMD-SHELL", `curl -fsS http://localhost:${port ?? 4566}/_localstack/init/ready | grep -Eq '"completed": ?true'`],
        ...often,
      };
    case "scanner":
      return { test: ["CMD", "clamdcheck.sh"], interval: "30s", timeout: "10s", retries: 5, start_period: "6m" };
    default:
      return undefined;
  }
}

function askedByBash(port: number): string {
  return `exec 3<>/dev/tcp/localhost/${port} && printf 'GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && grep -q '"ok":true' <&3`;
}
