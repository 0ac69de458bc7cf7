import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type TestPostgres, query, startPostgres } from "../../../test/support/examples-postgres.ts";
import { type Store, openStore } from "../../store/store.ts";
import type { Environment } from "../../spec/environment.ts";
import { schedulesOf } from "./wanted.ts";
import { type Handler, type Scheduler, createScheduler } from "./scheduler.ts";

let postgres: TestPostgres;
let url: string;
let store: Store;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  url = (await postgres.database()).ownerUrl;
  store = await openStore(url);
  await store.putEnvironment({ product: "shop", name: "prod", data: {}, speed: 1, ports: {}, state: "up" });
  nowMs = Date.parse("2026-03-28T22:59:30Z");
  done.length = 0;
});
const running: Scheduler[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await store.close();
});

let nowMs: number;
const done: string[] = [];
const handler: Handler = ({ name, due }) => {
  done.push(`${name} ${due.toISOString().slice(0, 16)}`);
  return Promise.resolve({ is: "done", event: { kind: "job.started", subject: name } });
};
function start(owner: string, { does = handler, of = store, leaseMs = 15_000 } = {}): Scheduler {
  const scheduler = createScheduler({
    store: of,
    owner,
    nowMs: () => nowMs,
    handlers: { job: does, "off-hours": does },
    onError: () => {},
    pollMs: 10,
    leaseMs,
  });
  running.push(scheduler);
  return scheduler;
}
const hourly = { name: "hourly", kind: "job", about: {}, cron: "0 * * * *", missed: "skip" } as const;
const until = async (holds: () => boolean | Promise<boolean>) => {
  while (!(await holds())) await sleep(5);
};
const last = async () => (await store.schedules.list("shop"))[0]?.last;
const at = (time: string) => (nowMs = Date.parse(`2026-03-${time}:00Z`));

test("each time comes once over several processes, in UTC whatever day clocks are changed", async () => {
  const other = await openStore(url);
  const schedulers = [start("a"), start("b", { of: other }), start("c")];
  await schedulers[0]?.set("shop", "prod", [hourly]);
  // The night in which clocks are put forward in Europe: every hour is there.
  for (const time of ["28T23:00", "29T00:00", "29T01:00", "29T02:00", "29T03:00"]) {
    at(time);
    await until(async () => {
      const newest = await last();
      return newest?.state === "done" && Date.parse(newest.due) === nowMs;
    });
  }
  expect(done).toEqual(["28T23:00", "29T00:00", "29T01:00", "29T02:00", "29T03:00"].map((time) => `hourly 2026-03-${time}`));
  expect((await store.events("shop")).map(({ actor, actorKind }) => `${actor} ${actorKind}`)).toEqual(
    Array.from({ length: 5 }, () => "schedule automation"),
  );
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await other.close();
});

test("what came while nobody was there is skipped and said, or its last time is done, as the schedule says", async () => {
  const first = start("a");
  await first.set("shop", "prod", [hourly, { ...hourly, name: "last", missed: "last" }]);
  await first.stop();
  running.length = 0;
  at("30T08:30");
  start("b");
  await until(async () => (await store.schedules.list("shop")).every((one) => one.last !== null && one.last.state !== "waiting"));
  expect(done).toEqual(["last 2026-03-30T08:00"]);
  const views = await store.schedules.list("shop");
  expect(views.find(({ name }) => name === "hourly")?.last).toMatchObject({
    state: "skipped",
    because: "nobody was there when its time came",
  });
  expect(views.map(({ nextAt }) => nextAt.toISOString())).toEqual(["2026-03-30T09:00:00.000Z", "2026-03-30T09:00:00.000Z"]);
});

test("what is missed of a spec's jobs and off hours is skipped or caught up with, as it says, and usually jobs are skipped and off hours are not", async () => {
  const schedule = "0 * * * *";
  const job = (missed?: "skip" | "catch up") => ({
    kind: "cron",
    schedule,
    here: "x.ts",
    ...(missed === undefined ? {} : { missed }),
  });
  const environment = (missed?: "skip" | "catch up") =>
    ({
      services: { usual: job(), skips: job("skip"), catches: job("catch up") },
      offHours: {
        stop: [{ ref: "services.usual" }],
        from: "0 * * * *",
        until: "5 * * * *",
        ...(missed === undefined ? {} : { missed }),
      },
    }) as unknown as Environment;
  await store.putEnvironment({ product: "shop", name: "office", data: {}, speed: 1, ports: {}, state: "up" });
  const first = start("a");
  await first.set("shop", "prod", schedulesOf(environment()));
  await first.set("shop", "office", schedulesOf(environment("skip")));
  await first.stop();
  running.length = 0;
  at("30T08:30");
  start("b");
  await until(async () => (await store.schedules.list("shop")).every((one) => one.last !== null && one.last.state !== "waiting"));
  const views = await store.schedules.list("shop");
  const became = (of: string) =>
    Object.fromEntries(views.filter(({ environment: key }) => key === of).map(({ name, last: one }) => [name, one?.state]));
  const jobs = { usual: "skipped", skips: "skipped", catches: "done" };
  expect(became("prod")).toEqual({ ...jobs, "off hours begin": "done", "off hours end": "done" });
  expect(became("office")).toEqual({ ...jobs, "off hours begin": "skipped", "off hours end": "skipped" });
  // Once, whatever was missed.
  expect(done.filter((one) => one.startsWith("catches"))).toEqual(Array.from({ length: 2 }, () => "catches 2026-03-30T08:00"));
});

test("a time that has come does not come again when a clock goes back, and setting it again changes nothing", async () => {
  const scheduler = start("a");
  await scheduler.set("shop", "prod", [hourly]);
  at("28T23:00");
  await until(async () => (await last())?.state === "done");
  at("28T22:10");
  await scheduler.set("shop", "prod", [hourly]);
  at("28T23:00");
  await until(async () => (await store.schedules.list("shop"))[0]?.nextAt.toISOString() === "2026-03-29T00:00:00.000Z");
  at("29T00:00");
  await until(() => done.length > 1);
  expect(done).toEqual(["hourly 2026-03-28T23:00", "hourly 2026-03-29T00:00"]);
});

test("whoever dies in the middle leaves it to another, under the same moment", async () => {
  const first = start("a");
  await first.set("shop", "prod", [hourly]);
  await first.stop();
  running.length = 0;
  at("28T23:00");
  const [row] = (await store.schedules.due(nowMs)).due;
  if (row === undefined) throw new Error("nothing was due");
  const next = new Date("2026-03-29T00:00:00Z");
  expect(await store.schedules.come(row, { due: row.nextAt, next, state: "waiting" })).toBe(true);
  expect(await store.schedules.come(row, { due: row.nextAt, next, state: "waiting" })).toBe(false);
  expect(await store.schedules.claim("dead", nowMs, 50)).toHaveLength(1);
  start("b");
  await until(async () => (await last())?.state === "done");
  expect(done).toEqual(["hourly 2026-03-28T23:00"]);
  expect(await query(url, "select attempts, leased_by from schedule_time")).toEqual([{ attempts: 2, leased_by: null }]);
});

test("one that cannot be done yet waits, one that fails is tried again, and at last says so", async () => {
  let asked = 0;
  const does: Handler = () => {
    asked += 1;
    if (asked === 1) return Promise.resolve({ is: "again", afterMs: 60_000, because: "busy" });
    return Promise.reject(new Error("no"));
  };
  const scheduler = start("a", { does });
  await scheduler.set("shop", "prod", [hourly]);
  at("28T23:00");
  await until(async () => (await last())?.because === "busy");
  nowMs += 60_000;
  for (const times of [2, 3, 4, 5]) {
    await until(() => asked === times);
    await until(async () => (await last())?.because === "no");
    nowMs += 600_000;
  }
  await until(async () => (await last())?.state === "failed");
  expect((await store.events("shop")).map(({ kind, because }) => [kind, because])).toEqual([["schedule.failed", "no"]]);
});
