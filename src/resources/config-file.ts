import { readFileSync, watch } from "node:fs";
import path from "node:path";
import { UserError } from "../lib/errors.ts";
import type { ResourceServerConfig } from "../wire/resources.ts";
import { createReader, type Reader } from "./read-value.ts";

export function readConfigFile(file: string): ResourceServerConfig {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError("resources-config", `${file} cannot be read as JSON`, {
      hint: "it is written by `gantry up`: run it again",
      cause: error,
    });
  }
  return parseResourceServerConfig(value);
}

/** Calls when the file may have changed: it is replaced by a rename, so the folder is what is watched. */
export function watchConfigFile(file: string, changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(path.dirname(file), { persistent: false }, (_event, name) => {
    if (name !== null && name !== path.basename(file)) return;
    clearTimeout(timer);
    timer = setTimeout(changed, 20);
  });
  // A folder that goes away is no reason to end: SIGHUP still works.
  watcher.on("error", () => watcher.close());
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}

const environmentName = /^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/i;
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const resourceName = /^[A-Za-z0-9](?:[A-Za-z0-9._~%+-]{0,253}[A-Za-z0-9])?$/;
const queueName = /^[A-Za-z0-9_-]{1,75}(?:\.fifo)?$/;
const keyId = /^[A-Za-z0-9_-]{1,128}$/;
const kinds = ["bucket", "queue", "topic", "kms", "mail"] as const;
const accesses = ["read", "write", "push", "take", "publish", "subscribe", "encrypt", "decrypt", "send"] as const;

function parseResourceServerConfig(value: unknown): ResourceServerConfig {
  const read = createReader();
  const top = read.record(value, "the file");
  if (top["schemaVersion"] !== 1) read.wrong("schemaVersion", "must be 1");
  const config: ResourceServerConfig = {
    schemaVersion: 1,
    adminToken: read.text(top["adminToken"], "adminToken", /^[\x21-\x7e]{16,256}$/),
    principals: read.list(top["principals"], "principals", (one, at) => parsePrincipal(read, one, at)),
    buckets: read.list(top["buckets"], "buckets", (one, at) => ({
      ...placed(read, one, at, bucketName),
      versioning: read.flag(one["versioning"], `${at}.versioning`),
      ...optional("keepVersionsMs", one, (given, name) => read.amount(given, `${at}.${name}`)),
      ...optional("corsOrigins", one, (given, name) => read.texts(given, `${at}.${name}`, /^[\x21-\x7e]{1,300}$/)),
    })),
    queues: read.list(top["queues"], "queues", (one, at) => ({
      ...placed(read, one, at, queueName),
      visibilityMs: read.amount(one["visibilityMs"], `${at}.visibilityMs`),
      ...optional("tries", one, (given, name) => read.amount(given, `${at}.${name}`, 1)),
      ...optional("keepMs", one, (given, name) => read.amount(given, `${at}.${name}`)),
      ...optional("ordered", one, (given, name) => read.flag(given, `${at}.${name}`)),
    })),
    topics: read.list(top["topics"], "topics", (one, at) => ({
      ...placed(read, one, at, resourceName),
      ...optional("keepMs", one, (given, name) => read.amount(given, `${at}.${name}`)),
      ...optional("subscriptions", one, (given, name) =>
        read.list(given, `${at}.${name}`, (subscription, place) => ({
          name: read.text(subscription["name"], `${place}.name`, resourceName),
          ...optional("ackDeadlineMs", subscription, (ms, part) => read.amount(ms, `${place}.${part}`)),
          ...optional("pushEndpoint", subscription, (url, part) => read.text(url, `${place}.${part}`, /^http:\/\/\S{1,500}$/)),
          ...optional("ordered", subscription, (flag, part) => read.flag(flag, `${place}.${part}`)),
        })),
      ),
    })),
    keys: read.list(top["keys"], "keys", (one, at) => ({
      id: read.text(one["id"], `${at}.id`, keyId),
      environment: read.text(one["environment"], `${at}.environment`, environmentName),
      perTenant: read.flag(one["perTenant"], `${at}.perTenant`),
      ...optional("rotateMs", one, (given, name) => read.amount(given, `${at}.${name}`, 1)),
    })),
    mailboxes: read.list(top["mailboxes"], "mailboxes", (one, at) => placed(read, one, at, resourceName)),
  };
  for (const [kind, names] of [
    ["buckets", config.buckets.map(({ name }) => name)],
    ["queues", config.queues.flatMap(({ name, tries }) => (tries === undefined ? [name] : [name, `${name}-dead`]))],
    ["topics", config.topics.map(({ name }) => name)],
    ["keys", config.keys.map(({ id }) => id)],
    ["mailboxes", config.mailboxes.map(({ name }) => name)],
    ["principals", config.principals.map(({ accessKeyId }) => accessKeyId)],
  ] as const)
    if (new Set(names).size < names.length) read.wrong(kind, "has a name twice");
  if (read.problems.length > 0)
    throw new UserError("resources-config", `the file for the resource server is wrong: ${read.problems.join("; ")}`, {
      hint: "it is written by `gantry up`: run it again with the same version of gantry",
    });
  return config;
}

function placed(read: Reader, one: Record<string, unknown>, at: string, name: RegExp): { name: string; environment: string } {
  return {
    name: read.text(one["name"], `${at}.name`, name),
    environment: read.text(one["environment"], `${at}.environment`, environmentName),
  };
}

function parsePrincipal(read: Reader, one: Record<string, unknown>, at: string): ResourceServerConfig["principals"][number] {
  return {
    accessKeyId: read.text(one["accessKeyId"], `${at}.accessKeyId`, /^[A-Za-z0-9_-]{4,128}$/),
    secretKey: read.text(one["secretKey"], `${at}.secretKey`, /^[\x21-\x7e]{16,256}$/),
    environment: read.text(one["environment"], `${at}.environment`, environmentName),
    service: read.text(one["service"], `${at}.service`, /^.{1,128}$/),
    grants: read.list(one["grants"], `${at}.grants`, (grant, place) => ({
      resource: read.text(grant["resource"], `${place}.resource`, /^.{1,255}$/),
      kind: read.oneOf(grant["kind"], `${place}.kind`, kinds),
      access: read.each(grant["access"], `${place}.access`, (given, where) => read.oneOf(given, where, accesses)),
    })),
  };
}

function optional<K extends string, T>(
  key: K,
  from: Record<string, unknown>,
  parse: (value: unknown, key: K) => T,
): { [key in K]?: T } {
  return from[key] === undefined ? {} : ({ [key]: parse(from[key], key) } as { [key in K]?: T });
}
