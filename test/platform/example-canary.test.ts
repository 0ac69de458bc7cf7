import { afterAll, beforeAll, expect, test } from "vitest";
import { makeExampleProject } from "../support/example-project.ts";
import { artifactsOf, reportPassed, writeCode } from "../support/example-releases.ts";
import { type Load, startLoad } from "../support/load.ts";
import { type Project, until } from "../support/platform.ts";
import { portOf, serving, told } from "../support/releases.ts";

// ByteReview's canaries by its very spec: only the code of its services changes (BYT-09, BYT-10, BYT-11).

const checks = ["pytest", "vitest", "bandit", "semgrep", "migrations", "terraform"];
/** What its answers take, so that half a millisecond of a cold process is no fifth of it. */
const slow = "latency=40ms±15";

let project: Project;
const loads: Load[] = [];
async function load(environment: string, perSecond: number): Promise<Load> {
  const started = startLoad(await portOf(project, environment, "api"), perSecond, { path: "/api/documents" });
  loads.push(started);
  return started;
}
const code = async (version: string, faults = slow, service = "api") => {
  writeCode(project, `services/${service}.ts`, version, faults);
  await reportPassed(project, checks, await artifactsOf(project, "staging", [service]));
};

beforeAll(async () => {
  project = makeExampleProject("bytereview");
  writeCode(project, "services/api.ts", "one", slow);
  // What is measured is at most sixty times as fast: the 5 % of production need eighty requests a second to be told anything of.
  await project.json("up", "staging", "--speed", "300");
  const { notes } = await project.json<{ notes: readonly string[] }>("up", "prod", "--speed", "150");
  expect(notes.join("\n")).toContain("a canary of api at 5% needs 80 requests/s");
}, 120_000);
afterAll(async () => {
  await Promise.all(loads.map((one) => one.stop()));
  await project.remove();
}, 60_000);

test("without traffic on what is watched a canary is held, says what it waits for, and goes on by a person's word", async () => {
  await code("two", "", "frontend");
  const planned = await project.run("release", "frontend", "--to", "staging", "--dry-run");
  expect(planned.out).toMatch(
    /! .*api ha[sd] .*; "error rate of api above 2% over 5m" is told from 20 requests of api within 5 s on, which takes 4 requests\/s/,
  );
  const begun = await told(project, "release", "frontend", "--to", "staging");
  await until(
    "its share",
    () => told(project, "rollout", "status", begun.release.id),
    ({ release }) => release.plan.steps[release.at]?.name === "10%" && release.bakeSinceMs !== undefined,
  );
  await project.run("rollout", "promote", begun.release.id);
  const status = await until(
    "what it waits for",
    () => project.run("rollout", "status", begun.release.id),
    ({ out }) => out.includes("rollout skip"),
  );
  expect(status.out).toMatch(
    /… not error rate of api above 2% over 5m .*is told from 20 requests on, and there were (none|\d+) in the 5 s/,
  );
  expect(status.out).toMatch(
    /→ without an answer it goes back in [\d.]+ m?s: send it requests, or gantry rollout skip \w+ --reason/,
  );
  expect((await project.run("rollout", "skip", begun.release.id, "--reason", "nobody uses staging today")).status).toBe(0);
  const { release } = await told(project, "rollout", "status", begun.release.id, "--watch");
  expect([release.phase, release.because]).toEqual(["watching", undefined]);
});

test("a good version goes by 10 % through staging, and by 5 % and 50 % through production, and no request fails", async () => {
  await code("two");
  const [staging, prod] = [await load("staging", 150), await load("prod", 150)];
  const green = await told(project, "release", "api", "--to", "staging", "--wait");
  expect([green.status, green.release.because]).toEqual([0, undefined]);
  expect((await staging.stop()).lost).toEqual([]);
  const planned = await project.run("release", "api", "--to", "prod", "--dry-run");
  expect(planned.out).toMatch(
    /· the new api has about \d+ requests in 6 s at 5%; at \d+ requests\/s, 5 % of them the new revision's, this needs about/,
  );
  const { status, release } = await told(project, "release", "api", "--to", "prod", "--wait");
  const seen = await prod.stop();
  expect([status, release.phase, release.because]).toEqual([0, "watching", undefined]);
  expect([seen.lost, Object.keys(seen.answers)]).toEqual([[], ["200"]]);
  const said = release.record.map(({ what }) => what);
  for (const one of [
    "staging is green with this version: pass",
    "the error budget of API burns less than 2% in 1 h: pass",
    "db is migrated: pass",
    "step 5%",
    "step 50%",
  ])
    expect(said).toContain(one);
});

test("a version that answers with errors is taken back by itself, and the record, the notice and the exposure say whom it hit; one command re-pins the traffic", async () => {
  const before = await serving(project, "staging", "api");
  await code("bad", `errors=50%,${slow}`);
  const traffic = await load("staging", 150);
  const { status, release } = await told(project, "release", "api", "--to", "staging", "--wait");
  const seen = await traffic.stop();
  expect([status, release.phase]).toEqual([1, "degraded"]);
  expect([seen.lost, await serving(project, "staging", "api")]).toEqual([[], before]);
  const hit = release.exposure["api"] ?? { requests: 0, errors: 0 };
  expect(hit.errors).toBe(seen.answers["500"]);
  expect((await project.run("history", "staging", "--record", release.id)).out).toContain(
    `the new revision answered ${hit.requests}, ${hit.errors} failed`,
  );

  const prod = await load("prod", 100);
  expect((await project.run("rollback", "api", "--to", "prod")).status).toBe(0);
  expect((await prod.stop()).lost).toEqual([]);
});
