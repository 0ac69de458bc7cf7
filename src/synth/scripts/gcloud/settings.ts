import { bytesOf, durationMs } from "../../../lib/quantities.ts";
import type { EnvironmentService } from "../../../spec/environment.ts";
import type { File } from "../../file.ts";
import { identifier, shortName, slug } from "../../names.ts";
import { copiesImages, triggerOf } from "../../pipelines/places.ts";
import { builtIn } from "../../promotion.ts";
import { inComment } from "../../text/shell.ts";
import { variablesOf } from "../../variables.ts";
import type { Cache, Database, GcpEnvironment, Plan } from "./plan.ts";
import { secretOf } from "./plan.ts";

type Setting = { readonly key: string; readonly comment?: string; readonly of: (environment: GcpEnvironment) => string };
export type Section = { readonly title: string; readonly settings: readonly Setting[] };

/** Every name and size that the scripts use. They hold none themselves, so that one file says what there is. */
export function settingsOf(plan: Plan): readonly Section[] {
  const { product, first, environments } = plan;
  return [
    {
      title: "Project",
      settings: [
        { key: "PROJECT_ID", of: ({ project }) => known(project) },
        { key: "PROJECT_NAME", of: triggerOf },
        {
          key: "ORGANISATION_ID",
          comment: "Asked for when empty; none for a project outside an organisation.",
          of: ({ organisation }) => known(organisation),
        },
        {
          key: "BILLING_ACCOUNT",
          comment: "Asked for when empty: gcloud billing accounts list",
          of: ({ billing }) => known(billing),
        },
        { key: "REGION", of: ({ region }) => region ?? "us-central1" },
        { key: "ZONE", of: ({ zone, region }) => zone ?? `${region ?? "us-central1"}-a` },
        { key: "APIS", of: () => [...new Set(environments.flatMap(apisOf))].join(" ") },
        { key: "PRODUCTION", of: ({ production }) => yesNo(production) },
      ],
    },
    {
      title: "Network",
      settings: [
        { key: "NETWORK", of: ({ network }) => network?.name ?? `${product}-vpc` },
        { key: "SUBNET", of: () => `${product}-subnet` },
        { key: "SUBNET_RANGE", of: rangeOf },
        {
          key: "SERVICES_RANGE",
          comment: "The addresses that Cloud SQL and Memorystore get theirs from.",
          of: () => `${product}-services`,
        },
        { key: "CONNECTOR", of: () => shortName(`${product}-connector`, 25) },
        { key: "CONNECTOR_RANGE", of: (environment) => rangeAfter(rangeOf(environment)) },
        { key: "CONNECTOR_MACHINE", of: ({ network }) => network?.connector?.machine ?? "f1-micro" },
        { key: "CONNECTOR_MIN", of: ({ network }) => String(network?.connector?.min ?? 2) },
        { key: "CONNECTOR_MAX", of: ({ network }) => String(network?.connector?.max ?? 3) },
      ],
    },
    ...plan.databases.map(({ name, prefix }) => ({ title: `Database ${name}`, settings: databaseSettings(plan, name, prefix) })),
    ...plan.caches.map(({ name, prefix }) => ({ title: `Cache ${name}`, settings: cacheSettings(plan, name, prefix) })),
    {
      title: "Services",
      settings: [...plan.services.flatMap(({ name, prefix }) => serviceSettings(plan, name, prefix)), ...hostSettings(plan)],
    },
    {
      title: "CI/CD",
      settings: [
        { key: "IMAGES", of: () => product },
        { key: "DEPLOYER", of: ({ pipeline }) => pipeline?.account ?? `${product}-deployer` },
        { key: "BUILD_FILE", of: (environment) => buildFileOf(environment, environments) },
        { key: "REPOSITORY_OWNER", of: ({ repository }) => repository?.path.split("/")[0] ?? "" },
        { key: "REPOSITORY_NAME", of: ({ repository }) => repository?.path.split("/").slice(1).join("/") ?? "" },
        { key: "BRANCH", of: (environment) => branchOf(environment) ?? first.repository?.mainBranch ?? "main" },
        {
          key: "PROMOTES_FROM",
          comment: "The environment whose images are brought here, once they are proven there. It is set up first.",
          of: (environment) => (copiesImages(plan.subject, environment) ? (builtIn(plan.subject)?.environment ?? "") : ""),
        },
        ...plan.builds.substitutions.map(({ setting }) => ({
          key: setting,
          comment: "Builds are told this. Asked for when empty.",
          of: () => "",
        })),
        {
          key: "BUILD_SECRETS",
          comment: "Secrets that builds read, whose values somebody stores.",
          of: () => plan.builds.secrets.join(" "),
        },
        {
          key: "DEPLOYS_ON",
          comment: "push: each push to the branch is built and deployed. hand: only when somebody runs the trigger.",
          of: (environment) => (branchOf(environment) === undefined ? "hand" : "push"),
        },
      ],
    },
    {
      title: "Monitoring",
      settings: [
        { key: "LOG_DAYS", of: ({ logs }) => String(days(logs?.keep ?? "30d")) },
        { key: "ALERT_EMAIL", of: (environment) => addressOf(environment, "email") },
        {
          key: "ALERT_SLACK",
          comment: "Slack is connected once by hand, in the console: it needs somebody who logs in to it.",
          of: (environment) => addressOf(environment, "slack"),
        },
      ],
    },
  ];
}

function databaseSettings({ product }: Plan, name: string, prefix: string): readonly Setting[] {
  const setting = (key: string, of: (database: Database) => string): Setting => ({
    key: `${prefix}_${key}`,
    of: ({ resources }) => {
      const found = resources[name];
      return found?.kind === "postgres" ? of(found) : "";
    },
  });
  return [
    setting("INSTANCE", ({ instance }) => instance ?? `${product}-${name}`),
    setting("VERSION", ({ version }) => `POSTGRES_${version}`),
    setting("TIER", ({ size }) => size ?? "db-f1-micro"),
    setting("AVAILABILITY", ({ highAvailability }) => (highAvailability === true ? "regional" : "zonal")),
    setting("LOG_DAYS", ({ backup }) => String(Math.min(7, days(backup?.pitr ?? "7d")))),
    setting("DATABASE", ({ database }) => database ?? identifier(product)),
    setting("USER", ({ user }) => user ?? identifier(product)),
    setting("PASSWORD_SECRET", ({ password }) => secretOf(password, `${name}-password`)),
    setting("URL_SECRET", ({ urlIn }) => secretOf(urlIn, `${name}-url`)),
  ];
}

function cacheSettings({ product }: Plan, name: string, prefix: string): readonly Setting[] {
  const setting = (key: string, of: (cache: Cache) => string): Setting => ({
    key: `${prefix}_${key}`,
    of: ({ resources }) => {
      const found = resources[name];
      return found?.kind === "redis" ? of(found) : "";
    },
  });
  return [
    setting("INSTANCE", ({ instance }) => instance ?? `${product}-${name}`),
    setting("VERSION", ({ version }) =>
      `redis_${String(version).includes(".") ? String(version) : `${version}.0`}`.replace(".", "_"),
    ),
    setting("TIER", ({ tier }) => tier ?? "basic"),
    setting("GIB", ({ memory }) => String(Math.ceil(bytesOf(memory ?? "1Gi") / 2 ** 30))),
    setting("URL_SECRET", ({ urlIn }) => secretOf(urlIn, `${name}-url`)),
    setting("CA_SECRET", () => `${name}-ca`),
  ];
}

function serviceSettings({ product }: Plan, name: string, prefix: string): readonly Setting[] {
  const setting = (
    key: string,
    of: (service: EnvironmentService, environment: GcpEnvironment) => string,
    comment?: string,
  ): Setting => ({
    key: `${prefix}_${key}`,
    ...(comment === undefined ? {} : { comment }),
    of: (environment) => {
      const service = environment.services[name];
      return service === undefined ? "" : of(service, environment);
    },
  });
  return [
    setting("ACCOUNT", ({ account }) => account ?? shortName(`${product}-${name}`, 30)),
    setting("CPU", ({ size }) => String(size?.cpu ?? 1)),
    setting("MEMORY", ({ size }) => size?.memory ?? "512Mi"),
    setting("MIN", ({ scale }) => String(scale?.min ?? 0)),
    setting("MAX", ({ scale }) => String(scale?.max ?? 1)),
    setting("VARIABLES", textVariables, "What stands between the two ^ separates them: gcloud topic escaping."),
  ];
}

/** The variables that are no secrets, in gcloud's form of a list: with a separator that none of them has in it. */
function textVariables(service: EnvironmentService, environment: GcpEnvironment): string {
  const all = variablesOf(environment, service).flatMap((one) => (one.from === "text" ? [`${one.name}=${one.text}`] : []));
  const separator = [";", "|", "~", "#", ";;;", "|||"].find((one) => !all.some((text) => text.includes(one))) ?? "~|~";
  return `^${separator}^${all.join(separator)}`;
}

/** Only where an environment has a host of its own there is a load balancer with a certificate. */
function hostSettings({ environments, product }: Plan): readonly Setting[] {
  const [example] = environments.flatMap(({ hosts }) => hosts);
  if (example === undefined) return [];
  const hostOf = ({ hosts }: GcpEnvironment) => hosts[0] ?? example;
  return [
    {
      key: "HOST",
      comment: "An own domain: empty means the address that Cloud Run gives.",
      of: ({ hosts }) => hosts[0]?.host ?? "",
    },
    { key: "HOST_SERVICE", of: (environment) => deploymentOf(environment.services, hostOf(environment).service) },
    { key: "DNS_DOMAIN", of: (environment) => parentDomain(hostOf(environment).host) },
    { key: "DNS_ZONE", of: (environment) => shortName(parentDomain(hostOf(environment).host), 63) },
    { key: "BALANCER", of: () => `${product}-web` },
  ];
}

export function deploymentOf(services: GcpEnvironment["services"], name: string): string {
  return services[name]?.deployment?.name ?? name;
}

/** Where a service finds the certificate that signed the cache's. */
export function authorityFile(cache: string): string {
  return `/etc/${cache}/ca.pem`;
}

function apisOf({ apis, network, hosts }: GcpEnvironment): readonly string[] {
  const named = apis ?? ["compute", "servicenetworking", "vpcaccess", "sqladmin", "redis", "run", "secretmanager", "monitoring"];
  // Accounts and their rights are made by these scripts, whether or not the document lists what they need.
  const needed = ["iam", "cloudresourcemanager", ...(network?.dns === "cloud dns" && hosts.length > 0 ? ["dns"] : [])];
  return [...new Set([...named, ...needed])].map((api) => (api.includes(".") ? api : `${api}.googleapis.com`));
}

/** What stands in for a value that is chosen at set-up is none. */
function known(value: string | undefined): string {
  return value === undefined || /<[^>]*>/.test(value) ? "" : value;
}

function rangeOf({ network }: GcpEnvironment): string {
  return network?.range ?? "10.128.0.0/20";
}

/** The first 16 addresses behind a range. */
function rangeAfter(range: string): string {
  const [address = "10.128.0.0", bits = "20"] = range.split("/");
  const start = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  const after = (Math.floor(start / size) + 1) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(after / 2 ** shift) % 256).join(".")}/28`;
}

function branchOf({ deploy }: GcpEnvironment): string | undefined {
  return deploy?.flatMap((one) => (one.on === "push" || one.on === "merge" ? [one.branch] : []))[0];
}

/** What a push starts is the product's own file; what somebody starts by hand stands beside it. */
function buildFileOf(environment: GcpEnvironment, all: readonly GcpEnvironment[]): string {
  const file = environment.pipeline?.file ?? "cloudbuild.yaml";
  const main = branchOf(environment) !== undefined || all.every((one) => branchOf(one) === undefined);
  return main ? file : file.replace(/(\.ya?ml)?$/, `-${slug(`Deploy ${environment.environment}`)}.yaml`);
}

function addressOf({ alerts, channels }: GcpEnvironment, kind: "email" | "slack"): string {
  const told = new Set(Object.values(alerts).flatMap(({ to }) => to.map(({ ref }) => ref)));
  return Object.entries(channels).find(([name, one]) => one.kind === kind && told.has(`channels.${name}`))?.[1].address ?? "";
}

function parentDomain(host: string): string {
  const labels = host.split(".");
  return labels.length > 2 ? labels.slice(1).join(".") : host;
}

const days = (duration: string): number => Math.max(1, Math.round(durationMs(duration) / 86_400_000));
const yesNo = (value: boolean | undefined): string => (value === true ? "yes" : "no");

function environmentPrefix(environment: string): string {
  return `${environment.toUpperCase().replace(/[^A-Z0-9]/g, "_")}__`;
}

export function settingsFile(plan: Plan): File {
  const { environments } = plan;
  const example = environmentPrefix(plan.first.environment);
  const lines = [
    "# Settings of the scripts. They are read, not run: a value is what stands behind the first =, whatever is in it.",
    `# A line for one environment starts with its name and goes first: ${example}REGION=us-east1`,
    "",
    `ENVIRONMENTS=${ordered(environments)
      .map(({ environment }) => environment)
      .join(" ")}`,
  ];
  for (const { title, settings } of settingsOf(plan)) {
    lines.push("", `# ${inComment(title)}`);
    for (const { key, comment, of } of settings) {
      if (comment !== undefined) lines.push(`# ${comment}`);
      const values = ordered(environments).map((one) => ({ name: one.environment, value: inComment(of(one)) }));
      if (new Set(values.map(({ value }) => value)).size === 1) lines.push(`${key}=${values[0]?.value ?? ""}`);
      else for (const { name, value } of values) lines.push(`${environmentPrefix(name)}${key}=${value}`);
    }
  }
  return { path: plan.settings, text: `${lines.join("\n")}\n` };
}

/** Production comes last: the first is what the scripts take when none is named. */
function ordered(environments: readonly GcpEnvironment[]): readonly GcpEnvironment[] {
  return environments.toSorted((a, b) => Number(a.production ?? false) - Number(b.production ?? false));
}
