import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { resolve } from "../../spec/resolve.ts";
import type { MachineView, ReplicaView } from "../../wire/machine.ts";
import { loadExample } from "../../../test/support/spec.ts";
import { openEnvironmentTelemetry } from "./environment-telemetry.ts";
import { scrapeTargets } from "./scrape-targets.ts";
import { countedByGateway } from "./traffic-series.ts";

const start = 1_700_000_000_000;
const byteReview = async () => resolve((await loadExample("bytereview")).data, "prod");

async function place(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), "gantry-telemetry-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return path.join(made, "prod");
}

test("all three kinds outlive a restart; a torn file is told; removed, nothing is left", async () => {
  const [folder, environment] = [await place(), await byteReview()];
  const first = await openEnvironmentTelemetry(folder, environment);
  const record = {
    durationMs: 1,
    traceId: "a".repeat(32),
    spanId: "b".repeat(16),
    parentId: "",
    service: "api",
    name: "x",
    level: 0,
    body: "{}",
  };
  first.metrics.append({ __name__: "a" }, start, 1);
  for (let n = 0; n < 20_000; n++) first.spans.append({ ...record, timeMs: start + n });
  first.logs.append({ ...record, timeMs: start });
  await first.save();
  const second = await openEnvironmentTelemetry(folder, environment);
  expect(second.lost).toEqual([]);
  expect(second.metrics.view().samples).toBe(1);
  expect(second.spans.view().records).toBe(20_000);
  expect(second.logs.search({ traceId: "a".repeat(32) })).toHaveLength(1);
  await writeFile(path.join(folder, "spans", "page-1"), "torn");
  const third = await openEnvironmentTelemetry(folder, environment);
  expect(third.lost).toEqual([{ file: path.join(folder, "spans", "page-1"), reason: "its checksum is wrong" }]);
  expect(third.spans.view().records).toBe(20_000 - 16_384);
  const saving = third.save();
  await third.remove();
  await saving.catch(() => undefined);
  await third.save();
  expect(existsSync(folder)).toBe(false);
});

test("what the spec says of traces and logs is in the sinks", async () => {
  const { sinks } = await openEnvironmentTelemetry(await place(), await byteReview());
  expect(sinks.baggage).toEqual(["job_id", "run_id", "op_id", "uid"]);
  const excluded = ["/health", "/health/ready", "/api/progress/7", "/api/jobs"].map((one) => sinks.excludes?.("api", one));
  expect(excluded).toEqual([true, true, true, false]);
  expect(sinks.excludes?.("worker-extract", "/health")).toBe(false);
});

test("the replicas that are ready are looked at; where the gateway counts, what it counts is left out", async () => {
  const replica = (id: string, more: Partial<ReplicaView> = {}): ReplicaView => ({
    id,
    state: "ready",
    port: 4_000,
    since: "",
    restarts: 0,
    inFlight: 0,
    ...more,
  });
  const service = (name: string, replicas: readonly ReplicaView[], port?: number) => ({
    service: name,
    split: { shares: [], tags: {} },
    paused: false,
    parked: 0,
    ...(port === undefined ? {} : { port }),
    revisions: [{ revision: `${name}-1`, state: "ready" as const, replicas, wanted: 1, scale: { min: 1, max: 1 } }],
  });
  const machine: MachineView = {
    schemaVersion: 1,
    pid: 1,
    startedAt: "",
    gatewayPort: 4_600,
    environments: [
      {
        environment: "prod",
        fence: { epoch: 1, sequence: 1 },
        services: [
          service(
            "api",
            [replica("a"), replica("b", { state: "starting" }), replica("c", { state: "ready", port: 4_001 })],
            4_700,
          ),
          service("worker-extract", [replica("d", { port: 4_002 })]),
          service("unknown", [replica("e")]),
        ],
        resources: [],
        jobs: [],
      },
    ],
  };
  const environment = await byteReview();
  expect(scrapeTargets(machine, new Map([["prod", environment]]))).toEqual([
    {
      environment: "prod",
      labels: { service: "api", revision: "api-1", replica: "a" },
      port: 4_000,
      path: "/metrics",
      asked: true,
      leaveOut: countedByGateway,
    },
    {
      environment: "prod",
      labels: { service: "api", revision: "api-1", replica: "c" },
      port: 4_001,
      path: "/metrics",
      asked: true,
      leaveOut: countedByGateway,
    },
    {
      environment: "prod",
      labels: { service: "worker-extract", revision: "worker-extract-1", replica: "d" },
      port: 4_002,
      path: "/metrics",
      asked: true,
      leaveOut: [],
    },
  ]);
  expect(scrapeTargets(machine, new Map())).toEqual([]);
});
