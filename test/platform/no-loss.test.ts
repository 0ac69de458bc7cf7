import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
// @ts-expect-error -- plain JavaScript, shared with the benchmark
import { agentSocketIn, noLoss, traceIdOf } from "../../bench/no-loss.mjs";
import type { EnvironmentSummary } from "../../src/wire/up.ts";
import type { AccessLine } from "../../src/wire/traffic.ts";
import { type Project, makeProject, processesOf, until } from "../support/platform.ts";

type Outcome = {
  readonly sent: number;
  readonly answered: number;
  readonly lost: number;
  readonly failed: readonly { readonly id: number; readonly failure: string }[];
  readonly killed: { readonly replica: string; readonly inFlight: ReadonlySet<number> };
  readonly byRevision: Readonly<Record<string, number>>;
};

let project: Project;
beforeAll(async () => {
  project = makeProject("platform");
});
afterAll(() => project.remove());

// `npm run bench` does the same with 100,000.
const requests = 15_000;

test("of all requests over 50 switches, a killed control side and a killed process, only those in flight on that process may fail", async () => {
  await project.json("up", "dev");
  const file = path.join(project.folder, "services/api.ts");
  writeFileSync(file, readFileSync(file, "utf8").replace("{ none: true }", "{ none: 2 }"));
  const up = await project.json<{ environments: readonly EnvironmentSummary[] }>("up", "dev");
  const port = up.environments[0]?.services.find((one) => one.service === "api")?.port;
  const server = processesOf(project.folder).find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("server.js"));
  expect(server).toBeDefined();

  const outcome = (await noLoss({
    agentSocket: agentSocketIn(path.join(project.env["XDG_RUNTIME_DIR"] ?? "", "gantry")),
    environment: "dev",
    service: "api",
    port,
    requests,
    perSecond: 500,
    switches: 50,
    target: "/api/who",
    killControl: {
      agentState: path.join(project.folder, ".gantry/agent.json"),
      kill: () => process.kill(server ?? 0, "SIGKILL"),
    },
  })) as Outcome;

  expect([outcome.lost, outcome.answered + outcome.failed.length]).toEqual([0, requests]);
  expect(Object.keys(outcome.byRevision)).toHaveLength(2);
  for (const { id, failure } of outcome.failed) expect(outcome.killed.inFlight, `request ${id}: ${failure}`).toContain(id);
  const idOf = traceIdOf as (id: number) => string;
  // The gateway's own log says on which replica each failed: on the one that was killed, and no other.
  const lines = await until(
    "the access log",
    () =>
      readFileSync(path.join(project.folder, ".gantry/logs/dev/_gateway.log"), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as AccessLine),
    (seen) =>
      seen.some((line) => line.trace_id === idOf(requests - 1)) &&
      outcome.failed.every(({ id }) => seen.some((line) => line.trace_id === idOf(id))),
  );
  const mine = new Set(outcome.failed.map(({ id }) => idOf(id)));
  const replicas = lines.filter((line) => mine.has(line.trace_id)).map((line) => line.replica);
  expect([...new Set(replicas)].filter((one) => one !== outcome.killed.replica)).toEqual([]);
  // And the control side comes back with the next command.
  expect((await project.run("status", "dev")).status).toBe(0);
});
