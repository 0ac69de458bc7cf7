import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { call } from "../system/json-over-socket.ts";
import { released } from "../system/kernel-lock.ts";
import type { Place } from "../system/place.ts";
import { type KnownProcess, identityOf, isRunning } from "../system/process-identity.ts";
import { writeWhole } from "../system/whole-file.ts";

// Who has the platform, as those see it who would take it over.
//
// 1. The kernel's lock says who has it. It goes with its process, and whoever waits for it is woken by that.
// 2. A process that was stopped, or hangs, keeps its lock and does nothing. One that has not answered for a while, though it was asked
//    again and again, is killed: it has nothing left by which it could disturb whoever comes after it.
// 3. Who that is was written down by itself once it had the lock, with the moment of its start: nobody else is ever killed for it.

const askEveryMs = 1_000;
const patienceMs = 2_000;
const mostSilences = 3;
/** It opens its database and starts its agent before it answers anybody. */
const startingMs = 90_000;

const fileOf = (place: Place): string => path.join(place.serverLock, "holder.json");

/** For whoever has just got the lock. */
export function signHolder(place: Place): void {
  writeWhole(
    fileOf(place),
    `${JSON.stringify({ pid: process.pid, identity: identityOf(process.pid) ?? "" } satisfies KnownProcess)}\n`,
  );
}

/** Comes back when it is worth trying to get the lock. */
export async function untilNobodyHolds(place: Place, signal: AbortSignal, remark: (text: string) => void): Promise<void> {
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  void watchOver(place, both, remark);
  try {
    await Promise.race([released(place.serverLock, 60_000), ended(signal)]);
  } finally {
    over.abort();
  }
}

async function watchOver(place: Place, signal: AbortSignal, remark: (text: string) => void): Promise<void> {
  let silences = 0;
  let absentSinceMs: number | undefined;
  while (!signal.aborted) {
    const before = holderOf(place);
    const seen = await askHolder(place);
    silences = seen === "silent" ? silences + 1 : 0;
    absentSinceMs = seen === "absent" ? (absentSinceMs ?? performance.now()) : undefined;
    const isStuck = silences >= mostSilences || (absentSinceMs !== undefined && performance.now() - absentSinceMs > startingMs);
    const holder = holderOf(place);
    // The same before it was asked and after: it is the one that did not answer.
    if (isStuck && !signal.aborted && holder !== undefined && holder.identity === before?.identity && isRunning(holder)) {
      remark(`process ${holder.pid} has this platform and answers nobody: it is ended`);
      process.kill(holder.pid, "SIGKILL");
      [silences, absentSinceMs] = [0, undefined];
    }
    await sleep(askEveryMs, undefined, { signal, ref: false }).catch(() => {});
  }
}

function holderOf(place: Place): KnownProcess | undefined {
  try {
    const { pid, identity } = JSON.parse(readFileSync(fileOf(place), "utf8")) as Partial<KnownProcess>;
    return typeof pid === "number" && pid > 1 && typeof identity === "string" ? { pid, identity } : undefined;
  } catch {
    return undefined;
  }
}

/** `silent`: it takes what is said and answers nothing. `absent`: it takes nothing, as one that begins. */
async function askHolder(place: Place): Promise<"here" | "silent" | "absent"> {
  const late = AbortSignal.timeout(patienceMs);
  return call({ socket: place.serverSocket, method: "GET", path: "/v1/health", signal: late }).then(
    () => "here",
    () => (late.aborted ? "silent" : "absent"),
  );
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
