import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Asked, type Load, startLoad } from "../support/load.ts";
import { type Project, makeProject, processesOf, until } from "../support/platform.ts";
import { portOf, serving, told, writeVersion } from "../support/releases.ts";

// 300 times faster: ten minutes are two seconds, and the window of five minutes is one.
const speed = "300";
const perSecond = 200;

let project: Project;
let port: number;
const loads: Load[] = [];
const load = (asked: Asked = {}): Load => {
  const started = startLoad(port, perSecond, asked);
  loads.push(started);
  return started;
};

beforeAll(async () => {
  project = makeProject("releases");
  await project.json("up", "staging", "--speed", speed);
  port = await portOf(project, "staging", "api");
}, 60_000);
afterAll(async () => {
  await Promise.all(loads.map((one) => one.stop()));
  await project.remove();
});

test("a good version takes all of the traffic, workers and jobs change over with it, and no request fails", async () => {
  const traffic = load();
  writeVersion(project, "two");
  const { status, release } = await told(project, "release", "api", "jobs", "nightly", "--to", "staging", "--wait");
  const seen = await traffic.stop();
  expect([status, release.phase, release.because]).toEqual([0, "watching", undefined]);
  expect(seen.lost).toEqual([]);
  expect(Object.keys(seen.answers).toSorted()).toEqual(["one 200", "two 200"]);
  const { notices } = await project.json<{ notices: { title: string }[] }>("alerts", "notices");
  expect(new Set(notices.map(({ title }) => title.split(/[ :]/, 1)[0]))).toEqual(new Set(["Released", "Started"]));
  for (const { service, to } of release.changes.filter((one) => one.service !== "nightly"))
    expect(await serving(project, "staging", service)).toEqual({ [to]: 100 });
  const { revisions } = await project.json<{ revisions: { service: string; revision: string; serving: boolean }[] }>(
    "history",
    "staging",
  );
  const nightly = release.changes.find(({ service }) => service === "nightly")?.to;
  expect(revisions.filter((one) => one.service === "nightly" && one.serving).map((one) => one.revision)).toEqual([nightly]);
});

test("a version of which half of the requests fail is taken back by itself, and says how many users it hit", async () => {
  const users = 50;
  const traffic = load({ users });
  const before = await serving(project, "staging", "api");
  writeVersion(project, "bad", { failingShare: 0.5 });
  const { status, release } = await told(project, "release", "api", "--to", "staging", "--wait");
  const seen = await traffic.stop();
  expect([status, release.phase]).toEqual([1, "degraded"]);
  expect(release.because).toMatch(/error|fail/);
  expect(release.exposure["api"]?.errors).toBeGreaterThan(0);
  // Whoever it hit was sent to it: the old one has answered everybody else.
  expect(seen.lost).toEqual([]);
  expect(Object.keys(seen.answers).toSorted()).toEqual(["bad 200", "bad 500", "two 200"]);
  expect(await serving(project, "staging", "api")).toEqual(before);
  // A few people who asked often: they stayed on their side, and the others never saw it.
  const hit = release.exposure["api"]?.users ?? { seen: 0, failed: 0 };
  expect(hit.seen).toBeGreaterThan(0);
  expect(hit.seen).toBeLessThan(users);
  expect(hit.failed).toBeGreaterThan(0);
  expect(hit.failed).toBeLessThanOrEqual(hit.seen);
  const record = await project.run("history", "staging", "--record", release.id);
  expect(record.out).toContain(`failed, for ${hit.failed} of ${hit.seen} known user`);
});

test("a version that crashes at its start gets no request, and its last words are on record", async () => {
  const traffic = load();
  const before = await serving(project, "staging", "api");
  writeVersion(project, "crashing", { crashes: "at start" });
  const { status, release } = await told(project, "release", "api", "--to", "staging", "--wait");
  const seen = await traffic.stop();
  expect([status, release.phase]).toEqual([1, "degraded"]);
  expect([seen.lost, Object.keys(seen.answers)]).toEqual([[], ["two 200"]]);
  expect(await serving(project, "staging", "api")).toEqual(before);
  const { events } = await project.json<{ events: unknown[] }>("events", "--release", release.id);
  expect(JSON.stringify(events)).toContain("cannot read the configuration of this version");
});

test("a version whose memory grows is taken back before its machine is full, whatever it answers", async () => {
  const traffic = load();
  const before = await serving(project, "staging", "api");
  writeVersion(project, "leaking", { leakMiB: 200 });
  const begun = await told(project, "release", "api", "--to", "staging");
  const { release } = await until(
    "its end",
    () => told(project, "rollout", "status", begun.release.id),
    ({ release: { endedAtMs } }) => endedAtMs !== undefined,
  );
  const seen = await traffic.stop();
  expect([release.phase, release.because]).toEqual(["degraded", expect.stringMatching(/^memory of api above 80%/)]);
  expect([seen.lost, release.exposure["api"]?.errors]).toEqual([[], 0]);
  expect(await serving(project, "staging", "api")).toEqual(before);
});

test("the death of the server in the middle of a canary changes nothing about how it ends", async () => {
  const traffic = load();
  writeVersion(project, "three");
  const begun = await told(project, "release", "api", "--to", "staging");
  expect(begun.status).toBe(0);
  await until(
    "new traffic",
    () => traffic.seen(),
    ({ answers }) => (answers["three 200"] ?? 0) > 0,
  );
  const server = processesOf(project.folder).find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("server.js"));
  process.kill(server ?? 0, "SIGKILL");
  const { status, release } = await told(project, "rollout", "status", begun.release.id, "--watch");
  const seen = await traffic.stop();
  expect([status, release.phase, release.attempt]).toEqual([0, "watching", 1]);
  expect(seen.lost).toEqual([]);
  expect(Object.keys(seen.answers).toSorted()).toEqual(["three 200", "two 200"]);
});

test("one command goes back to what served before, and no request fails", async () => {
  const traffic = load();
  const { status } = await told(project, "rollback", "api", "--to", "staging");
  const seen = await traffic.stop();
  expect(status).toBe(0);
  expect(seen.lost).toEqual([]);
  const after = startLoad(port, perSecond);
  loads.push(after);
  await until(
    "requests after it",
    () => after.seen().sent,
    (sent) => sent > 50,
  );
  expect(Object.keys((await after.stop()).answers)).toEqual(["two 200"]);

  // Who saw the same trouble and says it a moment later means this, and not one revision further.
  const two = await serving(project, "staging", "api");
  expect((await told(project, "rollback", "api", "--to", "staging")).error?.code).toBe("back-already");
  expect(await serving(project, "staging", "api")).toEqual(two);
  const further = await told(project, "rollback", "--to", "staging", "api", "--further", "--reason", "two is slow");
  expect([further.status, further.release.why]).toEqual([0, "two is slow"]);
  const one = await serving(project, "staging", "api");
  const again = await project.json<{ already: boolean }>("rollback", "api", "--to", "staging");
  expect([again.already, await serving(project, "staging", "api")]).toEqual([true, one]);
  // What was left by a rollback is gone back to by nobody: there was nothing before the first.
  expect((await told(project, "rollback", "api", "--to", "staging", "--further")).error?.code).toBe("nothing-to-return-to");
  expect((await told(project, "rollback", "apii", "--to", "staging")).status).toBe(2);
});

test("a person aborts, and everything is as it was; the same version can be tried again", async () => {
  const before = await serving(project, "staging", "api");
  writeVersion(project, "four");
  const begun = await told(project, "release", "api", "--to", "staging");
  await until(
    "its share",
    async () => (await told(project, "rollout", "status", begun.release.id)).release,
    ({ at, bakeSinceMs }) => at === 1 && bakeSinceMs !== undefined,
  );
  // It stays where it is, however long the rest takes.
  expect((await project.run("rollout", "pause", begun.release.id)).status).toBe(0);
  // Nobody else begins meanwhile.
  expect((await told(project, "release", "ledger", "--to", "staging")).status).toBe(3);
  expect((await project.run("up", "staging", "--speed", speed)).status).toBe(3);
  const aborted = await project.run("rollout", "abort", begun.release.id, "--reason", "not today");
  expect(aborted.status).toBe(0);
  const { status, release } = await told(project, "rollout", "status", begun.release.id, "--watch");
  expect([status, release.phase]).toEqual([1, "degraded"]);
  expect(release.because).toContain("not today");
  expect(await serving(project, "staging", "api")).toEqual(before);

  const traffic = load();
  const again = await project.json<{ release: string }>("rollout", "retry", begun.release.id);
  const retried = await told(project, "rollout", "status", again.release, "--watch");
  await traffic.stop();
  expect([retried.status, retried.release.phase]).toEqual([0, "watching"]);
  expect(retried.release.changes[0]?.to).toBe(begun.release.changes[0]?.to);
});

test("what changed is the configuration alone: it is a revision of its own, and what goes back has the configuration that it had", async () => {
  const tone = async () => ((await (await fetch(`http://127.0.0.1:${port}/`)).json()) as { tone?: string }).tone;
  const before = await serving(project, "staging", "api");
  const file = path.join(project.folder, "gantry.config.ts");
  const spec = readFileSync(file, "utf8");
  writeFileSync(file, spec.replace('here: here("services/api.ts"),', 'here: here("services/api.ts"),\n  env: { TONE: "warm" },'));
  const traffic = load();
  const { status, release } = await told(project, "release", "api", "--to", "staging", "--wait");
  expect([status, release.phase]).toEqual([0, "watching"]);
  expect(await tone()).toBe("warm");
  // The spec in the folder still says so: what was before does not read it.
  expect((await told(project, "rollback", "api", "--to", "staging")).status).toBe(0);
  expect((await traffic.stop()).lost).toEqual([]);
  expect([await tone(), await serving(project, "staging", "api")]).toEqual([undefined, before]);
  writeFileSync(file, spec);
});
