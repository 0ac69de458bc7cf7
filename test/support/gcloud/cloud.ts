import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { formatted } from "./format.ts";
import { type Command, type Flags, Refusal } from "./parse.ts";

// The cloud behind the stand-in: what there is, as plain data, and what each command does to it. It is as strict as the real one
// where scripts go wrong: an API that is not enabled, a network that is missing, a thing that exists already.

type Thing = Record<string, unknown>;
export type CloudState = {
  readonly projects: Record<string, Project>;
  readonly configurations: Record<string, Record<string, string>>;
};
type Project = {
  readonly projectId: string;
  readonly projectNumber: string;
  readonly name: string;
  readonly parent?: string;
  billing?: string;
  readonly apis: Record<string, true>;
  /** By kind and name. */
  readonly things: Record<string, Record<string, Thing>>;
};

export function emptyCloud(): CloudState {
  return { projects: {}, configurations: {} };
}

export type Done = {
  readonly output: string;
  readonly changed: boolean;
  readonly made?: { readonly thing: Thing; readonly pending: string };
};

const changes =
  /^(create|delete|update|patch|execute|add-.*|remove-.*|set|set-.*|enable|disable|link|unlink|connect|github|manual)$/;

export function isChange({ name, verb }: Command): boolean {
  return changes.test(verb) || name === "secrets versions add";
}

/** Does a command to the cloud. Whatever it refuses it has not touched. */
export function act(cloud: CloudState, command: Command, input: string): Done {
  const special = Object.hasOwn(specials, command.name) ? specials[command.name] : undefined;
  if (special) return done(special({ cloud, command, input }));
  const kind = Object.hasOwn(kinds, command.group) ? kinds[command.group] : undefined;
  if (!kind) throw new Refusal(command.name, "the stand-in does not play this command", 70);
  return generic(cloud, command, kind, input);

  function done(result: string | Thing | readonly Thing[]): Done {
    const output =
      typeof result === "string"
        ? result
        : formatted(Array.isArray(result) ? result : [result], { command: command.name, flags: command.flags });
    return { output, changed: isChange(command) };
  }
}

// Kinds of things that are made, described, listed and removed in the same way

type Make = (name: string, at: Making) => Thing;
type Making = { readonly flags: Flags; readonly project: Project; readonly command: Command; readonly input: string };
type Kind = {
  readonly api: string;
  readonly make: Make;
  readonly missing: (name: string, project: Project) => string;
  /** The state that a thing has while it is being made, where that takes minutes. */
  readonly pending?: string;
  /** A flag whose value is part of what the thing is called by. */
  readonly within?: string;
  /** What is called by an identifier of Google's, and listed by its title. */
  readonly idOf?: (name: string) => string;
};

const compute = (kind: string, make: Make): Kind => ({
  api: "compute",
  make,
  missing: (name, { projectId }) =>
    `Could not fetch resource:\n - The resource 'projects/${projectId}/${kind}/${name}' was not found`,
});
const text = (value: string | true | undefined): string => (typeof value === "string" ? value : "");
const last = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

const kinds: Readonly<Record<string, Kind>> = {
  "compute networks": compute("global/networks", (name, { flags }) => ({
    name,
    autoCreateSubnetworks: flags["--subnet-mode"] !== "custom",
  })),
  "compute networks subnets": compute("regions/r/subnetworks", (name, at) => ({
    name,
    network: needed(at, "compute networks", text(at.flags["--network"])),
    ipCidrRange: text(at.flags["--range"]),
    privateIpGoogleAccess: at.flags["--enable-private-ip-google-access"] === true,
  })),
  "compute firewall-rules": compute("global/firewalls", (name, at) => ({
    name,
    network: needed(at, "compute networks", text(at.flags["--network"])),
    allowed: text(at.flags["--allow"]),
    sourceRanges: text(at.flags["--source-ranges"]).split(","),
  })),
  "compute addresses": compute("global/addresses", (name, at) => ({
    name,
    address: at.flags["--purpose"] === undefined ? "203.0.113.7" : "10.200.0.0",
    ...(at.flags["--network"] === undefined ? {} : { network: needed(at, "compute networks", text(at.flags["--network"])) }),
  })),
  "compute network-endpoint-groups": compute("regions/r/networkEndpointGroups", (name, { flags }) => ({
    name,
    cloudRun: text(flags["--cloud-run-service"]),
  })),
  "compute backend-services": compute("global/backendServices", (name, { flags }) => ({
    name,
    scheme: text(flags["--load-balancing-scheme"]),
  })),
  "compute url-maps": compute("global/urlMaps", (name, at) => ({
    name,
    defaultService: needed(at, "compute backend-services", text(at.flags["--default-service"])),
  })),
  "compute ssl-certificates": compute("global/sslCertificates", (name, { flags }) => ({
    name,
    domains: text(flags["--domains"]),
  })),
  "compute ssl-policies": compute("global/sslPolicies", (name, { flags }) => ({ name, profile: text(flags["--profile"]) })),
  "compute target-https-proxies": compute("global/targetHttpsProxies", (name, at) => ({
    name,
    urlMap: needed(at, "compute url-maps", text(at.flags["--url-map"])),
    certificate: needed(at, "compute ssl-certificates", text(at.flags["--ssl-certificates"])),
    policy: needed(at, "compute ssl-policies", text(at.flags["--ssl-policy"])),
  })),
  "compute forwarding-rules": compute("global/forwardingRules", (name, at) => ({
    name,
    target: needed(at, "compute target-https-proxies", text(at.flags["--target-https-proxy"])),
    address: needed(at, "compute addresses", text(at.flags["--address"])),
    ports: text(at.flags["--ports"]),
  })),
  "compute networks vpc-access connectors": {
    ...notFound("vpcaccess", "connectors"),
    pending: "CREATING",
    make: (name, at) => ({
      name,
      state: "READY",
      network: needed(at, "compute networks", text(at.flags["--network"])),
      machineType: text(at.flags["--machine-type"]),
      instances: [text(at.flags["--min-instances"]), text(at.flags["--max-instances"])],
    }),
  },
  "sql instances": {
    api: "sqladmin",
    missing: () => "HTTPError 404: The Cloud SQL instance does not exist.",
    pending: "PENDING_CREATE",
    make: (name, at) => ({
      name,
      state: "RUNNABLE",
      databaseVersion: text(at.flags["--database-version"]),
      ipAddresses: [{ type: "PRIVATE", ipAddress: "10.200.0.3" }],
      settings: {
        tier: text(at.flags["--tier"]),
        availabilityType: text(at.flags["--availability-type"]).toUpperCase(),
        deletionProtectionEnabled: at.flags["--deletion-protection"] === true,
        backupConfiguration: {
          enabled: at.flags["--backup"] === true,
          pointInTimeRecoveryEnabled: at.flags["--enable-point-in-time-recovery"] === true,
        },
        ipConfiguration: {
          ipv4Enabled: at.flags["--no-assign-ip"] === undefined,
          sslMode: text(at.flags["--ssl-mode"]),
          privateNetwork: peered(at),
        },
      },
    }),
  },
  "sql databases": {
    api: "sqladmin",
    within: "--instance",
    missing: () => "HTTPError 404: Not Found",
    make: (name, at) => ({ name, instance: runnable(at) }),
  },
  "sql users": {
    api: "sqladmin",
    within: "--instance",
    missing: () => "HTTPError 404: Not Found",
    make: (name, at) => ({ name, instance: runnable(at), password: text(at.flags["--password"]) }),
  },
  "redis instances": {
    ...notFound("redis", "instances"),
    pending: "CREATING",
    make: (name, at) => ({
      name,
      state: "READY",
      host: "10.200.1.4",
      port: 6378,
      redisVersion: text(at.flags["--redis-version"]).toUpperCase(),
      tier: text(at.flags["--tier"]),
      memorySizeGb: Number(at.flags["--size"]),
      authEnabled: at.flags["--enable-auth"] === true,
      transitEncryptionMode: text(at.flags["--transit-encryption-mode"]).toUpperCase().replaceAll("-", "_"),
      authorizedNetwork: peered(at),
      serverCaCerts: [{ cert: "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----" }],
    }),
  },
  secrets: { ...notFound("secretmanager", "secrets"), make: (name) => ({ name, versions: [] }) },
  "iam service-accounts": {
    api: "iam",
    missing: (name) => `NOT_FOUND: Unknown service account: ${name}`,
    idOf: (name) => name.replace(/@.*$/, ""),
    make: (name, { project }) => ({ name, email: `${name}@${project.projectId}.iam.gserviceaccount.com` }),
  },
  "artifacts repositories": {
    ...notFound("artifactregistry", "repositories"),
    make: (name, { flags }) => ({ name, format: text(flags["--repository-format"]).toUpperCase() }),
  },
  "builds triggers": { ...notFound("cloudbuild", "triggers"), make: (name) => ({ name }) },
  "logging buckets": { ...notFound("logging", "buckets"), make: (name) => ({ name }) },
  "dns managed-zones": {
    api: "dns",
    missing: (name) => `HTTPError 404: The 'parameters.managedZone' resource named '${name}' does not exist.`,
    make: (name, { flags }) => ({ name, dnsName: text(flags["--dns-name"]), nameServers: ["ns-1.example.", "ns-2.example."] }),
  },
  "dns record-sets": {
    api: "dns",
    within: "--zone",
    missing: (name) => `HTTPError 404: The 'parameters.name' resource named '${name}' does not exist.`,
    make: (name, at) => ({
      name,
      zone: needed(at, "dns managed-zones", text(at.flags["--zone"])),
      type: text(at.flags["--type"]),
      rrdatas: text(at.flags["--rrdatas"]).split(","),
    }),
  },
  "beta monitoring channels": titled("notificationChannels", ({ flags }) => {
    const [key = "", value = ""] = text(flags["--channel-labels"]).split("=");
    return { displayName: text(flags["--display-name"]), type: text(flags["--type"]), labels: { [key]: value } };
  }),
  "alpha monitoring policies": titled("alertPolicies", ({ flags }) => ({
    ...(JSON.parse(readFileSync(text(flags["--policy-from-file"]), "utf8")) as Thing),
    notificationChannels: text(flags["--notification-channels"])
      .split(",")
      .filter((one) => one !== ""),
  })),
  "monitoring dashboards": titled(
    "dashboards",
    ({ flags }) => JSON.parse(readFileSync(text(flags["--config-from-file"]), "utf8")) as Thing,
  ),
  "monitoring uptime": titled("uptimeCheckConfigs", ({ flags, command }) => ({
    displayName: command.positionals[0],
    monitored: text(flags["--resource-labels"]),
    path: text(flags["--path"]),
  })),
  "run services": { api: "run", missing: (name) => `Cannot find service [${name}]`, make: (name) => ({ metadata: { name } }) },
};

function notFound(api: string, kind: string): Pick<Kind, "api" | "missing"> {
  return { api, missing: (name, { projectId }) => `NOT_FOUND: Resource 'projects/${projectId}/${kind}/${name}' was not found.` };
}

/** Things that Google names, of which there may be several with the same title. */
function titled(kind: string, make: (at: Making) => Thing): Kind {
  return {
    ...notFound("monitoring", kind),
    idOf: (name) => name,
    make: (_, at) => {
      const known = at.project.things[at.command.group] ?? {};
      const name = `projects/${at.project.projectId}/${kind}/${Object.keys(known).length + 1}`;
      return { name, ...make(at) };
    },
  };
}

function generic(cloud: CloudState, command: Command, kind: Kind, input: string): Done {
  const { group, verb, flags } = command;
  const project = projectOf(cloud, command, kind.api);
  const things = (project.things[group] ??= {});
  const [given = ""] = command.positionals;
  const id = kind.idOf ? kind.idOf(given) : given;
  const key = kind.within === undefined ? id : `${text(flags[kind.within])}/${id}`;
  const show = (rows: readonly Thing[]) => formatted(rows, { command: command.name, flags });
  const found = () => {
    const thing = things[key];
    if (!thing) throw new Refusal(command.name, kind.missing(given, project));
    return thing;
  };
  switch (verb) {
    case "create": {
      if (Object.hasOwn(things, key) && given !== "")
        throw new Refusal(command.name, `ALREADY_EXISTS: ${given} already exists`, 1);
      const thing = kind.make(id, { flags, project, command, input });
      things[kind.idOf && String(thing["name"]).includes("/") ? String(thing["name"]) : key] = thing;
      return { output: "", changed: true, ...(kind.pending === undefined ? {} : { made: { thing, pending: kind.pending } }) };
    }
    case "describe":
      return { output: show([settled(found(), command)]), changed: false };
    case "list":
    case "list-configs": {
      if (kind.within !== undefined && flags[kind.within] !== undefined) parentOf(project, command, text(flags[kind.within]));
      const within = kind.within === undefined ? undefined : `${text(flags[kind.within])}/`;
      const rows = Object.entries(things).filter(([name]) => within === undefined || name.startsWith(within));
      return { output: show(rows.map(([, thing]) => thing)), changed: false };
    }
    case "delete": {
      const settings = found()["settings"] as Thing | undefined;
      if (settings?.["deletionProtectionEnabled"] === true)
        throw new Refusal(
          command.name,
          "HTTPError 400: The instance is protected. Please disable the deletion protection and try again.",
        );
      delete things[key];
      if (group === "sql instances") forget(project, ["sql databases", "sql users"], `${key}/`);
      return { output: "", changed: true };
    }
    case "get-iam-policy":
      found();
      return { output: show([{ bindings: policyOf(project, group, id) }]), changed: false };
    case "add-iam-policy-binding":
      found();
      bind(policyOf(project, group, id), flags);
      return { output: "", changed: true };
    case "remove-iam-policy-binding":
      found();
      unbind(policyOf(project, group, id), flags);
      return { output: "", changed: true };
    default:
      throw new Refusal(command.name, "the stand-in does not play this command", 70);
  }
}

function forget(project: Project, groups: readonly string[], prefix: string): void {
  for (const group of groups)
    for (const key of Object.keys(project.things[group] ?? {})) if (key.startsWith(prefix)) delete project.things[group]?.[key];
}

/** What an interrupted call left half made gets ready while somebody looks. */
function settled(thing: Thing, { flags }: Command): Thing {
  const left = thing["looksLeft"];
  const shown = { ...thing };
  if (typeof left === "number" && String(flags["--format"]).includes("state")) {
    if (left > 0) thing["looksLeft"] = left - 1;
    else {
      thing["state"] = thing["ready"];
      delete thing["looksLeft"];
      delete thing["ready"];
      return thing;
    }
  }
  return shown;
}

export function leaveHalfMade({ thing, pending }: { readonly thing: Thing; readonly pending: string }): void {
  thing["ready"] = thing["state"];
  thing["state"] = pending;
  thing["looksLeft"] = 1;
}

// What does not go by this pattern

type Special = (at: {
  readonly cloud: CloudState;
  readonly command: Command;
  readonly input: string;
}) => string | Thing | readonly Thing[];

const specials: Readonly<Record<string, Special>> = {
  "projects list": ({ cloud }) => Object.values(cloud.projects).map(shownProject),
  "projects create": ({ cloud, command }) => {
    const projectId = command.positionals[0] ?? "";
    if (Object.hasOwn(cloud.projects, projectId))
      throw new Refusal(
        command.name,
        `Project creation failed. The project ID you specified is already in use by another project.`,
      );
    const { flags } = command;
    cloud.projects[projectId] = {
      projectId,
      projectNumber: "123456789012",
      name: text(flags["--name"]),
      ...(flags["--organization"] === undefined ? {} : { parent: text(flags["--organization"]) }),
      apis: {},
      things: { "logging buckets": { _Default: { name: "_Default", retentionDays: 30 } } },
    };
    return "";
  },
  "projects describe": ({ cloud, command }) => shownProject(projectNamed(cloud, command, command.positionals[0])),
  "projects delete": ({ cloud, command }) => {
    delete cloud.projects[projectNamed(cloud, command, command.positionals[0]).projectId];
    return "";
  },
  "projects get-iam-policy": ({ cloud, command }) => ({
    bindings: policyOf(projectNamed(cloud, command, command.positionals[0]), "projects", "all"),
  }),
  "projects add-iam-policy-binding": ({ cloud, command }) => {
    const project = projectNamed(cloud, command, command.positionals[0]);
    const [, account = "", home = ""] = /^serviceAccount:([^@]+)@([^.]+)\./.exec(text(command.flags["--member"])) ?? [];
    if (!Object.hasOwn(cloud.projects[home]?.things["iam service-accounts"] ?? {}, account))
      throw new Refusal(command.name, `INVALID_ARGUMENT: Service account ${text(command.flags["--member"])} does not exist.`);
    bind(policyOf(project, "projects", "all"), command.flags);
    return "";
  },
  "projects remove-iam-policy-binding": ({ cloud, command }) => {
    unbind(policyOf(projectNamed(cloud, command, command.positionals[0]), "projects", "all"), command.flags);
    return "";
  },
  "billing projects describe": ({ cloud, command }) => {
    const { billing } = projectNamed(cloud, command, command.positionals[0]);
    return { billingAccountName: billing ?? "", billingEnabled: billing !== undefined };
  },
  "billing projects link": ({ cloud, command }) => {
    projectNamed(cloud, command, command.positionals[0]).billing = text(command.flags["--billing-account"]);
    return "";
  },
  "services list": ({ cloud, command }) =>
    Object.keys(projectOf(cloud, command).apis).map((name) => ({ name: `services/${name}`, state: "ENABLED", config: { name } })),
  "services enable": ({ cloud, command }) => {
    const project = projectOf(cloud, command);
    if (project.billing === undefined)
      throw new Refusal(command.name, "FAILED_PRECONDITION: Billing account for project is not found.");
    for (const api of command.positionals) project.apis[api] = true;
    return "";
  },
  "services vpc-peerings list": ({ cloud, command }) => {
    const project = projectOf(cloud, command, "servicenetworking");
    const network = text(command.flags["--network"]);
    return Object.values(project.things["peerings"] ?? {}).filter((one) => one["network"] === network);
  },
  "services vpc-peerings connect": ({ cloud, command, input }) => {
    const project = projectOf(cloud, command, "servicenetworking");
    const at = { flags: command.flags, project, command, input };
    const network = needed(at, "compute networks", text(command.flags["--network"]));
    (project.things["peerings"] ??= {})[network] = {
      network,
      service: text(command.flags["--service"]),
      reservedPeeringRanges: [needed(at, "compute addresses", text(command.flags["--ranges"]))],
    };
    return "";
  },
  "services vpc-peerings delete": ({ cloud, command }) => {
    delete projectOf(cloud, command, "servicenetworking").things["peerings"]?.[text(command.flags["--network"])];
    return "";
  },
  "config configurations list": ({ cloud }) => Object.keys(cloud.configurations).map((name) => ({ name })),
  "config configurations create": ({ cloud, command }) => {
    cloud.configurations[command.positionals[0] ?? ""] = {};
    return "";
  },
  "config get": ({ cloud, command }) => `${configuration(cloud, command)[command.positionals[0] ?? ""] ?? ""}\n`,
  "config set": ({ cloud, command }) => {
    configuration(cloud, command)[command.positionals[0] ?? ""] = command.positionals[1] ?? "";
    return "";
  },
  "secrets versions list": (at) => versionsOf(at, at.command.positionals[0]).map(({ name, state }) => ({ name, state })),
  "secrets versions describe": (at) => versionOf(at),
  "secrets versions access": (at) => versionOf(at).value,
  "secrets versions add": (at) => {
    const versions = versionsOf(at, at.command.positionals[0]);
    if (at.command.flags["--data-file"] !== "-")
      throw new Refusal(at.command.name, "the stand-in takes values from standard input", 70);
    if (at.input === "") throw new Refusal(at.command.name, "INVALID_ARGUMENT: The secret payload is empty.");
    versions.push({ name: String(versions.length + 1), state: "ENABLED", value: at.input });
    return "";
  },
  "run deploy": ({ cloud, command, input }) => {
    const project = projectOf(cloud, command, "run");
    const { flags } = command;
    const at = { flags, project, command, input };
    needed(at, "compute networks vpc-access connectors", text(flags["--vpc-connector"]));
    needed(at, "iam service-accounts", text(flags["--service-account"]).replace(/@.*$/, ""));
    for (const one of text(flags["--set-secrets"]).split(",")) needed(at, "secrets", one.replace(/^.*=|:latest$/g, ""));
    const [name = ""] = command.positionals;
    const { "--project": _, "--quiet": __, ...rest } = flags;
    (project.things["run services"] ??= {})[name] = { metadata: { name }, ...rest };
    return "";
  },
  "redis instances get-auth-string": ({ cloud, command }) => {
    const thing = projectOf(cloud, command, "redis").things[command.group]?.[command.positionals[0] ?? ""];
    if (thing?.["authEnabled"] !== true) throw new Refusal(command.name, "FAILED_PRECONDITION: AUTH is not enabled");
    return { authString: "11111111-2222-3333-4444-555555555555" };
  },
  "compute backend-services add-backend": ({ cloud, command, input }) => {
    const project = projectOf(cloud, command, "compute");
    const at = { flags: command.flags, project, command, input };
    const backend = project.things[command.group]?.[needed(at, command.group, command.positionals[0] ?? "")] ?? {};
    const group = needed(at, "compute network-endpoint-groups", text(command.flags["--network-endpoint-group"]));
    backend["backends"] = [...((backend["backends"] ?? []) as Thing[]), { group }];
    return "";
  },
  "sql instances patch": ({ cloud, command }) => {
    const thing = projectOf(cloud, command, "sqladmin").things[command.group]?.[command.positionals[0] ?? ""];
    if (!thing) throw new Refusal(command.name, "HTTPError 404: The Cloud SQL instance does not exist.");
    const settings = thing["settings"] as Thing;
    if (command.flags["--no-deletion-protection"] === true) settings["deletionProtectionEnabled"] = false;
    return "";
  },
  "alpha monitoring policies update": ({ cloud, command }) => {
    const policy = projectOf(cloud, command, "monitoring").things[command.group]?.[command.positionals[0] ?? ""] ?? {};
    const added = text(command.flags["--add-notification-channels"]);
    policy["notificationChannels"] = [...((policy["notificationChannels"] ?? []) as string[]), added];
    return "";
  },
  "logging buckets update": ({ cloud, command }) => {
    const bucket = projectOf(cloud, command, "logging").things[command.group]?.[command.positionals[0] ?? ""] ?? {};
    bucket["retentionDays"] = Number(command.flags["--retention-days"]);
    return "";
  },
  // gcloud keeps a transaction in a file, and sends it as one change.
  "dns record-sets transaction start": ({ command }) => {
    if (existsSync(text(command.flags["--transaction-file"])))
      throw new Refusal(command.name, `transaction already exists at [${text(command.flags["--transaction-file"])}]`);
    writeFileSync(text(command.flags["--transaction-file"]), "[]");
    return "";
  },
  "dns record-sets transaction add": changeRecord,
  "dns record-sets transaction remove": changeRecord,
  "dns record-sets transaction execute": ({ cloud, command }) => {
    const records = (projectOf(cloud, command, "dns").things["dns record-sets"] ??= {});
    const zone = text(command.flags["--zone"]);
    const changes = JSON.parse(readFileSync(text(command.flags["--transaction-file"]), "utf8")) as RecordChange[];
    for (const { verb, name, rrdatas } of changes)
      if (verb === "remove" && String(records[`${zone}/${name}`]?.["rrdatas"]) !== String(rrdatas))
        throw new Refusal(command.name, `HTTPError 412: Precondition not met for 'entity.change.deletions'`);
    for (const { verb, name, ...rest } of changes)
      if (verb === "remove") delete records[`${zone}/${name}`];
      else records[`${zone}/${name}`] = { name, zone, ...rest };
    rmSync(text(command.flags["--transaction-file"]));
    return "";
  },
  "builds triggers create github": trigger,
  "builds triggers create manual": trigger,
};

type RecordChange = { readonly verb: string; readonly name: string; readonly rrdatas: readonly string[] };
function changeRecord({ command }: { readonly command: Command }): string {
  const file = text(command.flags["--transaction-file"]);
  const { "--name": name, "--ttl": ttl, "--type": type } = command.flags;
  const change = { verb: command.verb, name, ttl, type, rrdatas: command.positionals };
  writeFileSync(file, JSON.stringify([...(JSON.parse(readFileSync(file, "utf8")) as RecordChange[]), change]));
  return "";
}

function trigger({ cloud, command }: { readonly cloud: CloudState; readonly command: Command }): string {
  const project = projectOf(cloud, command, "cloudbuild");
  const { "--name": name, "--project": _, "--quiet": __, ...rest } = command.flags;
  (project.things["builds triggers"] ??= {})[text(name)] = { name: text(name), kind: command.verb, ...rest };
  return "";
}

function shownProject({ projectId, projectNumber, name }: Project): Thing {
  return { projectId, projectNumber, name, lifecycleState: "ACTIVE" };
}

function projectNamed(cloud: CloudState, command: Command, id: string | undefined): Project {
  const found = Object.hasOwn(cloud.projects, id ?? "") ? cloud.projects[id ?? ""] : undefined;
  if (!found)
    throw new Refusal(
      command.name,
      `[someone@example.com] does not have permission to access projects instance [${id}] (or it may not exist)`,
    );
  return found;
}

function projectOf(cloud: CloudState, command: Command, api?: string): Project {
  const project = projectNamed(cloud, command, text(command.flags["--project"]));
  const needs = api === undefined ? [] : [`${api}.googleapis.com`];
  for (const one of needs)
    if (!Object.hasOwn(project.apis, one))
      throw new Refusal(
        command.name,
        `PERMISSION_DENIED: API [${one}] has not been used in project ${project.projectId} before or it is disabled.`,
      );
  return project;
}

type Binding = { role: string; members: string[] };
function policyOf(project: Project, group: string, id: string): Binding[] {
  const policies = (project.things["policies"] ??= {});
  return ((policies[`${group}/${id}`] ??= { bindings: [] }) as { bindings: Binding[] }).bindings;
}

function bind(policy: Binding[], flags: Flags): void {
  const role = text(flags["--role"]);
  const member = text(flags["--member"]);
  const known = policy.find((one) => one.role === role);
  if (!known) policy.push({ role, members: [member] });
  else if (!known.members.includes(member)) known.members.push(member);
}

function unbind(policy: Binding[], flags: Flags): void {
  const index = policy.findIndex(({ role, members }) => role === flags["--role"] && members.includes(text(flags["--member"])));
  const [known] = index < 0 ? [] : policy.splice(index, 1);
  const members = known?.members.filter((one) => one !== flags["--member"]) ?? [];
  if (members.length > 0) policy.push({ role: text(flags["--role"]), members });
}

function needed({ project, command }: Pick<Making, "project" | "command">, group: string, name: string): string {
  if (!Object.hasOwn(project.things[group] ?? {}, name))
    throw new Refusal(
      command.name,
      `Could not fetch resource:\n - Invalid value for field: the resource '${group}/${name}' was not found`,
    );
  return name;
}

function peered(at: Making): string {
  const network = last(text(at.flags["--network"]));
  needed(at, "peerings", network);
  return network;
}

function runnable({ project, command, flags }: Making): string {
  const instance = parentOf(project, command, text(flags["--instance"]));
  if (instance["state"] !== "RUNNABLE")
    throw new Refusal(command.name, "HTTPError 400: Invalid request: Invalid request since instance is not running.");
  return String(instance["name"]);
}

function parentOf(project: Project, command: Command, name: string): Thing {
  if (command.group.startsWith("dns")) return project.things["dns managed-zones"]?.[name] ?? {};
  const instance = project.things["sql instances"]?.[name];
  if (!instance) throw new Refusal(command.name, "HTTPError 404: The Cloud SQL instance does not exist.");
  return instance;
}

type Version = { readonly name: string; readonly state: string; readonly value: string };
function versionsOf({ cloud, command }: Parameters<Special>[0], secret: string | undefined): Version[] {
  const project = projectOf(cloud, command, "secretmanager");
  const found = project.things["secrets"]?.[secret ?? ""];
  if (!found)
    throw new Refusal(command.name, `NOT_FOUND: Secret [projects/${project.projectNumber}/secrets/${secret}] not found.`);
  return found["versions"] as Version[];
}

function versionOf(at: Parameters<Special>[0]): Version {
  const found = versionsOf(at, text(at.command.flags["--secret"])).at(-1);
  if (!found) throw new Refusal(at.command.name, "NOT_FOUND: Secret Version [latest] not found.");
  return found;
}

function configuration(cloud: CloudState, { name, flags }: Command): Record<string, string> {
  const found = cloud.configurations[text(flags["--configuration"])];
  if (!found) throw new Refusal(name, `The configuration [${text(flags["--configuration"])}] does not exist.`);
  return found;
}
