import { listed } from "../../lib/text.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Layout } from "../layout.ts";
import { type Subject, inCloud } from "../subject.ts";
import { code, list, table, text } from "../text/markdown.ts";
import { mostWatched } from "./watched.ts";

/** What keeps the product safe, as far as its infrastructure does: network, rights, secrets, encryption, what is refused. */
export function securitySection(subject: Subject, layout: Layout): readonly string[] {
  const environment = mostWatched(subject);
  if (environment === undefined) return [];
  return [
    "## Security",
    list([...networkItems(environment), ...dataItems(environment), ...auditItems(environment), ...policyItems(subject, layout)]),
    ...rights(environment),
    ...secrets(environment),
  ];
}

function networkItems(environment: Environment): readonly string[] {
  const stores = Object.values(environment.resources).filter(
    (one) => one.external !== true && (one.kind === "postgres" || one.kind === "redis"),
  );
  const { network } = environment;
  return [
    ...(stores.length > 0 && stores.every((one) => one.private !== false)
      ? [
          `${listed([...new Set(stores.map(({ kind }) => (kind === "postgres" ? "databases" : "caches")))])} have private addresses only: nothing on the internet reaches them`,
        ]
      : []),
    ...(environment.hosts.length > 0 ? ["everything from outside comes over TLS"] : []),
    ...insideItems(environment),
    ...(network?.internalOnly === true ? ["the firewall lets in only what comes from inside"] : []),
    ...(network?.firewall
      ? [
          `a web application firewall stands in front: ${listed(network.firewall.rules)}${network.firewall.requestsPerMinute === undefined ? "" : `, and ${network.firewall.requestsPerMinute} requests a minute from one address`}`,
        ]
      : []),
  ];
}

/** A load balancer of AWS ends TLS: what it and the tasks say to each other is not encrypted again. */
function insideItems({ network, cloud, ...environment }: Environment): readonly string[] {
  if (network?.tlsInside !== true) return [];
  const runs = "runs" in environment ? environment.runs : undefined;
  if (cloud !== "aws" || runs === "eks") return ["connections inside are encrypted too"];
  return [
    "inside, databases and caches are spoken to by TLS alone; from the load balancer to the tasks, and from one service to another, it is HTTP, in private subnets, where security groups let only those two reach each other",
  ];
}

function dataItems(environment: Environment): readonly string[] {
  const { isolated } = environment;
  const backups = Object.entries(environment.resources).filter(([, one]) => "backup" in one && one.backup !== undefined);
  return [
    "what is stored is encrypted",
    ...(backups.length === 0
      ? []
      : [`${listed(backups.map(([name]) => code(name)))} ${backups.length === 1 ? "has" : "have"} backups`]),
    ...(isolated === undefined ? [] : [`nothing here can reach ${code(isolated.from.ref.slice("environments.".length))}`]),
    ...(environment.admitOnlySigned === true ? ["only images that the pipeline has signed are admitted"] : []),
  ];
}

function auditItems({ audit }: Environment): readonly string[] {
  const names = [audit?.calls, audit?.threats, audit?.compliance].flatMap((one) => (one === undefined ? [] : [one]));
  return names.length === 0 ? [] : [`${listed(names)} keep an eye on the account`];
}

function policyItems(subject: Subject, layout: Layout): readonly string[] {
  const forbidden = new Set(
    inCloud(subject).flatMap((one) => Object.values(one.policies).flatMap(({ forbids = [] }) => forbids)),
  );
  return forbidden.size === 0
    ? []
    : [`policies in ${code(`${layout.policies}/`)} refuse, before anything is applied: ${listed([...forbidden])}`];
}

/** Each service is an account of its own, with these rights and no others. */
function rights(environment: Environment): readonly string[] {
  const rows = Object.entries(environment.services).flatMap(([name, { account, grants }]) =>
    grants.length === 0
      ? []
      : [[text(name), code(account ?? name), grants.map(({ role, on }) => `${code(role)} on ${text(on)}`).join(", ")]],
  );
  if (rows.length === 0) return [];
  return ["Each service acts as an account of its own:", table(["service", "account", "may"], rows)];
}

function secrets(environment: Environment): readonly string[] {
  const names = Object.entries(environment.secrets);
  if (names.length === 0) return [];
  const where = {
    "secret manager": "Secret Manager",
    "secrets manager": "AWS Secrets Manager",
    "key vault": "Key Vault",
    vault: "Vault",
    file: "files",
  }[environment.secretsIn ?? "file"];
  const readers = (name: string) =>
    Object.entries(environment.services).flatMap(([service, one]) => (one.secrets.includes(name) ? [text(service)] : []));
  const rows = names.map(([name, { generated, rotate }]) => [
    code(name),
    readers(name).join(", "),
    generated === true ? "generated" : "",
    rotate === undefined ? "" : `every ${rotate}`,
  ]);
  const columns = ["secret", "read by", "value", "changed"].map((head, column) => ({ head, column }));
  const used = columns.filter(({ column }) => rows.some((row) => row[column] !== ""));
  return [
    `Secrets are in ${where} and nowhere else: not in the code, and not in a file.`,
    table(
      used.map(({ head }) => head),
      rows.map((row) => used.map(({ column }) => row[column] ?? "")),
    ),
  ];
}
