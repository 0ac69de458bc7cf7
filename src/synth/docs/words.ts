import { listed } from "../../lib/text.ts";
import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import { code, text } from "../text/markdown.ts";

// What the spec says, in sentences of Markdown.

type RunbookStep = Environment["runbooks"][string]["steps"][number];
export type Condition = NonNullable<Extract<RunbookStep, { does: "check" }>["that"]>;
type Trigger = NonNullable<Environment["deploy"]>[number];
type Resource = Environment["resources"][string];

const comparisons: Readonly<Record<Condition["is"], string>> = {
  above: "above",
  atLeast: "at least",
  below: "below",
  atMost: "at most",
  timesNormal: "so many times what is normal:",
};

/** `replication lag of postgres: below 30s` */
export function conditionText({ signal, is, value, for: lasting }: Condition): string {
  const about = nameOf(signal.of);
  const what = signal.metric === undefined ? spaced(signal.measure) : code(signal.metric);
  const of = about === undefined ? "" : ` of ${text(about)}`;
  const quantile = signal.quantile === undefined ? "" : ` (p${signal.quantile * 100})`;
  const over = signal.over === undefined ? "" : ` over ${signal.over}`;
  return `${what}${quantile}${of}${over}: ${comparisons[is]} ${value}${lasting === undefined ? "" : ` for ${lasting}`}`;
}

/** The name of what a reference leads to, in whichever collection it is. */
export function nameOf(reference: { readonly ref: string } | undefined): string | undefined {
  return reference?.ref.slice(reference.ref.indexOf(".") + 1);
}

/** `replicationLag` is said `replication lag`. */
export function spaced(word: string): string {
  return word.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

export function triggerText(trigger: Trigger): string {
  switch (trigger.on) {
    case "push":
      return `a push to ${code(trigger.branch)}`;
    case "merge":
      return `a merge to ${code(trigger.branch)}`;
    case "tag":
      return `a tag ${code(trigger.pattern)}`;
    case "pull request":
      return trigger.label === undefined ? "a pull request" : `a pull request with the label ${code(trigger.label)}`;
    case "schedule":
      return `the schedule ${code(trigger.schedule)} (UTC)`;
    case "hand":
      return trigger.role === undefined ? "somebody, by hand" : `${text(nameOf(trigger.role) ?? "")}, by hand`;
    case "together":
      return `a release to ${code(nameOf(trigger.environment) ?? "")}`;
  }
}

/** How a release takes traffic: `10% for 30m, then everything`. */
export function strategyText({ release }: Environment): string {
  switch (release?.strategy) {
    case "canary":
      return `a canary: ${release.steps.map(({ to, bake }) => `${to} for ${bake}`).join(", then ")}, then everything`;
    case "blue-green":
      return "blue-green: the new version stands beside the old one, and gets all traffic at once";
    case "recreate":
      return "recreated: the old version stops before the new one starts";
    default:
      return "rolling: one instance after the other";
  }
}

/** `#devops on Slack` */
export function channelText(environment: Environment, reference: { readonly ref: string }): string {
  const channel = environment.channels[refName(reference, "channels") ?? ""];
  if (channel === undefined) return text(nameOf(reference) ?? "");
  const on = { slack: "on Slack", pagerduty: "at PagerDuty", email: "by email", webhook: "by webhook" }[channel.kind];
  return `${text(channel.address)} ${on}`;
}

export function channelsText(environment: Environment, references: readonly { readonly ref: string }[] = []): string {
  return listed(references.map((one) => channelText(environment, one)));
}

/** `PostgreSQL 16 (Cloud SQL)` */
export function resourceTitle(name: string, resource: Resource, { cloud }: Pick<Environment, "cloud">): string {
  const on = resource.kind === "queue" ? nameOf(resource.on) : undefined;
  if (on !== undefined && resource.title === undefined) return `queue ${name} on ${on}`;
  const product = products[resource.kind]?.[resource.kind === "bucket" && resource.engine === "minio" ? "local" : cloud];
  const what = whatIs(resource);
  return (
    resource.title ?? (resource.external === true || product === undefined ? `${what} ${name}` : `${what} ${name}, ${product}`)
  );
}

function whatIs(resource: Resource): string {
  switch (resource.kind) {
    case "postgres":
      return `PostgreSQL ${resource.version}`;
    case "redis":
      return `Redis ${resource.version}`;
    case "bucket":
      return resource.engine === "minio" ? "MinIO" : "bucket";
    case "kms":
      return "key";
    case "workflows":
      return "Temporal";
    case "search":
      return resource.engine;
    case "scanner":
      return "ClamAV";
    case "partner":
      return "partner";
    case "mail":
      return "mail";
    default:
      return resource.kind;
  }
}

const products: Readonly<Record<string, Readonly<Partial<Record<Environment["cloud"], string>>>>> = {
  postgres: { gcp: "Cloud SQL", aws: "RDS", azure: "Azure Database" },
  redis: { gcp: "Memorystore", aws: "ElastiCache", azure: "Azure Cache" },
  bucket: { gcp: "Cloud Storage", aws: "S3", azure: "Blob Storage" },
  topic: { gcp: "Pub/Sub", aws: "SNS", azure: "Service Bus" },
  queue: { gcp: "Pub/Sub", aws: "SQS", azure: "Service Bus" },
  kms: { gcp: "Cloud KMS", aws: "KMS", azure: "Key Vault" },
};

/** Where an environment runs: `Cloud Run in us-central1`. */
export function placeText(environment: Environment): string {
  if (environment.cloud === "local") return "this machine";
  const runs = { "cloud run": "Cloud Run", gke: "GKE", ecs: "ECS", eks: "EKS", aks: "AKS" }[environment.runs ?? "cloud run"];
  return `${runs} in ${code(environment.region ?? environment.regions?.[0] ?? "")}`;
}

/** The project, account or subscription. */
export function homeOf(environment: Environment): string {
  switch (environment.cloud) {
    case "gcp":
      return environment.project;
    case "aws":
      return environment.account;
    case "azure":
      return environment.subscription;
    case "local":
      return "";
  }
}
