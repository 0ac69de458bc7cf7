import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startLoad } from "../support/load.ts";
import { type Project, makeProject, until } from "../support/platform.ts";
import { portOf, serving, told, writeVersion } from "../support/releases.ts";
import type { Answer } from "../../src/delivery/gate.ts";
import type { Change } from "../../src/delivery/release.ts";

type Planned = { readonly ok: boolean; readonly changes: readonly Change[]; readonly answers: Readonly<Record<string, Answer>> };

let project: Project;
beforeAll(async () => {
  project = makeProject("releases");
  await project.json("up", "rehearsal", "prod", "held", "gap", "frozen", "--speed", "300");
}, 90_000);
afterAll(() => project.remove());

/** What is asked before anything is touched, and how it is answered. */
async function answers(): Promise<Planned & { readonly verdicts: Readonly<Record<string, string>> }> {
  const planned = await project.json<Planned>("release", "ledger", "--to", "prod", "--dry-run");
  const verdicts = Object.entries(planned.answers).map(([id, { verdict }]) => [id.replace(/^.*?: /, ""), verdict]);
  return { ...planned, verdicts: Object.fromEntries(verdicts) };
}

test("only the very version that is green elsewhere and clean by report goes on; blue-green migrates, tests and switches without a failed request", async () => {
  writeVersion(project, "two");
  writeFileSync(path.join(project.folder, "migrations/0002_more.sql"), "create table more (id int);\n");
  const { changes, verdicts } = await answers();
  const artifact = changes[0]?.artifact ?? "";
  expect(verdicts).toEqual({ "green in rehearsal": "inconclusive", "check unit": "inconclusive", "clean scan": "inconclusive" });

  // About another version, or with something grave in it, a report does not help.
  await project.json("report", "unit", "--passed", "--for", "another");
  const grave = readFileSync(path.join(project.folder, "zap.json"), "utf8").replace('"riskcode": "1"', '"riskcode": "3"');
  writeFileSync(path.join(project.folder, "grave.json"), grave);
  await project.json("report", "scan", "--file", path.join(project.folder, "grave.json"), "--for", artifact);
  const refused = await project.run("release", "ledger", "--to", "prod", "--dry-run", "--json");
  expect(refused.status).toBe(1);
  const after = JSON.parse(refused.out) as Planned;
  expect(Object.values(after.answers).map(({ verdict }) => verdict)).toEqual(["inconclusive", "inconclusive", "fail"]);
  expect(refused.out).toContain("X-Content-Type-Options");

  await project.json("report", "unit", "--passed", "--for", artifact);
  await project.json("report", "scan", "--file", path.join(project.folder, "zap.json"), "--for", artifact);
  expect((await told(project, "release", "ledger", "--to", "rehearsal", "--wait")).status).toBe(0);
  expect((await answers()).verdicts).toEqual({ "green in rehearsal": "pass", "check unit": "pass", "clean scan": "pass" });

  const traffic = startLoad(await portOf(project, "prod", "ledger"), 100);
  const { status, release } = await told(project, "release", "ledger", "--to", "prod", "--wait");
  const seen = await traffic.stop();
  expect([status, release.phase, release.because]).toEqual([0, "watching", undefined]);
  expect([seen.lost, Object.keys(seen.answers).toSorted()]).toEqual([[], ["one 200", "two 200"]]);
  const record = JSON.stringify(release.record);
  expect(record).toContain("1 migration applied to db");
  expect(record).toContain("node smoke.mjs: it passed");
});

test("a version that answers its health and fails its smoke tests never takes traffic", async () => {
  writeVersion(project, "silent");
  const { changes } = await answers();
  const artifact = changes[0]?.artifact ?? "";
  await project.json("report", "unit", "--passed", "--for", artifact);
  await project.json("report", "scan", "--file", path.join(project.folder, "zap.json"), "--for", artifact);
  expect((await told(project, "release", "ledger", "--to", "rehearsal", "--wait")).status).toBe(0);
  const before = await serving(project, "prod", "ledger");
  const traffic = startLoad(await portOf(project, "prod", "ledger"), 100);
  const { status, release } = await told(project, "release", "ledger", "--to", "prod", "--wait");
  const seen = await traffic.stop();
  expect([status, release.phase]).toEqual([1, "degraded"]);
  expect(release.because).toContain("node smoke.mjs");
  expect([seen.lost, Object.keys(seen.answers)]).toEqual([[], ["two 200"]]);
  expect(await serving(project, "prod", "ledger")).toEqual(before);
  const told2 = await project.run("history", "prod", "--record", release.id);
  expect(told2.out).toContain("it ended with status 1");
});

test("who has the role says yes, to the step that was seen, and nobody else", async () => {
  const begun = await told(project, "release", "api", "--to", "held");
  expect(begun.status).toBe(0);
  await until(
    "a question to people",
    async () => (await told(project, "rollout", "status", "--env", "held")).release,
    ({ answers: given }) => Object.keys(given).some((id) => id.includes("approval")),
  );
  expect((await project.run("approve", "--env", "held", "--as", "stranger@shop.example")).status).toBe(4);
  expect((await project.run("approve", "--env", "held", "--as", "lead@shop.example", "--step", "9")).status).toBe(1);
  expect((await project.run("approve", "--env", "held", "--as", "lead@shop.example")).status).toBe(0);
  const { status, release } = await told(project, "rollout", "status", begun.release.id, "--watch");
  expect([status, release.phase]).toEqual([0, "watching"]);
  const { events } = await project.json<{ events: { kind: string; actor: string }[] }>("events", "held", "--kind", "release");
  expect(events.filter(({ actor }) => actor === "lead@shop.example").map(({ kind }) => kind)).toEqual(["release.approved"]);
});

test("a freeze stops a release, and is lifted on record by who may", async () => {
  const lift = (as: string) =>
    project.run("freeze", "lift", "the move", "--env", "frozen", "--for", "1h", "--because", "the outage", "--as", as);
  const refused = await told(project, "release", "api", "--to", "frozen");
  expect([refused.status, refused.error?.code]).toEqual([1, "frozen"]);
  expect((await lift("stranger@shop.example")).status).toBe(4);
  expect((await lift("lead@shop.example")).status).toBe(0);
  const { status, release } = await told(project, "release", "api", "--to", "frozen", "--wait");
  expect([status, release.phase]).toEqual([0, "watching"]);
  expect(JSON.stringify(release.record)).toContain("lead@shop.example has lifted the move");
  const { events } = await project.json<{ events: { kind: string; because: string }[] }>("events", "frozen", "--kind", "freeze");
  expect(events.map(({ kind, because }) => [kind, because])).toEqual([["freeze.lifted", "the outage"]]);
});

test("where one stops before the other starts there is a gap, and nothing but the gap", async () => {
  const traffic = startLoad(await portOf(project, "gap", "api"), 100);
  writeVersion(project, "after");
  const { status, release } = await told(project, "release", "api", "--to", "gap", "--wait");
  await until(
    "the new one",
    () => traffic.seen(),
    ({ answers: given }) => (given["after 200"] ?? 0) > 20,
  );
  const seen = await traffic.stop();
  expect([status, release.phase, release.because]).toEqual([0, "watching", undefined]);
  expect(seen.lost).toEqual([]);
  expect(Object.keys(seen.answers).toSorted()).toEqual(["503", "after 200", "one 200"]);
  // Back by the same way: with room for one only, too.
  expect((await project.run("rollback", "api", "--to", "gap")).status).toBe(0);
  expect(Object.keys(await serving(project, "gap", "api"))).toEqual([release.changes[0]?.from]);
});
