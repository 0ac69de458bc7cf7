// Control processes that are killed with releases in their hands, at random moments that come from a seed: how many releases end as they
// should, and how long it takes until somebody else has them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { Client } from "pg";
import { openStore } from "../../dist/store/store.js";
import { ensurePostgres, removePostgres } from "../../dist/targets/local/postgres/server.js";
import { bundled } from "../bundled.mjs";
import { median, whole } from "../measure.mjs";
import { releasedShop } from "./shop.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const seed = Number(process.env.GANTRY_SEED ?? 20_261_121);
const kills = Number(process.env.GANTRY_BENCH_KILLS ?? 200);

export async function measureChaos(say) {
  say(`GANTRY_SEED=${seed}`);
  return [...(await engines(say)), ...(await local(say))];
}

/** The real engine and machine in processes of their own, on a target that is served to them. */
async function engines(say) {
  const { openDeaths, endedAll } = await bundled("test/support/chaos/deaths.ts");
  const { killAtRandom, seeded } = await bundled("test/support/chaos/at-random.ts");
  const { scenarios } = await bundled("test/support/chaos/scenarios.ts");
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-bench-"));
  const server = await ensurePostgres({ folder });
  const admin = new Client({ connectionString: server.superuserUrl() });
  await admin.connect();
  await admin.query("create database chaos");
  await admin.end();
  const url = server.superuserUrl("chaos");
  const store = await openStore(url);
  const deaths = await openDeaths({ store, url, root });
  try {
    await deaths.begin(scenarios.map((scenario, index) => [`spared ${index}`, scenario]));
    const first = await deaths.start();
    await deaths.until(async () => (await deaths.unfinished()) === 0);
    await deaths.kill(first);
    const of = await killAtRandom(deaths, { kills, random: seeded(seed) });
    const ended = await endedAll(deaths);
    const wrong = [...of].filter(([id, index]) => !isDeepStrictEqual(ended.get(id), ended.get(`spared ${index}`)));
    for (const [id, index] of wrong)
      say(`${scenarios[index].name}: ${JSON.stringify([ended.get(id), ended.get(`spared ${index}`)])}`);
    await deaths.killAll();
    say(`${kills} kills of engines: ${of.size - wrong.length} of ${of.size} releases as they should be`);
    const took = [];
    for (let round = 0; round < 10; round += 1) took.push(await takeover(deaths, `round ${round}`, scenarios));
    say(`takeover by another process: ${took.map(whole).join(", ")}`);
    return [
      [
        `${kills} × \`kill -9\` of one of two control processes at a random moment: releases that ended as if nothing had been`,
        `${of.size - wrong.length} of ${of.size}`,
        `${scenarios.length} kinds: each strategy, good and bad`,
        "–",
        "all",
        wrong.length === 0,
      ],
      [
        "two control processes on one Postgres, one is killed: until the other has all that was in its hands",
        `${whole(median(took))} (${whole(Math.min(...took))} to ${whole(Math.max(...took))})`,
        "its lease: 5 s",
        "–",
        "under 15 s",
        Math.max(...took) < 15_000,
      ],
    ];
  } finally {
    await deaths.close();
    await store.close();
    await removePostgres(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** With the leases that processes have. */
async function takeover(deaths, name, scenarios) {
  const leases = { leaseMs: 5_000, pollMs: 1_000 };
  const ids = scenarios.map((_, index) => `${name} ${index}`);
  const one = await deaths.start(leases);
  const other = await deaths.start(leases);
  await deaths.begin(scenarios.map((scenario, index) => [ids[index], scenario]));
  await sleep(1_500);
  const owner = `process ${one.pid}`;
  const held = (await deaths.store.runs.list("shop", { unfinished: true, limit: 1_000 })).filter((row) => row.leasedBy === owner);
  const from = performance.now();
  await deaths.kill(one);
  const mine = new Set(held.map(({ id }) => id));
  await deaths.until(async () =>
    (await deaths.store.runs.list("shop", { limit: 1_000 })).every((row) => !mine.has(row.id) || row.leasedBy !== owner),
  );
  const ms = performance.now() - from;
  await deaths.until(async () => (await deaths.unfinished()) === 0);
  await deaths.kill(other);
  return ms;
}

/** `gantry up`, and releases with traffic whose server is killed. */
async function local(say) {
  const { after, releaseUnderKills, prepare } = await bundled("test/support/chaos/local.ts");
  const { seeded } = await bundled("test/support/chaos/at-random.ts");
  const random = seeded(seed);
  const shop = releasedShop();
  const took = [];
  const watching = new Set();
  const kill = async () => {
    const pid = shop.serverPid();
    if (pid === undefined || Number.isNaN(pid)) return false;
    const before = (await shop.seen("trial"))?.fence.epoch ?? 0;
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      return false;
    }
    const from = performance.now();
    const watch = (async () => {
      while (performance.now() - from < 30_000) {
        if (((await shop.seen("trial").catch(() => undefined))?.fence.epoch ?? 0) > before)
          return void took.push(performance.now() - from);
        await sleep(10);
      }
    })().finally(() => watching.delete(watch));
    watching.add(watch);
    return true;
  };
  try {
    prepare(shop);
    shop.gantry("up", "trial", "--speed", "300");
    let [killed, releases, right, lost, sent] = [0, 0, 0, 0, 0];
    while (killed < kills) {
      const isBad = releases % 4 === 3;
      const version = `v${releases}`;
      const some = Array.from({ length: Math.min(5, kills - killed) }, () => after(100 + random() * 1_500, kill));
      const is = await releaseUnderKills(shop, { version, failingShare: isBad ? 0.5 : 0, kills: some });
      const whole = wrongOf(is, isBad);
      if (whole.length > 0) say(`${version}: ${whole.join("; ")}: ${JSON.stringify(is)}`);
      releases += 1;
      killed += is.killed;
      right += whole.length === 0 ? 1 : 0;
      lost += is.lost.length;
      sent += is.sent;
      say(`${version}: ${is.phase}, ${is.killed} kills (${killed} of ${kills})`);
    }
    await Promise.all(watching);
    const slowest = Math.max(...took);
    return [
      [
        `${killed} × \`kill -9\` of the server at a random moment, over ${releases} releases on the local platform, every fourth a bad one: ended as they should, each migration once`,
        `${right} of ${releases}`,
        `requests without an answer: ${lost} of ${sent.toLocaleString("en")}`,
        "–",
        "all, and none",
        right === releases && lost === 0,
      ],
      [
        "the same: from the kill until another server moves the release",
        `${whole(median(took))} (to ${whole(slowest)})`,
        `${took.length} times`,
        "–",
        "under 15 s",
        slowest < 15_000,
      ],
    ];
  } finally {
    shop.remove();
  }
}

/** What is not as it would be if nobody had died. */
function wrongOf({ status, phase, migrated, smokes, serves, killed, because }, isBad) {
  const passed = smokes.filter((line) => line === "ended with 0").length;
  return [
    ...(phase === (isBad ? "degraded" : "watching") && status === (isBad ? 1 : 0) ? [] : [`it ended ${phase}, ${because}`]),
    ...(isBad && !/error rate/.test(because ?? "") ? [`it went back for another reason: ${because}`] : []),
    ...(migrated === 1 ? [] : [`its migration took effect ${migrated} times`]),
    ...(serves === (isBad ? 0 : 100) ? [] : [`${serves} % of the traffic`]),
    ...(isBad || passed >= 2 ? [] : ["smoke tests were left out"]),
    ...(smokes.filter((line) => line === "begun").length <= 2 + killed ? [] : ["smoke tests ran again without need"]),
  ];
}
