import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { GantryError } from "../../../lib/errors.ts";
import { freePort } from "../../../system/free-port.ts";
import { logOf, writeConfiguration, type Cluster } from "./cluster.ts";
import { endOrphans, kill, removeStalePidFile, runningPostmaster, serverProcessesIn, type Postmaster } from "./postmaster.ts";
import { invocation, serverEnv } from "./run-as.ts";

const startMs = 120_000;
const fastStopMs = 30_000;
const largestLogBytes = 8 * 2 ** 20;

export type StartOptions = { readonly bin: string; readonly port: number | undefined };

/** Starts a server that outlives whoever started it. Only to be called under the folder's lock. */
export async function startServer(folder: string, cluster: Cluster, { bin, port }: StartOptions): Promise<Postmaster> {
  await endWhatWasLeft(cluster.dataFolder);
  removeStalePidFile(cluster.dataFolder);
  writeConfiguration(cluster);
  for (let attempt = 1; ; attempt += 1) {
    const chosen = await freePort(port);
    const outcome = await attemptStart(folder, cluster, path.join(bin, "postgres"), chosen);
    if (typeof outcome !== "string") return outcome;
    // Somebody may have taken the port in between.
    if (attempt < 3 && (await freePort(chosen)) !== chosen) continue;
    throw new GantryError("postgres-does-not-start", `PostgreSQL ${cluster.major} ended as it started: ${outcome}`, {
      hint: `its log is ${logOf(folder, cluster.major)}`,
    });
  }
}

async function attemptStart(folder: string, cluster: Cluster, program: string, port: number): Promise<Postmaster | string> {
  const { file, args, options } = invocation(cluster.runAs, program, ["-D", cluster.dataFolder, "-p", String(port)]);
  const log = logOf(folder, cluster.major);
  if (existsSync(log) && statSync(log).size > largestLogBytes) renameSync(log, `${log}.1`);
  const handle = openSync(log, "a", 0o600);
  const from = statSync(log).size;
  // No pipes: a server that writes into one is ended by the death of the reader.
  const child = spawn(file, [...args], {
    ...options,
    cwd: "/",
    env: serverEnv(),
    detached: true,
    stdio: ["ignore", handle, handle],
  });
  closeSync(handle);
  let failure: Error | undefined;
  child.once("error", (error) => (failure = error));
  child.unref();

  const deadline = Date.now() + startMs;
  for (;;) {
    if (failure !== undefined) return failure.message;
    if (child.exitCode !== null || child.signalCode !== null) return lastLines(log, from);
    const running = runningPostmaster(cluster.dataFolder);
    if (running?.ready) return running;
    if (Date.now() > deadline) {
      child.kill("SIGQUIT");
      return `it was not ready after ${startMs / 1_000} s: ${lastLines(log, from)}`;
    }
    await delay(5);
  }
}

function lastLines(log: string, from: number): string {
  const lines = readFileSync(log).subarray(from).toString("utf8").trim().split("\n").slice(-4);
  return lines.map((line) => line.replace(/^.*?\[\d+\] */, "")).join("; ") || "it said nothing";
}

/** Waits until a server that somebody else started is ready. Nothing when it went away meanwhile. */
export async function untilReady(dataFolder: string): Promise<Postmaster | undefined> {
  const deadline = Date.now() + startMs;
  for (;;) {
    const running = runningPostmaster(dataFolder);
    if (running === undefined || running.ready) return running;
    if (Date.now() > deadline) {
      throw new GantryError("postgres-does-not-start", `the Postgres with process id ${running.pid} does not get ready`, {
        hint: `its data folder is ${dataFolder}; end it and call again`,
      });
    }
    await delay(10);
  }
}

/** Ends a server and waits until nothing of it is left. False when none ran. */
export async function stopServer(dataFolder: string): Promise<boolean> {
  const running = runningPostmaster(dataFolder);
  if (running !== undefined) {
    // Fast: sessions are ended, what is in memory is written.
    kill(running.pid, "SIGINT");
    if (!(await until(() => runningPostmaster(dataFolder)?.pid !== running.pid, fastStopMs))) {
      kill(running.pid, "SIGQUIT");
      if (!(await until(() => runningPostmaster(dataFolder)?.pid !== running.pid, 5_000))) kill(running.pid, "SIGKILL");
    }
    await until(() => !kill(running.pid, 0) || serverProcessesIn(dataFolder).length === 0, 5_000);
  }
  if (existsSync(dataFolder)) {
    await endWhatWasLeft(dataFolder);
    removeStalePidFile(dataFolder);
  }
  return running !== undefined;
}

async function endWhatWasLeft(dataFolder: string): Promise<void> {
  if (endOrphans(dataFolder) > 0) await until(() => endOrphans(dataFolder) === 0, 5_000);
}

async function until(holds: () => boolean, withinMs: number): Promise<boolean> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await delay(10)) if (holds()) return true;
  return holds();
}
