// Runs by the thousand: how many looks a second one control process takes and two do, what waiting costs, how soon a command is decided.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { createEngine } from "../../dist/control/engine/engine.js";
import { createFences } from "../../dist/control/engine/fences.js";
import { openStore } from "../../dist/store/store.js";
import { ensurePostgres, removePostgres } from "../../dist/targets/local/postgres/server.js";
import { median, times, whole } from "../measure.mjs";
import { simulated } from "./simulated.mjs";

const processFile = fileURLToPath(new URL("./process.mjs", import.meta.url));
const [runs, looks] = [1_000, 60];

export async function measureEngine(say) {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-bench-"));
  try {
    const server = await ensurePostgres({ folder });
    let count = 0;
    const database = async () => {
      const admin = new Client({ connectionString: server.superuserUrl() });
      await admin.connect();
      const name = `bench_${(count += 1)}`;
      await admin.query(`create database ${name}`);
      await admin.end();
      return server.superuserUrl(name);
    };
    const one = await throughput(await database(), 1, say);
    const two = await throughput(await database(), 2, say);
    const url = await database();
    const waiting = await costOfWaiting(url, say);
    const rollouts = `${runs.toLocaleString("en")} rollouts of ${looks} looks at a simulated target`;
    return [
      [
        `${rollouts}, one control process`,
        whole(one.ms),
        `${one.transactions} transactions`,
        `${one.perSecond} looks/s`,
        "under 10,000 ms",
        one.ms < 10_000,
      ],
      [
        `${rollouts}, two control processes`,
        whole(two.ms),
        `one: ${whole(one.ms)}`,
        times(one.ms / two.ms),
        "no slower than 0.8 ×",
        one.ms / two.ms >= 0.8,
      ],
      [
        `${runs.toLocaleString("en")} waiting runs`,
        `${waiting.perSecond.toFixed(1)} transactions/s`,
        `none: ${waiting.idlePerSecond.toFixed(1)}`,
        "—",
        "under 10",
        waiting.perSecond < 10,
      ],
      [
        `From a command to its decision, beside ${runs.toLocaleString("en")} waiting runs`,
        `${waiting.commandMs.toFixed(1)} ms`,
        `\`select 1\`: ${waiting.selectMs.toFixed(2)} ms; slowest of ${waiting.commands}: ${whole(waiting.slowestMs)}`,
        times(waiting.commandMs / waiting.selectMs),
        "under 50 ms",
        waiting.commandMs < 50,
      ],
    ];
  } finally {
    await removePostgres(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Begins them all, and then starts the processes. */
async function throughput(url, processes, say) {
  const { store, begin } = await beginner(url);
  await begin({ looks });
  const children = await engines(url, processes);
  const before = await transactions(url);
  const from = performance.now();
  for (const child of children) child.send("start");
  await until(async () => (await store.runs.list("bench", { unfinished: true, limit: 1 })).length === 0);
  const ms = performance.now() - from;
  const spent = (await transactions(url)) - before;
  await stop(children);
  const perSecond = Math.round((runs * looks * 1_000) / ms).toLocaleString("en");
  say(`${processes} process(es): ${whole(ms)}, ${perSecond} looks/s, ${spent} transactions`);
  await store.close();
  return { ms, perSecond, transactions: spent };
}

async function costOfWaiting(url, say) {
  const { store, begin, engine } = await beginner(url);
  const children = await engines(url, 1);
  for (const child of children) child.send("start");
  const perSecond = async () => {
    const [before, from] = [await transactions(url), performance.now()];
    await sleep(5_000);
    return (((await transactions(url)) - before - 1) * 1_000) / (performance.now() - from);
  };
  const idlePerSecond = await perSecond();
  await begin({ waits: true });
  await until(async () =>
    (await store.runs.list("bench", { limit: 5_000 })).every((one) => one.leasedBy === null && one.wakeAt > Date.now()),
  );
  // What the server has counted and not yet told comes within ten seconds.
  await sleep(11_000);
  const waitingPerSecond = await perSecond();
  const commands = 200;
  const took = [];
  const selects = [];
  for (let index = 0; index < commands; index += 1) {
    const from = performance.now();
    await engine.command(`run ${index % runs}`, {
      id: `command ${index}`,
      atMs: Date.now(),
      by: { kind: "person", name: "ada" },
      verb: "pause",
    });
    took.push(performance.now() - from);
    const since = performance.now();
    await store.commands.reply("none");
    selects.push(performance.now() - since);
  }
  await stop(children);
  await store.close();
  const figures = {
    idlePerSecond,
    perSecond: waitingPerSecond,
    commands,
    commandMs: median(took),
    slowestMs: Math.max(...took),
    selectMs: median(selects),
  };
  say(
    `waiting: ${waitingPerSecond.toFixed(1)} transactions/s (none: ${idlePerSecond.toFixed(1)}); command to decision ${figures.commandMs.toFixed(1)} ms`,
  );
  return figures;
}

async function beginner(url) {
  const store = await openStore(url);
  const fences = await createFences(() => store.nextEpoch());
  // It only asks: it is never started.
  const engine = createEngine({
    store,
    drivers: [],
    fences,
    owner: "asker",
    nowMs: Date.now,
    address: () => [],
    onNotices() {},
    onError() {},
  });
  const begin = async (options) => {
    for (let index = 0; index < runs; index += 50)
      await Promise.all(Array.from({ length: 50 }, (_, more) => engine.begin(simulated(`run ${index + more}`, options))));
  };
  return { store, engine, begin };
}

async function engines(url, processes) {
  const children = Array.from({ length: processes }, () =>
    fork(processFile, [url], { stdio: ["ignore", "inherit", "inherit", "ipc"] }),
  );
  await Promise.all(children.map((child) => once(child, "message")));
  return children;
}

async function stop(children) {
  for (const child of children) child.send("stop");
  await Promise.all(children.map((child) => once(child, "exit")));
}

/** Of the whole server: its statistics come late, by a second at most. */
async function transactions(url) {
  const client = new Client({ connectionString: url });
  await client.connect();
  await sleep(1_200);
  const { rows } = await client.query(
    "select sum(xact_commit + xact_rollback)::int as count from pg_stat_database where datname = current_database()",
  );
  await client.end();
  return rows[0].count;
}

async function until(holds) {
  while (!(await holds())) await sleep(25);
}
