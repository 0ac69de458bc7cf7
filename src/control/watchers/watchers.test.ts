import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { onPath } from "../../../test/support/on-path.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import { type TlsServer, startTlsServer } from "../../../test/support/self-signed.ts";
import type { Environment } from "../../spec/environment.ts";
import { databaseUrl, provisionDatabase } from "../../targets/local/postgres/databases.ts";
import type { DatabaseRole } from "../../targets/local/postgres/roles.ts";
import { type PostgresServer, ensurePostgres, removePostgres } from "../../targets/local/postgres/server.ts";
import { freePort } from "../../system/free-port.ts";
import type { EnvironmentView } from "../../wire/machine.ts";
import { readBudget } from "./budget.ts";
import { certificateHostsIn, createCertificates, loopbackHosts } from "./certificates.ts";
import { readDisk, readReplicas } from "./machine.ts";
import { readPostgres } from "./postgres.ts";
import { probe } from "./probe.ts";
import { readQueues } from "./queues.ts";
import { parseInfo } from "./redis.ts";
import type { Reading } from "./watcher.ts";

const valueOf = (readings: readonly Reading[], name: string) => readings.find((one) => one.name === name)?.value;

const folder = mkdtempSync(path.join(tmpdir(), "gantry-watchers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a database", () => {
  let server: PostgresServer;
  const role: DatabaseRole = { name: "shop_api", password: "secret", kind: "service" };
  beforeAll(async () => {
    server = await ensurePostgres({ folder: path.join(folder, "pg") });
    await provisionDatabase(server, { database: "shop", owner: "shop_owner", roles: [role], connectionLimit: 12 });
  }, 60_000);
  afterAll(() => removePostgres(path.join(folder, "pg")));

  test("tells its own connections beside its own limit, and no other's", async () => {
    const clients = [1, 2, 3].map(() => new Client({ connectionString: databaseUrl(server, role, "shop") }));
    await Promise.all(clients.map((client) => client.connect()));
    const readings = await readPostgres(server, [{ resource: "db", database: "shop" }]);
    await Promise.all(clients.map((client) => client.end()));
    expect(valueOf(readings, "pg_stat_activity_count")).toBe(3);
    expect(valueOf(readings, "pg_settings_max_connections")).toBe(12);
    expect(valueOf(readings, "pg_database_size_bytes")).toBeGreaterThan(1e6);
    expect(new Set(readings.map((one) => one.labels["resource"]))).toEqual(new Set(["db"]));
    // Nothing lags where nothing follows, which postgres_exporter says as 0.
    expect(valueOf(readings, "pg_replication_lag_seconds")).toBe(0);
    expect(valueOf(readings, "pg_replication_is_replica")).toBe(0);
  });

  test("one that is not there tells nothing", async () => {
    expect(await readPostgres(server, [{ resource: "db", database: "none" }])).toEqual([]);
  });
});

describe("a check from outside", () => {
  test("is answered well, badly, by a redirect, or not in time", async () => {
    const receiver = await startReceiver();
    const look = async () =>
      valueOf(
        await probe({ check: "API", service: "api", url: receiver.url, host: "api.example.com", timeoutMs: 300 }),
        "probe_success",
      );
    expect(await look()).toBe(1);
    expect(receiver.received[0]?.headers.host).toBe("api.example.com");
    receiver.answers = [{ status: 500 }];
    expect(await look()).toBe(0);
    receiver.answers = [{ status: 302, headers: { location: "/login" } }];
    expect(await look()).toBe(1);
    receiver.answers = [{ status: 200, hang: true }];
    expect(await look()).toBe(0);
    await receiver.close();
    expect(await look()).toBe(0);
  });
});

describe.skipIf(!onPath("openssl"))("a certificate (made by openssl on PATH)", () => {
  let tls: TlsServer;
  beforeAll(async () => {
    tls = await startTlsServer(10);
  });
  afterAll(() => tls.close());

  test("tells when it runs out, also when nobody trusts it, and is asked for again only after a while", async () => {
    const { port, server } = tls;
    let nowMs = Date.now();
    let asked = 0;
    server.on("connection", () => (asked += 1));
    const hosts = [{ host: "shop.example", address: "127.0.0.1", port, asked: true }];
    const watcher = createCertificates(
      () => hosts,
      () => nowMs,
    );
    const [first, again] = [await watcher.look(), await watcher.look()];
    expect(again).toEqual(first);
    const days = ((valueOf(first, "probe_ssl_earliest_cert_expiry") ?? 0) - Date.now() / 1_000) / 86_400;
    expect(days).toBeGreaterThan(9.9);
    expect(days).toBeLessThanOrEqual(10);
    expect(asked).toBe(1);
    nowMs += 3_600_000;
    expect(await watcher.look()).toEqual(first);
    expect([asked, watcher.problems?.()]).toEqual([2, []]);
  });

  test("a host that shows none tells nothing; where somebody asked for it, why", async () => {
    const receiver = await startReceiver();
    const [plain, closed] = [Number(new URL(receiver.url).port), await freePort()];
    const hosts = [
      { host: "plain.example", address: "127.0.0.1", port: plain, asked: true },
      { host: "closed.example", address: "127.0.0.1", port: closed, asked: true },
      { host: "localhost", address: "127.0.0.1", port: closed, asked: false },
    ];
    const watcher = createCertificates(() => hosts, Date.now);
    expect(await watcher.look()).toEqual([]);
    expect(watcher.problems?.()).toEqual([
      expect.stringMatching(/^plain\.example shows none: /),
      "closed.example shows none: ECONNREFUSED",
    ]);
    await receiver.close();
  });

  test("who is looked at stands in a file; of the spec's own hosts only those on this machine are", () => {
    const file = path.join(folder, "certificates");
    const listed = (text: string) => (writeFileSync(file, text), certificateHostsIn(file));
    expect(certificateHostsIn(path.join(folder, "no such file"))).toEqual([]);
    expect(listed("# ours\nshop.example\n\napi.shop.example 127.0.0.1:8443 # a tunnel\n")).toEqual([
      { host: "shop.example", address: "shop.example", port: 443, asked: true },
      { host: "api.shop.example", address: "127.0.0.1", port: 8_443, asked: true },
    ]);
    for (const bad of ["https://shop.example", "shop.example 127.0.0.1:99999", "a b c", "-x", "shop.example $(id)"])
      expect(() => listed(`ok.example\n${bad}\n`), bad).toThrow("line 2 is no host");
    expect(() => listed("a.example\n".repeat(51))).toThrow("more than 50");
    expect(loopbackHosts(["localhost:3000", "app.localhost", "127.0.0.1:8443", "shop.example", "localhost.example:1"])).toEqual([
      { host: "localhost", address: "127.0.0.1", port: 3_000, asked: false },
      { host: "app.localhost", address: "127.0.0.1", port: 443, asked: false },
      { host: "127.0.0.1", address: "127.0.0.1", port: 8_443, asked: false },
    ]);
  });
});

test("a replica uses what its process uses; one without a process uses nothing", () => {
  const replica = { id: "api-1", state: "ready", pid: process.pid, since: "", restarts: 2, inFlight: 0 } as const;
  const view = {
    services: [
      {
        service: "api",
        revisions: [{ revision: "r1", replicas: [replica, { ...replica, id: "api-2", pid: undefined, state: "backing-off" }] }],
      },
    ],
  } as unknown as EnvironmentView;
  const environment = { services: { api: { size: { cpu: 0.5, memory: "512Mi" } } } } as unknown as Environment;
  const readings = readReplicas(view, environment);
  const of = (replica: string) => readings.filter((one) => one.labels["replica"] === replica);
  expect(valueOf(of("api-1"), "container_memory_working_set_bytes")).toBeGreaterThan(1e7);
  expect(valueOf(of("api-1"), "container_spec_memory_limit_bytes")).toBe(512 * 1024 ** 2);
  expect(valueOf(of("api-1"), "container_restarts_total")).toBe(2);
  expect(valueOf(of("api-2"), "container_memory_working_set_bytes")).toBeUndefined();
  expect(valueOf(of("api-2"), "container_ready")).toBe(0);
});

test("a disk has less room than it is large", async () => {
  const readings = await readDisk(folder, ["db"]);
  const [size, left] = [
    valueOf(readings, "node_filesystem_size_bytes") ?? 0,
    valueOf(readings, "node_filesystem_avail_bytes") ?? 0,
  ];
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(size);
});

test("queues are called as the spec calls them, and others are left out", () => {
  const queue = { environment: "prod", visible: 7, inFlight: 2, delayed: 1, dead: 3, oldestAgeMs: 1_500 };
  const readings = readQueues(
    {
      at: "",
      queues: [
        { ...queue, name: "shop-prod-mail" },
        { ...queue, name: "shop-dev-mail" },
      ],
      subscriptions: [],
    },
    new Map([["shop-prod-mail", "mail"]]),
  );
  expect(readings).toHaveLength(5);
  expect(readings.every((one) => one.labels["queue"] === "mail")).toBe(true);
  expect(valueOf(readings, "queue_dead_letters")).toBe(3);
  expect(readings.find((one) => one.labels["state"] === "waiting")?.value).toBe(7);
  expect(valueOf(readings, "queue_oldest_age_seconds")).toBe(1.5);
});

test("what may be spent is what the spec says", () => {
  const environment = { budget: { monthly: 500 }, limits: { spend: { daily: 20 } } } as unknown as Environment;
  expect(readBudget(environment)).toEqual([
    { name: "cost_monthly_budget_usd", labels: {}, value: 500 },
    { name: "cost_daily_cap_usd", labels: {}, value: 20 },
  ]);
  expect(readBudget({} as Environment)).toEqual([]);
});

test("what redis says of itself is lines of names and values", () => {
  expect(parseInfo("# Memory\r\nused_memory:12\r\nbad\r\nos:Linux: 5\r\n")).toEqual(
    new Map([
      ["used_memory", "12"],
      ["os", "Linux: 5"],
    ]),
  );
});
