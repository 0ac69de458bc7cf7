// Requests per second of the gateway beside Caddy, nginx and HAProxy: one core for the one that is measured, the other for the load
// and the upstream, 64 connections kept alive, in turns so that what else the machine does falls on all of them.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { median, times } from "../measure.mjs";
import { contenders, has, upstreamCommand } from "./contenders.mjs";

const rounds = 12;
const seconds = 1;
const ours = "gateway";
const bare = "gateway without metrics and log";

/** Rows as `npm run bench` prints them. What is not installed is left out, by name. */
export async function measureGateway(say = () => {}) {
  const missing = ["wrk", "taskset", "nginx"].filter((program) => !has(program));
  if (missing.length > 0 || availableParallelism() < 2) {
    say(`the gateway is not measured: ${missing.length > 0 ? `${missing.join(", ")} not installed` : "one core only"}`);
    return [];
  }
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-bench-gateway-"));
  // nginx's workers are not root.
  chmodSync(folder, 0o755);
  const started = [];
  try {
    const upstream = await freePort();
    started.push(await start(1, upstreamCommand(folder, upstream), { port: upstream, folder }));
    const present = [];
    for (const { name, needs, command } of contenders(folder, upstream)) {
      if (needs !== undefined && !has(needs)) {
        say(`${name} is left out: not installed`);
        continue;
      }
      const port = await freePort();
      const process = await start(0, command(port), { port, folder });
      started.push(process);
      present.push({ name, port, pid: process.pid });
    }
    const rows = [];
    for (const body of ["small", "large"]) rows.push(...measureBody(body, present));
    return rows;
  } finally {
    for (const one of started) one.kill("SIGTERM");
    await Promise.all(started.filter((one) => one.exitCode === null && one.signalCode === null).map((one) => once(one, "exit")));
    rmSync(folder, { recursive: true, force: true });
  }
}

function measureBody(body, present) {
  const taking = present.filter(({ name }) => body === "small" || name !== bare);
  for (const { port } of taking) warm(port, body);
  const results = new Map(taking.map(({ name }) => [name, []]));
  // Forwards and back, so that who comes after whom is not always the same.
  for (let round = 0; round < rounds; round++)
    for (const { name, port, pid } of round % 2 === 0 ? taking : taking.toReversed()) {
      const before = cpuTicks(pid);
      const { requests, ...rest } = load(port, body, seconds);
      results.get(name).push({ ...rest, cpu: (cpuTicks(pid) - before) / requests });
    }
  const of = (name) => results.get(name) ?? [];
  const ratio = (one, other) => median(of(one).map(({ perSecond }, round) => perSecond / of(other)[round].perSecond));
  const describe = (name) => {
    const all = of(name).map(({ perSecond }) => perSecond);
    const p99 = median(of(name).map((one) => one.p99));
    return `${thousands(median(all))}/s (${thousands(Math.min(...all))}–${thousands(Math.max(...all))}), p99 ${p99.toFixed(1)} ms`;
  };
  const what = `gateway, ${body === "small" ? "100-byte" : "64 KB"} bodies`;
  const rows = [];
  for (const peer of ["caddy", "nginx", "haproxy"]) {
    if (of(peer).length === 0) continue;
    const slower = median(of(ours).map(({ p99 }, round) => p99 / of(peer)[round].p99));
    rows.push({
      what,
      figure: describe(ours),
      beside: `${peer}: ${describe(peer)}`,
      ratio: `${times(ratio(ours, peer))}, p99 ${times(slower)}`,
      bound: peer === "caddy" ? "at least 1.0 ×, p99 at most 1.0 ×" : "shown",
      holds: peer !== "caddy" || (ratio(ours, peer) >= 1 && slower <= 1),
    });
  }
  if (of(bare).length > 0) {
    // By processor time, which a neighbour on this core does not add to: the difference is smaller than what neighbours do.
    const cost = 1 - 1 / median(of(ours).map(({ cpu }, round) => cpu / of(bare)[round].cpu));
    const micros = (name) => `${((median(of(name).map(({ cpu }) => cpu)) * 1e6) / ticksPerSecond).toFixed(1)} µs`;
    rows.push({
      what: "gateway, what metrics and log cost of its throughput",
      figure: `${micros(ours)} of processor time a request`,
      beside: `without: ${micros(bare)}`,
      ratio: `${(cost * 100).toFixed(1)} %`,
      bound: "under 10 %",
      holds: cost < 0.1,
    });
  }
  return rows;
}

/** Until it has served so many that a compiler has seen them; on a busy machine a span of time would say nothing about that. */
function warm(port, body) {
  let served = 0;
  for (let turn = 0; served < 15_000 && turn < 3; turn++) served += load(port, body, 1).perSecond;
}

function load(port, body, forSeconds) {
  // wrk takes whole seconds only, so a run is ended from outside, by the signal at which it prints what it has.
  const args = ["-c", "1", "timeout", "-s", "INT", String(forSeconds), "wrk", "-t1", "-c64", "-d10s", "--latency"];
  const text = execFileSync("sh", ["-c", `${["taskset", ...args].join(" ")} http://127.0.0.1:${port}/${body} || true`], {
    encoding: "utf8",
  });
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
  const [, amount, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(text) ?? [];
  if (!(perSecond > 0) || /Non-2xx|Socket errors/.test(text)) throw new Error(`the load on port ${port} failed: ${text}`);
  const requests = Number(/(\d+) requests in/.exec(text)?.[1]);
  return { perSecond, requests, p99: Number(amount) * { us: 0.001, ms: 1, s: 1_000 }[unit] };
}

const ticksPerSecond = 100;

/** Of the process and all its threads, in the kernel too. */
function cpuTicks(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

async function start(core, command, { port, folder }) {
  const child = spawn("taskset", ["-c", String(core), ...command], {
    stdio: ["ignore", "ignore", "pipe"],
    // Caddy keeps things at home.
    env: { ...process.env, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
  });
  let complaint = "";
  child.stderr.on("data", (chunk) => (complaint = (complaint + chunk).slice(-2_000)));
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${command.join(" ")} ended: ${complaint}`);
    const answer = await fetch(`http://127.0.0.1:${port}/small`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return child;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const thousands = (rate) => (rate >= 10_000 ? `${(rate / 1_000).toFixed(1)} k` : String(Math.round(rate)));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  execFileSync(process.execPath, ["scripts/build.mjs"], {
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    stdio: "inherit",
  });
  const rows = await measureGateway((line) => process.stdout.write(`- ${line}\n`));
  for (const { what, figure, beside, ratio, bound, holds } of rows)
    process.stdout.write(`${holds ? "✓" : "✗"} ${what}: ${figure}; ${beside}; ${ratio} (bound: ${bound})\n`);
  process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1;
}
