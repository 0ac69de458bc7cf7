// What follows from the rest: hosts, images, and what a service has to be allowed to do. Pure arithmetic over merged data.

type Data = Readonly<Record<string, unknown>>;
export type Host = { readonly service: string; readonly host: string; readonly path: string };
export type Grant = { readonly role: string; readonly on: string };

const roles: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  gcp: {
    "postgres:": "cloudsql.client",
    "bucket:": "storage.objectUser",
    "bucket:write": "storage.objectUser",
    "bucket:read": "storage.objectViewer",
    "topic:publish": "pubsub.publisher",
    "topic:subscribe": "pubsub.subscriber",
    "topic:": "pubsub.publisher",
    "queue:push": "pubsub.publisher",
    "queue:take": "pubsub.subscriber",
    "kms:decrypt": "cloudkms.cryptoKeyDecrypter",
    "kms:encrypt": "cloudkms.cryptoKeyEncrypter",
    "kms:": "cloudkms.cryptoKeyEncrypterDecrypter",
  },
  aws: {
    "postgres:": "rds-db:connect",
    "bucket:": "s3:GetObject,s3:PutObject,s3:DeleteObject",
    "bucket:write": "s3:GetObject,s3:PutObject",
    "bucket:read": "s3:GetObject",
    "topic:publish": "sns:Publish",
    "topic:subscribe": "sns:Subscribe",
    "topic:": "sns:Publish",
    "queue:push": "sqs:SendMessage",
    "queue:take": "sqs:ReceiveMessage,sqs:DeleteMessage",
    "kms:decrypt": "kms:Decrypt",
    "kms:encrypt": "kms:Encrypt,kms:GenerateDataKey",
    "kms:": "kms:Encrypt,kms:Decrypt,kms:GenerateDataKey",
  },
  azure: {
    "bucket:": "Storage Blob Data Contributor",
    "bucket:write": "Storage Blob Data Contributor",
    "bucket:read": "Storage Blob Data Reader",
    "kms:decrypt": "Key Vault Crypto User",
    "kms:encrypt": "Key Vault Crypto User",
    "kms:": "Key Vault Crypto User",
  },
};

/** The cloud's roles that a service needs for what it uses, each on the thing it is needed for. */
export function grantsOf(service: Data, resources: Data, cloud: string): readonly Grant[] {
  const table = Object.hasOwn(roles, cloud) ? roles[cloud] : undefined;
  if (!table) return [];
  const grants: Grant[] = [];
  for (const { name, resource, access } of usedBy(service, resources)) {
    if (resource["external"] === true || resource["engine"] === "minio") continue;
    // What is used without a word about how is used in the usual way; a way that the table does not know gives no right.
    const role = table[`${String(resource["kind"])}:${access}`];
    // A queue that lives in a redis is reached over the network, not by a right of the cloud's.
    if (role === undefined || (resource["kind"] === "queue" && resource["on"] !== undefined)) continue;
    if (!grants.some((known) => known.role === role && known.on === name)) grants.push({ role, on: name });
  }
  return grants.toSorted((a, b) => (`${a.on} ${a.role}` < `${b.on} ${b.role}` ? -1 : 1));
}

/** The resources of a service, with how it uses each: those it names, and the queues that it takes from. */
function usedBy(
  service: Data,
  resources: Data,
): readonly { readonly name: string; readonly resource: Data; readonly access: string }[] {
  const uses = [
    ...list(service["uses"]).map((use) => ({ use, access: String((use as Data)["access"] ?? "") })),
    ...list(service["takes"]).map((use) => ({ use, access: "take" })),
  ];
  return uses.flatMap(({ use, access }) => {
    const name = refName(use, "resources");
    return name !== undefined && Object.hasOwn(resources, name) ? [{ name, resource: resources[name] as Data, access }] : [];
  });
}

/** Every secret that a service reads. */
export function secretsOf(service: Data, resources: Data): readonly string[] {
  const names = new Set<string>();
  const collect = (value: unknown) => {
    const name = refName(value, "secrets");
    if (name !== undefined) names.add(name);
  };
  for (const value of Object.values((service["env"] ?? {}) as Data)) collect(value);
  for (const { resource } of usedBy(service, resources)) {
    const on = refName(resource["on"], "resources");
    const below = on !== undefined && Object.hasOwn(resources, on) ? [resources[on] as Data] : [];
    // Whoever has the whole address needs no part of it.
    for (const one of [resource, ...below])
      for (const [key, value] of Object.entries(one)) if (key !== "password" || one["urlIn"] === undefined) collect(value);
  }
  return [...names].toSorted();
}

/** Which service answers at which host, from an environment's domain: one host for all, or a host each. */
export function hostsOf(domain: unknown, services: Data): readonly Host[] {
  const hosts: Host[] = [];
  for (const one of list(domain)) {
    const service = refName(one, "services");
    if (service !== undefined) {
      const { host, path, port } = one as { host: string; path?: string; port?: number };
      hosts.push({ service, host: port === undefined ? host : `${host}:${port}`, path: path ?? "/" });
    } else if (typeof one === "string") hosts.push(...sharedHost(one, services));
  }
  return hosts;
}

/** On one host for everything, services answer at their paths, and what is meant for browsers at the rest. */
function sharedHost(host: string, services: Data): readonly Host[] {
  const hosts: Host[] = [];
  const reachable = Object.entries(services).filter(([, one]) =>
    ["service", "frontend", "proxy"].includes(String((one as Data)["kind"])),
  );
  const root = (["proxy", "frontend", "service"] as const)
    .map((kind) => reachable.find(([, one]) => (one as Data)["kind"] === kind && (one as Data)["paths"] === undefined))
    .find((found) => found !== undefined);
  for (const [service, one] of reachable)
    for (const path of list((one as Data)["paths"])) hosts.push({ service, host, path: String(path) });
  if (root) hosts.push({ service: root[0], host, path: "/" });
  return hosts;
}

/** The image of a service, with <sha> left for the build to fill in. */
export function imageOf(name: string, service: Data, pipeline: unknown, environment: Data): string | undefined {
  if (typeof service["image"] === "string") return service["image"];
  if (service["build"] === undefined) return undefined;
  const build = service["build"] as Data;
  const images = ((pipeline as Data | undefined)?.["images"] ?? {}) as Data;
  const registry = (environment["registry"] ?? images["registry"]) as string | undefined;
  const short = String(build["image"] ?? name);
  if (registry === undefined) return `${short}:<sha>`;
  const project = String(environment["project"] ?? environment["account"] ?? environment["subscription"] ?? "local");
  const filled = registry
    .replaceAll("<project>", project)
    .replaceAll("<region>", String(environment["region"] ?? ""))
    .replaceAll("<service>", short);
  const named = registry.includes("<service>") ? filled : `${filled}/${short}`;
  return /:[^/]+$/.test(named) ? named : `${named}:<sha>`;
}

export function refName(value: unknown, collection: string): string | undefined {
  if (typeof value !== "object" || value === null || !("ref" in value) || typeof value.ref !== "string") return undefined;
  return value.ref.startsWith(`${collection}.`) ? value.ref.slice(collection.length + 1) : undefined;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
