import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensurePostgres } from "../../src/targets/local/postgres/server.ts";
import type { PlatformStatus, ScheduleView } from "../../src/wire/up.ts";
import { query } from "../support/examples-postgres.ts";
import { type Project, ask, makeProject, until } from "../support/platform.ts";

let project: Project;
let port = 0;
let control = "";
let shop = "";
beforeAll(async () => {
  project = makeProject("platform");
  const file = path.join(project.folder, "gantry.config.ts");
  const rests = 'offHours: { stop: [db, api, jobs], from: "0 19 1 1 *", until: "0 7 1 7 *" }';
  writeFileSync(file, readFileSync(file, "utf8").replace("dev: local({", `dev: local({ ${rests},`));
  await project.json("up", "dev");
  port = (await project.json<PlatformStatus>("status")).gatewayPort ?? 0;
  const folder = path.join(project.folder, ".gantry/postgres");
  const url = (await ensurePostgres({ folder })).superuserUrl("gantry_control");
  control = url;
  shop = (await ensurePostgres({ folder, wanted: 16 })).superuserUrl();
});
afterAll(() => project.remove());

const schedules = async () => (await project.json<{ schedules: readonly ScheduleView[] }>("schedules", "dev")).schedules;
/** Its time is now, as if the calendar said so. */
const comes = async (name: string): Promise<ScheduleView> => {
  await query(control, `update schedule set next_at = now() where name = '${name}'`);
  const seen = await until(
    `${name} to be done`,
    async () => (await schedules()).find((one) => one.name === name),
    (one) => one?.last !== undefined && one.last.state !== "waiting",
  );
  if (seen === undefined) throw new Error(`there is no schedule ${name}`);
  return seen;
};
const notes = async () => (await ask(port, "api.dev.localhost", "/api/notes")).status;
const events = async () =>
  (await query<{ kind: string }>(control, "select kind from event where actor = 'schedule' order by id")).map(({ kind }) => kind);
const limits = async () =>
  (
    await query<{ limit: number }>(
      shop,
      "select datconnlimit as limit from pg_database where datname like '%shop%dev%db' and not datistemplate",
    )
  ).map(({ limit }) => limit);

test("a job runs at its time, and gantry schedules says when the next one is", async () => {
  const { last, next } = await comes("nightly");
  expect(last).toMatchObject({ state: "done", because: expect.stringMatching(/^started as nightly-\d{4}-/) });
  expect(next).toMatch(/T03:00:00.000Z$/);
  expect(await events()).toEqual(["job.started"]);
});

test("off hours stop services and the database, and start them again with what they had", async () => {
  await ask(port, "api.dev.localhost", "/api/notes?text=kept", { method: "POST" });
  expect(await comes("off hours begin")).toMatchObject({ last: { state: "done", because: "stopped api, jobs, db" } });
  expect(await notes()).toBeGreaterThanOrEqual(500);
  expect(await limits()).toEqual([0]);
  const status = await project.json<PlatformStatus>("status");
  const stopped = status.environments[0]?.services.filter(({ service }) => service === "api" || service === "jobs") ?? [];
  expect(stopped.flatMap(({ revisions }) => revisions.map(({ replicas }) => replicas))).toEqual([0, 0]);
  expect(await comes("off hours end")).toMatchObject({ last: { state: "done", because: "started api, jobs, db" } });
  await until("the api", notes, (answered) => answered === 200);
  expect((await ask(port, "api.dev.localhost", "/api/notes")).text).toContain("kept");
  expect(await limits()).toEqual([40]);
  expect(await events()).toEqual(["job.started", "off-hours.begun", "off-hours.ended"]);
});

test("what somebody brings up in off hours stays up, and what is down is left alone", async () => {
  await comes("off hours begin");
  expect((await project.run("up", "dev")).status).toBe(0);
  await until("the api", notes, (answered) => answered === 200);
  expect(await limits()).toEqual([40]);
  expect((await project.run("down", "dev")).status).toBe(0);
}, 90_000);
