import { durationMs } from "../../../lib/quantities.ts";
import type { ResourceAccess, ResourceGrant, ResourceKind, ResourcePrincipal } from "../../../wire/resources.ts";
import type { Environment } from "../../../spec/environment.ts";
import { cloudName } from "../names.ts";
import { refName } from "../../../spec/derive.ts";
import type { ResourceHere, Text } from "../service-env.ts";
import type { EnvironmentResources, Resource } from "./provider.ts";

// Buckets, queues, topics, keys and mail, by the one server that npm brings. Each service signs in as itself and may do what its spec says.

export type FacilityServer = { readonly port: number; readonly smtpPort: number };

type Facility = Extract<Resource, { kind: ResourceKind }>;

/** Whether the resource server provides it. A queue that lives in a redis is that redis's. */
export function isFacility(resource: Resource): resource is Facility {
  if (resource.kind === "queue") return resource.on === undefined;
  return resource.kind === "bucket" || resource.kind === "topic" || resource.kind === "kms" || resource.kind === "mail";
}

const usual: Readonly<Record<ResourceKind, readonly ResourceAccess[]>> = {
  bucket: ["read", "write"],
  queue: ["push"],
  topic: ["publish"],
  kms: ["encrypt", "decrypt"],
  mail: ["send"],
};

/** What the resource server has to know of an environment. */
export function facilitiesOf(environment: Environment, key: string, made: (name: string) => string): EnvironmentResources {
  const all = Object.entries(environment.resources).flatMap(([name, one]) => (isFacility(one) ? [[name, one] as const] : []));
  const named = (name: string) => cloudName(environment.product, key, name);
  const of = <Kind extends ResourceKind>(kind: Kind) =>
    all.filter((entry): entry is [string, Extract<Facility, { kind: Kind }>] => entry[1].kind === kind);
  return {
    principals: Object.keys(environment.services).flatMap((service) => principalOf(environment, { key, service }, made) ?? []),
    buckets: of("bucket").map(([name, one]) => ({
      name: named(name),
      environment: key,
      versioning: one.versions !== undefined,
      ...(one.versions === undefined ? {} : { keepVersionsMs: durationMs(one.versions) }),
    })),
    queues: of("queue").map(([name, one]) => ({
      name: named(name),
      environment: key,
      visibilityMs: 30_000,
      ...(one.tries === undefined ? {} : { tries: one.tries }),
      ...(one.keep === undefined ? {} : { keepMs: durationMs(one.keep) }),
    })),
    topics: of("topic").map(([name, one]) => ({
      name: named(name),
      environment: key,
      ...(one.keep === undefined ? {} : { keepMs: durationMs(one.keep) }),
    })),
    keys: of("kms").map(([name, one]) => ({
      id: named(name),
      environment: key,
      perTenant: one.perTenant === true,
      ...(one.rotate === undefined ? {} : { rotateMs: durationMs(one.rotate) }),
    })),
    mailboxes: of("mail").map(([name]) => ({ name: named(name), environment: key })),
  };
}

function principalOf(
  environment: Environment,
  { key, service }: { key: string; service: string },
  made: (name: string) => string,
): ResourcePrincipal | undefined {
  const { uses = [], takes = [] } = environment.services[service] ?? {};
  const grants = new Map<string, ResourceGrant>();
  const grant = (use: unknown, access: readonly ResourceAccess[] | undefined) => {
    const name = refName(use, "resources");
    const resource = name === undefined ? undefined : environment.resources[name];
    if (name === undefined || resource === undefined || !isFacility(resource)) return;
    const full = cloudName(environment.product, key, name);
    const all = new Set([...(grants.get(name)?.access ?? []), ...(access ?? usual[resource.kind])]);
    grants.set(name, { resource: full, kind: resource.kind, access: [...all] });
  };
  for (const use of uses) grant(use, "access" in use && use.access !== undefined ? accessOf(use.access) : undefined);
  for (const queue of takes) grant(queue, ["take"]);
  if (grants.size === 0) return undefined;
  return { ...credentials(key, service, made), environment: key, service, grants: [...grants.values()] };
}

/** Whoever may write may look at what is there. */
function accessOf(access: string): readonly ResourceAccess[] {
  return access === "write" ? ["read", "write"] : [access as ResourceAccess];
}

function credentials(key: string, service: string, made: (name: string) => string) {
  return {
    accessKeyId: made(`${key}/${service}/access-key`).replaceAll("-", "A").replaceAll("_", "B"),
    secretKey: made(`${key}/${service}/secret-key`),
  };
}

/** Such a resource as services see it. */
export function facilityHere(
  name: string,
  resource: Facility,
  {
    environment,
    key,
    server,
    made,
  }: { environment: Environment; key: string; server: FacilityServer; made: (name: string) => string },
): ResourceHere {
  const full = cloudName(environment.product, key, name);
  const base = `127.0.0.1:${server.port}`;
  const smtp = `127.0.0.1:${server.smtpPort}`;
  const plain = (text: string): Text => ({ text });
  const url = (service: string): Text => {
    const { accessKeyId, secretKey } = credentials(key, service, made);
    switch (resource.kind) {
      case "bucket":
        return plain(`http://${base}/${full}`);
      case "queue":
        return plain(`http://${base}/000000000000/${full}`);
      case "mail":
        return { text: `smtp://${accessKeyId}:${secretKey}@${smtp}`, secret: true };
      default:
        return plain(`http://${base}`);
    }
  };
  const port = resource.kind === "mail" ? server.smtpPort : server.port;
  return {
    name,
    kind: resource.kind,
    by: "gantry",
    attributes: (service) => ({
      url: url(service),
      host: plain("127.0.0.1"),
      port: plain(String(port)),
      privateAddress: plain("127.0.0.1"),
      id: plain(resource.kind === "topic" ? `projects/${environment.product}/topics/${full}` : full),
      name: plain(full),
    }),
    variables: (service) => {
      const { accessKeyId, secretKey } = credentials(key, service, made);
      return {
        AWS_ENDPOINT_URL: plain(`http://${base}`),
        AWS_REGION: plain("us-east-1"),
        AWS_ACCESS_KEY_ID: plain(accessKeyId),
        AWS_SECRET_ACCESS_KEY: { text: secretKey, secret: true },
        PUBSUB_EMULATOR_HOST: plain(base),
        GANTRY_RESOURCE_TOKEN: { text: `${accessKeyId}.${secretKey}`, secret: true },
      };
    },
  };
}
