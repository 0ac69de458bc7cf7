import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Variable } from "../variables.ts";

// Where things are inside of a compose file: each container by its name.

/** Undefined for secrets, and for what no container of the file provides. */
export function composeText(environment: Environment, variable: Variable): string | undefined {
  switch (variable.from) {
    case "text":
      return variable.text;
    case "service":
      return serviceText(environment, variable.service, variable.attribute);
    case "resource":
      return resourceText(environment, variable.resource, variable.attribute);
    case "secret":
      return variable.resource === undefined
        ? developmentSecret(environment, variable.name)
        : resourceText(environment, variable.resource, "url");
  }
}

function serviceText(environment: Environment, service: string, attribute: string): string {
  const port = environment.services[service]?.port ?? 8080;
  if (attribute === "url") return `http://${service}:${port}`;
  if (attribute === "port") return String(port);
  return attribute === "host" ? `${service}:${port}` : service;
}

const usualPorts: Readonly<Record<string, number>> = {
  postgres: 5432,
  redis: 6379,
  workflows: 7233,
  search: 8108,
  scanner: 3310,
};

function resourceText(environment: Environment, name: string, attribute: string): string | undefined {
  const resource = environment.resources[name];
  if (resource === undefined || resource.external === true) return undefined;
  if (emulatorOf(environment, name) !== undefined) return emulatedText(resource.kind, name, attribute);
  if (resource.container?.image === undefined) return undefined;
  const port = resource.port ?? usualPorts[resource.kind];
  if (attribute === "port") return port === undefined ? undefined : String(port);
  // A workflow engine's clients want host and port in one.
  if (attribute === "host") return resource.kind === "workflows" ? `${name}:${port}` : name;
  if (attribute !== "url") return name;
  if (resource.kind === "postgres") {
    const {
      POSTGRES_USER: user = "postgres",
      POSTGRES_PASSWORD: password = "",
      POSTGRES_DB: database = user,
    } = resource.container.env ?? {};
    const login = [user, password].map((one) => encodeURIComponent(String(one))).join(":");
    return `postgres://${login}@${name}:${port}/${String(database)}`;
  }
  return resource.kind === "redis" ? `redis://${name}:${port}` : `http://${name}:${port}`;
}

function emulatedText(kind: string, name: string, attribute: string): string {
  if (kind === "kms") return `alias/${name}`;
  return attribute === "url" ? `s3://${name}` : name;
}

/** What plays a resource of the cloud's here. */
export function emulatorOf(environment: Environment, name: string): string | undefined {
  return Object.entries(environment.resources).find(
    ([, one]) => one.kind === "emulator" && one.of.some((played) => refName(played, "resources") === name),
  )?.[0];
}

/** A key that a container of the file is started with is no secret any more. */
function developmentSecret(environment: Environment, variable: string): string | undefined {
  for (const { container } of Object.values(environment.resources)) {
    const value = container?.env?.[variable];
    if (value !== undefined) return String(value);
  }
  return undefined;
}
