import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { builtFile, startDetached } from "../control/processes.ts";
import { GantryError } from "../lib/errors.ts";
import { answers, call, callForLines } from "../system/json-over-socket.ts";
import { type Place, placeOf } from "../system/place.ts";

// The local platform as commands speak to it: the server that `gantry up` starts for the folder of a spec.

export type LocalPlatform = {
  readonly place: Place;
  get<Answer>(path: string): Promise<Answer>;
  /** Sends, and gives what comes back line by line. */
  send<Line>(path: string, body: unknown, signal?: AbortSignal): AsyncGenerator<Line>;
};

/** The platform of a spec's folder, which may not be running. */
export function localPlatform(specFile: string): LocalPlatform {
  const place = placeOf(path.dirname(specFile));
  return {
    place,
    get: (what) => call({ socket: place.serverSocket, method: "GET", path: what }),
    send: (what, body, signal) =>
      callForLines({ socket: place.serverSocket, method: "POST", path: what, body, ...(signal ? { signal } : {}) }),
  };
}

/** Whether something of this product runs here. A server that died while its agent goes on is started again. */
export async function isRunning(platform: LocalPlatform): Promise<boolean> {
  if ((await health(platform.place)) !== undefined) return true;
  if (!(await answers(platform.place.agentSocket))) return false;
  await ensureServer(platform);
  return true;
}

/** Starts the server where none answers. One of another build gives way; what it had started goes on meanwhile. */
export async function ensureServer({ place }: LocalPlatform): Promise<void> {
  const there = await health(place);
  const build = readFileSync(builtFile("../.built-from"), "utf8");
  if (there?.build === build) return;
  if (there) {
    process.kill(there.pid, "SIGTERM");
    while ((await health(place)) !== undefined) await sleep(10);
  }
  await startDetached({
    file: builtFile("server.js"),
    args: [place.root],
    log: path.join(place.logs, "server.log"),
    socket: place.serverSocket,
    waitMs: 60_000,
  });
}

/** Refuses to go on where nothing runs. */
export async function requireServer(platform: LocalPlatform): Promise<void> {
  if (!(await isRunning(platform)))
    throw new GantryError("not-reachable", "nothing of this product runs here", { hint: "gantry up starts it" });
}

async function health(place: Place): Promise<{ readonly pid: number; readonly build: string } | undefined> {
  if (!existsSync(place.serverSocket)) return undefined;
  return call<{ pid: number; build: string }>({ socket: place.serverSocket, method: "GET", path: "/v1/health" }).catch(
    () => undefined,
  );
}
