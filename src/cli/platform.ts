import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serverCollects } from "../control/collecting.ts";
import { builtFile, startDetached, wantsItsDatabase } from "../control/processes.ts";
import { ConflictError, GantryError, UserError } from "../lib/errors.ts";
import { answers, call, callForLines } from "../system/json-over-socket.ts";
import { type Place, placeOf } from "../system/place.ts";

// The local platform as commands speak to it: the server that `gantry up` starts for the folder of a spec.

const takingOverMs = 3_000;

/** Whoever answers: here by a socket, elsewhere by the API. What is asked and said is the same. */
export type Platform = {
  /** Where it is, if not here. */
  readonly server?: string;
  get<Answer>(path: string): Promise<Answer>;
  /** Sends, and gives what comes back line by line. */
  send<Line>(path: string, body: unknown, signal?: AbortSignal): AsyncGenerator<Line>;
  /** Where it is gone it is started again, or waited for. */
  revive(): Promise<void>;
};

export type LocalPlatform = Platform & { readonly place: Place };

/** The platform of a spec's folder, which may not be running. */
export function localPlatform(specFile: string): LocalPlatform {
  const place = placeOf(path.dirname(specFile));
  const platform: LocalPlatform = {
    place,
    get: (what) => call({ socket: place.serverSocket, method: "GET", path: what }),
    send: (what, body, signal) =>
      callForLines({ socket: place.serverSocket, method: "POST", path: what, body, ...(signal ? { signal } : {}) }),
    revive: () => ensureServer(platform),
  };
  return platform;
}

/** Whether something of this product runs here. A server that died while its agent goes on is started again, as is one of another build. */
export async function isRunning(platform: LocalPlatform): Promise<boolean> {
  if ((await health(platform.place)) === undefined && !(await answers(platform.place.agentSocket))) return false;
  await ensureServer(platform);
  return true;
}

/** Starts the server where none answers. One of another build gives way; what it had started goes on meanwhile. */
export async function ensureServer({ place }: LocalPlatform): Promise<void> {
  refuseElsewhere();
  const there = await health(place);
  const build = readFileSync(builtFile("../.built-from"), "utf8");
  if (there?.build === build) return;
  if (existsSync(place.databaseGiven)) return awaitGiven(place, there !== undefined);
  if (there) {
    process.kill(there.pid, "SIGTERM");
    while ((await health(place)) !== undefined) await sleep(10);
  }
  await startDetached({
    file: builtFile("server.js"),
    args: [place.root],
    nodeArgs: serverCollects,
    log: path.join(place.logs, "server.log"),
    socket: place.serverSocket,
    waitMs: 60_000,
  });
}

/** Whoever has said that a server elsewhere is meant does not want this machine to do something instead. */
function refuseElsewhere(): void {
  const { GANTRY_SERVER: server } = process.env;
  if (server === undefined || server === "") return;
  throw new UserError("only-here", `this is done on the machine itself, and GANTRY_SERVER says ${server.slice(0, 200)}`, {
    hint: "unset GANTRY_SERVER to do it here",
  });
}

/** On a database that was given, servers are started by whoever runs them, and take over from each other. */
async function awaitGiven(place: Place, isOfAnotherBuild: boolean): Promise<void> {
  if (isOfAnotherBuild)
    throw new ConflictError("held-elsewhere", "gantry server of this folder is of another build than this command", {
      hint: "start it anew with this one, or use that one",
    });
  for (const untilMs = Date.now() + takingOverMs; (await health(place)) === undefined; await sleep(50))
    if (Date.now() > untilMs) throw wantsItsDatabase();
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
