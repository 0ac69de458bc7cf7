import { type Value, template } from "../../text/hcl.ts";
import type { Variable } from "../../variables.ts";
import { type Place, label, out } from "./place.ts";
import { addressSecret } from "./resources.ts";

// What a service finds in its environment on ECS.

/** A value that everybody may read: it stands in the task definition. */
export function plainValue(place: Place, given: Variable): Value | undefined {
  if (given.from === "text") return given.text;
  if (given.from === "service") return serviceValue(place, given.service, given.attribute);
  if (given.from !== "resource") return undefined;
  const { resource: name, attribute } = given;
  const resource = place.environment.resources[name];
  if (resource === undefined) return undefined;
  if (attribute === "port" && resource.port !== undefined) return String(resource.port);
  if (resource.external === true) return undefined;
  const id = label(name);
  switch (resource.kind) {
    case "postgres":
      if (attribute === "host" || attribute === "privateAddress") return out(id, "host");
      return attribute === "port" ? "5432" : attribute === "url" ? undefined : out(id, "identifier");
    case "redis":
      if (attribute === "port") return "6379";
      return out(id, attribute === "host" ? "host" : "url");
    case "bucket":
      return out(id, "name");
    case "kms":
      return resource.perTenant === true ? out(id, "alias_prefix") : out(id, "alias");
    case "scanner":
      return attribute === "port" ? String(resource.port ?? 3310) : template(`${name}.`, out("cluster", "namespace"));
    default:
      return undefined;
  }
}

/**
 * Services reach each other inside the network, by names that only it knows: not as everybody does, through the firewall, which would
 * count all of their calls as one caller's.
 */
function serviceValue({ environment }: Place, service: string, attribute: string): Value | undefined {
  const port = environment.services[service]?.port;
  if (port === undefined) return undefined;
  if (attribute === "port") return String(port);
  const inside = out("cluster", "namespace");
  return attribute === "url" ? template(`http://${service}.`, inside, `:${port}`) : template(`${service}.`, inside);
}

/** The secret that holds a value. */
export function secretOf(place: Place, given: Variable): string | undefined {
  if (given.from === "secret") return given.secret;
  if (given.from !== "resource") return undefined;
  return plainValue(place, given) === undefined ? addressSecret(given.resource, given.attribute) : undefined;
}
