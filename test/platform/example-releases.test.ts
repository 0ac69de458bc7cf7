import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Answer } from "../../src/delivery/gate.ts";
import type { PlatformStatus } from "../../src/wire/up.ts";
import { makeExampleProject } from "../support/example-project.ts";
import { artifactsOf, reportPassed, writeCode, writeSmokeTests } from "../support/example-releases.ts";
import { type Asked, type Load, startLoad } from "../support/load.ts";
import { type Project, ask, until } from "../support/platform.ts";
import { portOf, serving, told } from "../support/releases.ts";

// What the documents say of releases, by their very specs: only the code of their services changes, and the tests that they name are written.

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const one of cleanUp.splice(0).toReversed()) await one();
}, 60_000);

function example(name: string): Project {
  const project = makeExampleProject(name);
  cleanUp.push(() => project.remove());
  return project;
}

function load(port: number, perSecond: number, asked: Asked): Load {
  const started = startLoad(port, perSecond, asked);
  cleanUp.push(() => started.stop());
  return started;
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
const statesOf = (answers: Readonly<Record<string, Answer>>) =>
  Object.entries(answers).map(([id, { verdict }]) => `${id} ${verdict}`);
const noticesOf = async (project: Project) =>
  (await project.json<{ notices: { title: string; text?: string }[] }>("alerts", "notices")).notices.map(({ title }) => title);

test(
  "CPA: staging green and a clean scan of this very version, a snapshot, migrations, blue-green, thirty tries of health, smoke tests, a notice",
  { timeout: 180_000 },
  async () => {
    const project = example("cpa-platform");
    writeSmokeTests(project, "playwright");
    await project.json("up", "staging", "production", "--speed", "100");
    const checks = ["backend-check", "frontend-check", "security-scan", "integration-tests"];
    const services = ["backend", "frontend", "temporal-worker"];
    const release = (to: string, ...names: string[]) => told(project, "release", ...names, "--to", to, "--wait");

    for (const name of ["backend", "frontend", "temporal-worker"]) writeCode(project, `services/${name}.ts`, "two");
    const artifacts = await artifactsOf(project, "production", services);
    const before = await project.json<{ answers: Readonly<Record<string, Answer>> }>(
      "release",
      ...services,
      "--to",
      "production",
      "--dry-run",
    );
    expect(statesOf(before.answers)).toEqual([
      "migrate postgres pass",
      "before: green in staging inconclusive",
      "before: clean security-scan inconclusive",
    ]);
    await reportPassed(
      project,
      checks.filter((one) => one !== "security-scan"),
      artifacts,
    );
    await project.json("report", "security-scan", "--file", "zap.json", ...artifacts.flatMap((one) => ["--for", one]));
    const staging = load(await portOf(project, "staging", "backend"), 30, { path: "/api/v1/nothing" });
    expect((await release("staging", ...services)).release.phase).toBe("watching");
    expect((await staging.stop()).lost).toEqual([]);

    const port = await portOf(project, "production", "backend");
    const traffic = load(port, 100, { path: "/api/v1/nothing" });
    const good = await release("production", ...services);
    const seen = await traffic.stop();
    expect([good.status, good.release.phase, good.release.because]).toEqual([0, "watching", undefined]);
    expect([seen.lost, Object.keys(seen.answers)]).toEqual([[], ["404"]]);
    expect(good.release.exposure["backend"]?.requests).toBeGreaterThan(0);
    for (const { service, to } of good.release.changes)
      expect(await serving(project, "production", service)).toEqual({ [to]: 100 });

    const titles = await noticesOf(project);
    expect(titles.filter((one) => one.endsWith("to production")).map((one) => one.split(/[ :]/, 1)[0])).toEqual([
      "Released",
      "Started",
    ]);
  },
);

test("AI Governance: production goes blue-green by a person's yes", { timeout: 180_000 }, async () => {
  const project = example("ai-governance");
  writeSmokeTests(project, "npm");
  const cloud = ["--switch", "cloud=aws"];
  await project.json("up", "staging", "production", "--speed", "100", ...cloud);
  const services = ["client", "server", "worker", "proxy"];
  for (const name of services) writeCode(project, `services/${name}.ts`, "two");
  const artifacts = await artifactsOf(project, "production", services, cloud);
  await reportPassed(project, ["lint", "unit tests", "configuration", "build", "policies"], artifacts);
  const green = await told(project, "release", ...services, "--to", "staging", "--wait", ...cloud);
  expect([green.status, green.release.because]).toEqual([0, undefined]);
  const traffic = load(await portOf(project, "production", "proxy"), 60, { path: "/api/frameworks" });
  const begun = await told(project, "release", ...services, "--to", "production", ...cloud);
  await until(
    "a question to people",
    async () => (await told(project, "rollout", "status", begun.release.id)).release,
    ({ held }) => Object.keys(held).some((id) => id.includes("approval")),
  );
  expect((await project.run("approve", "--env", "production", "--as", "platform@governance.example")).status).toBe(0);
  const { status, release } = await told(project, "rollout", "status", begun.release.id, "--watch");
  expect([status, release.phase, release.because]).toEqual([0, "watching", undefined]);
  expect((await project.run("rollback", "--to", "production")).status).toBe(0);
  const seen = await traffic.stop();
  expect([seen.lost, Object.keys(seen.answers)]).toEqual([[], ["200"]]);
});

test(
  "Proveniq Ledger: five pods of five, replaced one by one; with one pod of one nothing is begun",
  { timeout: 180_000 },
  async () => {
    const project = example("proveniq-ledger");
    writeCode(project, "services/api.ts", "one", "latency=1s");
    await project.json("up", "sandbox", "--speed", "100");
    const port = await portOf(project, "sandbox", "api");
    writeCode(project, "services/api.ts", "two", "latency=1s");
    const dryRun = () => project.run("release", "api", "--to", "sandbox", "--dry-run");

    const config = path.join(project.folder, "gantry.config.ts");
    const spec = readFileSync(config, "utf8");
    writeFileSync(config, spec.replace("pods: 5", "pods: 1"));
    const refused = await dryRun();
    expect([refused.status, refused.err]).toEqual([1, expect.stringContaining("limits.pods to 2")]);
    writeFileSync(config, spec);

    const provisioned = await ask(port, "api.sandbox.localhost", "/v1/demo-data", { method: "POST" });
    const { apiKey = "" } = JSON.parse(provisioned.text) as { apiKey?: string };
    const traffic = load(port, 170, { path: "/v1/claims", headers: { authorization: `Bearer ${apiKey}` } });
    const pods = async () => {
      const { environments } = await project.json<PlatformStatus>("status", "sandbox");
      const revisions = environments[0]?.services.flatMap((service) => service.revisions) ?? [];
      return { ready: sum(revisions.map(({ ready }) => ready)), all: sum(revisions.map(({ replicas }) => replicas)) };
    };
    await until("five pods", pods, ({ ready }) => ready === 5, 90_000);
    await reportPassed(project, ["test"], await artifactsOf(project, "sandbox", ["api"]));
    expect((await dryRun()).out).toContain("Rolling: 5 replicas, with at most 1 fewer at a time.");
    const begun = await told(project, "release", "api", "--to", "sandbox");
    const counts: number[] = [];
    await until(
      "its end",
      async () => {
        counts.push((await pods()).all);
        const { release } = await told(project, "rollout", "status", begun.release.id);
        return release;
      },
      ({ phase }) => phase === "watching" || phase === "degraded",
      120_000,
    );
    const { status, release } = await told(project, "rollout", "status", begun.release.id, "--watch");
    expect([status, release.phase, release.because]).toEqual([0, "watching", undefined]);
    expect(Math.max(...counts)).toBe(5);
    expect((await traffic.stop()).lost).toEqual([]);
  },
);
