import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { durationMs } from "../../lib/quantities.ts";
import type { Environment } from "../../spec/environment.ts";
import { refName } from "../../spec/derive.ts";
import { fingerprintOf } from "../../signals/alerts/fingerprint.ts";
import { checkedPath } from "../../spec/routes.ts";
import type { Source } from "../../signals/series.ts";
import { parseExposition } from "../../signals/exposition/read-exposition.ts";
import { passwordOf, redisUrl } from "../../targets/local/providers/redis.ts";
import { databaseNames } from "../../targets/local/providers/postgres.ts";
import { cloudName, hostOf } from "../../targets/local/names.ts";
import { ensurePostgres } from "../../targets/local/postgres/server.ts";
import type { MachineView } from "../../wire/machine.ts";
import type { Platform } from "../platform.ts";
import { readBudget } from "../watchers/budget.ts";
import { certificateHostsIn, createCertificates, loopbackHosts } from "../watchers/certificates.ts";
import { readDisk, readReplicas } from "../watchers/machine.ts";
import { readPostgres } from "../watchers/postgres.ts";
import { type Probe, probe } from "../watchers/probe.ts";
import { readQueues } from "../watchers/queues.ts";
import { readRedis } from "../watchers/redis.ts";
import { createSpending } from "../watchers/spending.ts";
import type { Reading, Watcher } from "../watchers/watcher.ts";

export type Watched = {
  readonly platform: Platform;
  readonly key: string;
  readonly environment: Environment;
  readonly speed: number;
  /** Where what was measured of it lies, and the samples themselves. */
  readonly measured: { readonly folder: string; readonly source: Source };
  /** As the agent told it last. */
  readonly machine: () => MachineView | undefined;
};

const usualProbeMs = 60_000;
const leastProbeMs = 1_000;

/** Everything of an environment that is measured by looking at it. */
export function watchersOf(watched: Watched): readonly Watcher[] {
  const { environment } = watched;
  const ofKind = (kind: string) => Object.entries(environment.resources).filter(([, one]) => one.kind === kind);
  const view = () => watched.machine()?.environments.find((one) => one.environment === watched.key);
  const lasting = ["postgres", "redis", "bucket", "search"].flatMap((kind) => ofKind(kind).map(([name]) => name));
  return [
    {
      name: "replicas",
      everyMs: 1_000,
      look: () => {
        const seen = view();
        return Promise.resolve(seen === undefined ? [] : readReplicas(seen, environment));
      },
    },
    { name: "budget", everyMs: 30_000, look: () => Promise.resolve(readBudget(environment)) },
    createSpending({ file: path.join(watched.measured.folder, "spending.json"), source: watched.measured.source, now: Date.now }),
    certificateWatcher(watched),
    { name: "disk", everyMs: 10_000, look: () => readDisk(watched.platform.place.folder, lasting) },
    { name: "metrics folder", everyMs: 1_000, look: () => Promise.resolve(readFolder(folderOf(watched))) },
    ...(ofKind("postgres").length === 0 ? [] : [postgresWatcher(watched)]),
    ...(ofKind("queue").length === 0 ? [] : [queueWatcher(watched)]),
    ...ofKind("redis").map(([name]) => redisWatcher(name, watched)),
    ...probesOf(watched),
  ];
}

function postgresWatcher({ platform, key, environment }: Watched): Watcher {
  return {
    name: "databases",
    everyMs: 5_000,
    async look() {
      const byVersion = new Map<number, { resource: string; database: string }[]>();
      for (const [resource, one] of Object.entries(environment.resources)) {
        if (one.kind !== "postgres") continue;
        const { database } = databaseNames(environment.product, key, resource);
        byVersion.set(one.version, [...(byVersion.get(one.version) ?? []), { resource, database }]);
      }
      const each = await Promise.all(
        Array.from(byVersion, async ([wanted, databases]) => {
          const server = await ensurePostgres({ folder: platform.place.postgres, wanted });
          return readPostgres(server, databases);
        }),
      );
      return each.flat();
    },
  };
}

function queueWatcher({ platform, key, environment }: Watched): Watcher {
  const names = new Map(
    Object.entries(environment.resources).flatMap(([name, one]): [string, string][] =>
      one.kind === "queue" && one.on === undefined ? [[cloudName(environment.product, key, name), name]] : [],
    ),
  );
  return {
    name: "queues",
    everyMs: 1_000,
    async look() {
      const depths = names.size === 0 ? undefined : await platform.facilities.depths();
      return depths === undefined ? [] : readQueues(depths, names);
    },
  };
}

function redisWatcher(name: string, { platform, key, environment, machine }: Watched): Watcher {
  return {
    name,
    everyMs: 5_000,
    async look() {
      const here = machine()
        ?.environments.find((one) => one.environment === key)
        ?.resources.find((one) => one.name === name);
      if (here?.port === undefined) return [];
      const resource = environment.resources[name];
      if (resource?.kind !== "redis") return [];
      const { secrets } = platform;
      const secret = (wanted: string) => secrets.get(wanted, environment.environment) ?? secrets.made(`secret/${wanted}`);
      const password = passwordOf(name, resource, { environment, key, secret, secrets });
      return readRedis(name, redisUrl(here.port, password), Date.now());
    },
  };
}

/** Hosts that somebody asks for, and those of the spec that are on this machine, where something is about their certificates. */
function certificateWatcher(watched: Watched): Watcher {
  const { environment } = watched;
  const signals = [
    ...Object.values(environment.alerts).map(({ when }) => when.signal),
    ...Object.values(environment.dashboards).flatMap(({ charts }) => charts.flatMap(({ shows }) => shows)),
  ];
  const about = signals.flatMap(({ measure, of }) => (measure === "certificateLeft" ? [refName(of, "services")] : []));
  const here = loopbackHosts(environment.hosts.flatMap(({ service, host }) => (about.includes(service) ? [host] : [])));
  const file = path.join(folderOf(watched), "certificates");
  return createCertificates(() => [...certificateHostsIn(file), ...here], Date.now);
}

/** Checks from outside go through the gateway, as a user's request would. */
function probesOf({ environment, key, speed, machine }: Watched): readonly Watcher[] {
  return Object.entries(environment.uptime).flatMap(([check, { of, every, timeout }]): Watcher[] => {
    const service = refName(of, "services");
    const found = service === undefined ? undefined : environment.services[service];
    if (service === undefined || found === undefined) return [];
    const asked = checkedPath(of, found);
    const everyMs = Math.max(leastProbeMs, (every === undefined ? usualProbeMs : durationMs(every)) / speed);
    return [
      {
        name: `check ${check}`,
        everyMs,
        async look(): Promise<readonly Reading[]> {
          const port = machine()?.gatewayPort;
          if (port === undefined) return [];
          const wanted: Probe = {
            check,
            service,
            url: `http://127.0.0.1:${port}${asked}`,
            host: hostOf(service, key),
            timeoutMs: timeout === undefined ? 10_000 : durationMs(timeout),
          };
          return probe(wanted);
        },
      },
    ];
  });
}

/** Where whatever is no service says what it measured: a backup's script, whoever meters what is spent. */
export function folderOf({ platform, key }: Pick<Watched, "platform" | "key">): string {
  return path.join(platform.place.folder, "metrics", key);
}

const mostFileBytes = 1 << 20;

/** Each `*.prom` of a folder, in Prometheus' text format, written whole by whoever writes it. */
function readFolder(folder: string): readonly Reading[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".prom"));
  } catch {
    return [];
  }
  const seen = new Set<string>();
  return names.toSorted().flatMap((name) => {
    const bytes = readFileSync(path.join(folder, name));
    if (bytes.length > mostFileBytes) throw new Error(`${name} is larger than 1 MiB`);
    const { all } = parseExposition(bytes.toString("utf8"), { format: "classic" });
    return all.flatMap(({ labels: { __name__: metric = "", ...labels }, value }): Reading[] => {
      const key = fingerprintOf({ ...labels, __name__: metric });
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ name: metric, labels, value }];
    });
  });
}
