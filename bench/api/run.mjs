// The API of a real server with a thousand services and a hundred thousand events in its database: how long reads take that a console asks, beside
// the same bytes from a bare server; and with two hundred consoles open while releases run, how long, and how late an event comes to all of them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { serverCollects } from "../../dist/control/collecting.js";
import { freePort } from "../../dist/system/free-port.js";
import { ensurePostgres, removePostgres } from "../../dist/targets/local/postgres/server.js";
import { times } from "../measure.mjs";
import { agentSocketIn, onSocket } from "../no-loss.mjs";
import { project } from "../platform.mjs";
import { askedByConsoles } from "./asked.mjs";
import { sameBytes } from "./bare.mjs";
import { load } from "./load.mjs";
import { environments, product, released, servicesEach, writeProduct, writeVersion } from "./product.mjs";
import { openConsoles } from "./consoles.mjs";

const main = fileURLToPath(new URL("../../dist/run/main.js", import.meta.url));
const seconds = Number(process.env.GANTRY_BENCH_API_SECONDS ?? 30);
const events = Number(process.env.GANTRY_BENCH_API_EVENTS ?? 100_000);
/** A folder for `--cpu-prof` of the server, for whoever looks for what is slow. */
const profile = process.env.GANTRY_BENCH_API_PROFILE;
const [perSecond, consoles, besideConsoles, finished] = [200, 200, 50, 200];

export async function measureApi(say) {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-bench-"));
  const one = project(writeProduct);
  let server;
  try {
    const postgres = await ensurePostgres({ folder });
    const url = postgres.superuserUrl();
    const port = await freePort();
    server = start(one, url, port);
    await until(async () => {
      if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
      return (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok === true;
    });
    one.gantry("up", ...environments, released, "--speed", "60");
    const release = (version) => {
      writeVersion(one.folder, version);
      return one.run("release", "api", "--to", released, "--wait", "--json");
    };
    await release("second");
    await fill(url);
    const token = JSON.parse(one.gantry("token", "create", "bench", "--may", "viewer:*/*", "--json").out).token;
    // As every browser does.
    const headers = { authorization: `Bearer ${token}`, "accept-encoding": "gzip" };
    const asked = await askedByConsoles(port, headers);
    say(`${environments.length * servicesEach} services, ${events} events; up and filled`);

    const bare = await sameBytes(port, headers, asked);
    const beside = await load({ port: bare.port, headers, asked, perSecond, seconds });
    await bare.close();
    const health = await load({ port, headers, asked: [{ path: "/healthz", share: 1 }], perSecond, seconds });
    await load({ port, headers, asked, perSecond, seconds: Math.min(5, seconds) });
    const spent = cpuMs(server.pid);
    const reads = await load({ port, headers, asked, perSecond, seconds });
    say(`the server's processor time for a read: ${ms((cpuMs(server.pid) - spent) / reads.count)}`);
    say(`reads: ${told(reads)}; the same bytes, bare: ${told(beside)}; /healthz: ${told(health)}`);
    for (const { path: target, p99, mean, count } of reads.each) say(`  ${target}: ${count}, mean ${ms(mean)}, p99 ${ms(p99)}`);

    const socket = path.join(one.env.XDG_RUNTIME_DIR, "gantry", serverSocket(path.join(one.env.XDG_RUNTIME_DIR, "gantry")));
    const open = await openConsoles({ count: consoles, port, link: () => onSocket(socket, "POST", "/v1/login", {}) });
    const loading = new AbortController();
    const releasing = releases(release, loading.signal);
    const busy = await load({ port, headers, asked, perSecond: besideConsoles, seconds });
    loading.abort();
    const done = await releasing;
    const seen = await open.close();
    say(
      `beside ${consoles} consoles: ${told(busy)}; ${done} releases; ${seen.events} events, each late by ${ms(seen.p50)}, p99 ${ms(seen.p99)}`,
    );

    const failed = [reads, busy].reduce((sum, { failures }) => sum + failures, 0);
    if (failed > 0) say(`${failed} requests failed: ${JSON.stringify([reads.errors, busy.errors])}`);
    const about = `${environments.length * servicesEach} services and ${events.toLocaleString("en")} events`;
    return [
      [
        `reads at ${perSecond}/s for ${seconds} s, as consoles ask, with ${about}: p99`,
        `${ms(reads.p99)} (median ${ms(reads.p50)})`,
        `the same bytes from a bare \`node:http\`: ${ms(beside.p99)}; \`/healthz\`: ${ms(health.p99)}`,
        times(reads.p99 / beside.p99),
        "under 20 ms, none fails",
        reads.p99 < 20 && reads.failures === 0,
      ],
      [
        `reads at ${besideConsoles}/s beside ${consoles} open consoles while ${done} releases run: p99`,
        `${ms(busy.p99)} (median ${ms(busy.p50)})`,
        `without: ${ms(reads.p99)}`,
        times(busy.p99 / reads.p99),
        "shown, none fails",
        busy.failures === 0,
      ],
      [
        `from the moment that an event bears until each of the ${consoles} has it: p99`,
        `${ms(seen.p99)} (median ${ms(seen.p50)}, at most ${ms(seen.max)})`,
        `${seen.events.toLocaleString("en")} × ${consoles}`,
        "–",
        "under 200 ms, none missing",
        seen.p99 < 200 && seen.missing === 0 && seen.events > 0,
      ],
    ];
  } finally {
    // The server ends first: it would start the agent again.
    if (server !== undefined && server.exitCode === null) {
      // Who is asked to take it all down is this server: on a database that was given nobody else starts.
      await one.run("down", "--data");
      server.kill();
      await once(server, "exit");
    }
    await endAgent(one);
    one.remove();
    await removePostgres(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `gantry server`; or, to see what it does all the time, what that starts. */
function start({ folder, env }, url, port) {
  const stdio = ["ignore", "ignore", "inherit"];
  const listen = `127.0.0.1:${port}`;
  if (profile === undefined)
    return spawn(process.execPath, [main, "server", "--listen", listen], {
      cwd: folder,
      env: { ...env, DATABASE_URL: url },
      stdio,
    });
  return spawn(
    process.execPath,
    [...serverCollects, "--cpu-prof", "--cpu-prof-dir", profile, path.join(path.dirname(main), "server.js"), folder],
    {
      env: { ...env, GANTRY_SERVER_LISTEN: listen, GANTRY_SERVER_DATABASE: url },
      stdio,
    },
  );
}

/** One after the other, until it is enough; what is under way ends. */
async function releases(release, signal) {
  let count = 0;
  for (; !signal.aborted; count += 1) {
    const { status, out, err } = await release(`version ${count}`);
    if (status !== 0) throw new Error(`a release ended with ${status}: ${out}${err}`);
  }
  return count;
}

/** The log of months, and releases that ended in them: as the server writes them, only faster. */
async function fill(url) {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    `insert into event (at, product, environment, kind, actor, actor_kind, actor_known, subject, because, data, position)
     select now() - make_interval(secs => ($1 - n) * 60), $2, ($3::text[])[1 + n % cardinality($3::text[])],
       (array['release.begun', 'release.step', 'gate.passed', 'alert.firing', 'alert.resolved', 'freeze.begun', 'service.restarted'])[1 + n % 7],
       'somebody-' || n % 50 || '@example.com', 'person', 'oidc', 'job-' || n % ${servicesEach}, 'for reason ' || n,
       json_build_object('step', n % 4, 'says', repeat('it went as it was meant to; ', 5)), nextval('event_position')
     from generate_series(1, $1) as n`,
    [events, product, environments],
  );
  await client.query(
    `insert into run (id, product, environment, kind, exclusive, data, schema_version, wake_at, started_at, ended_at)
     select id || '-' || n, product, environment, kind, false, replace(data::text, id, id || '-' || n)::json, schema_version, wake_at, started_at, now()
     from run, generate_series(1, $1) as n where number = (select max(number) from run)`,
    [finished],
  );
  await client.query("analyze");
  await client.end();
}

/** Of a process and what it started, as Linux counts it: it tells more than a time where others keep the machine busy. */
function cpuMs(pid) {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
    const own = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
    return (Number(own[11]) + Number(own[12])) * 10 + children.reduce((sum, child) => sum + cpuMs(child), 0);
  } catch {
    return NaN;
  }
}

/** Without a server nobody else ends it. */
async function endAgent({ env }) {
  try {
    const { pid } = await onSocket(agentSocketIn(path.join(env.XDG_RUNTIME_DIR, "gantry")), "GET", "/v1/state");
    process.kill(pid);
  } catch {
    // There is none.
  }
}

function serverSocket(folder) {
  return readdirSync(folder).find((name) => name.endsWith("-server.sock"));
}

async function until(holds) {
  while (!(await holds())) await sleep(50);
}

const ms = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
const told = ({ p50, p99, max, failures }) =>
  `median ${ms(p50)}, p99 ${ms(p99)}, at most ${ms(max)}${failures > 0 ? `, ${failures} failed` : ""}`;
