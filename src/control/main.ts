import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { userInfo } from "node:os";
import { openStore } from "../store/store.ts";
import { giveUp } from "../system/give-up.ts";
import { createJsonServer } from "../system/json-server.ts";
import { type OwnSocket, ownSocket } from "../system/own-socket.ts";
import { placeOf, preparePlace } from "../system/place.ts";
import { machineKey } from "../system/sealed.ts";
import { controlApi } from "./api.ts";
import { type Hold, createHold } from "./hold.ts";
import { signHolder, untilNobodyHolds } from "./holder.ts";
import { databaseProblem } from "./hold-database.ts";
import { type Hosting, hostingIn } from "./hosting.ts";
import { type Front, type Ground, createFront } from "./http/front.ts";
import { portsOf } from "./kept-ports.ts";
import { type Platform, endWhatServesNobody, openPlatform } from "./platform.ts";
import { builtFile } from "./processes.ts";
import { createApprovalLinks } from "./releases/approval-links.ts";

// The server of a local platform. It decides; what serves requests goes on without it. On a laptop one process is all there is of it. With
// a database that was given, any number answer beside each other, and one of them has the platform.

const [root] = process.argv.slice(2);
if (root === undefined) throw new Error("the server wants the folder of a spec");
const place = placeOf(root);
preparePlace(place);
const hosting = hostingIn(process.env);
/** Whoever has others beside it may take its time. */
const how = hosting.database === undefined ? { noticeMs: 0, graceMs: 1_000 } : { noticeMs: 1_000, graceMs: 8_000 };

const stopping = new AbortController();
const ends: (() => Promise<unknown>)[] = [];
let socket: OwnSocket | undefined;
const leave = (): void => {
  socket?.release();
  process.exit(0);
};
const end = (): void => {
  if (stopping.signal.aborted) return;
  stopping.abort();
  // What is being answered, and what was measured since it was last written, is worth a moment, and no more.
  void Promise.race([endAll(), sleep(how.noticeMs + how.graceMs + 4_000)]).finally(leave);
};
process.on("SIGTERM", end);
process.on("SIGINT", () => {});
// `gantry server` that was killed takes with it what it started, and nothing stays at its port.
if (process.env["GANTRY_SERVER_ATTACHED"] === "1") process.stdin.once("end", end).resume();
process.on("unhandledRejection", (error) =>
  process.stderr.write(`${new Date().toISOString()} ${String((error as Error)?.stack ?? error)}\n`),
);

await (hosting.database === undefined ? serveAlone() : serveAmongOthers(hosting.database, hosting));

async function serveAlone(): Promise<void> {
  socket = await ownSocket(place.serverSocket, place.serverLock);
  if (socket === undefined) {
    process.stderr.write("another server has this platform already\n");
    process.exit(3);
  }
  const platform = await openPlatform(place, hosting).catch(async (error: unknown) => {
    await endWhatServesNobody(place);
    return giveUp(error);
  });
  const front = frontOf({ ...platform });
  await hold(platform, front, socket);
  // Where the port is somebody else's, nothing else is in the way: whoever has a command line has all of this.
  const http = await front.listen().catch(hosting.port === undefined ? say : giveUp);
  ends.unshift(() => http?.stop(how) ?? Promise.resolve());
}

async function serveAmongOthers(database: string, given: Hosting): Promise<void> {
  const store = await openStore(database).catch((error: unknown) => giveUp(databaseProblem(error)));
  const httpPort = given.port ?? (await portsOf(place).of("http", false));
  const front = frontOf({
    place,
    store,
    hosting: given,
    httpPort,
    actor: userInfo().username,
    approvalLinks: createApprovalLinks({
      store,
      machineKey: machineKey(place.machineKey),
      base: given.url?.origin ?? `http://127.0.0.1:${httpPort}`,
    }),
  });
  const http = await front.listen().catch(giveUp);
  ends.push(() => http.stop(how));
  for (let first = true; !stopping.signal.aborted; first = false) {
    socket = await ownSocket(place.serverSocket, place.serverLock);
    if (socket === undefined) {
      await untilNobodyHolds(place, stopping.signal, say);
      continue;
    }
    signHolder(place);
    const platform = await openPlatform(place, { ...given, port: httpPort }, store).catch(async (error: unknown) => {
      if (first) await endWhatServesNobody(place);
      if (first || isHeldElsewhere(error)) return giveUp(error);
      say(error);
      return undefined;
    });
    if (platform !== undefined) return hold(platform, front, socket).catch(giveUp);
    socket.release();
    socket = undefined;
    await sleep(1_000, undefined, { signal: stopping.signal }).catch(() => {});
  }
}

/** From here on this process has the platform. */
async function hold(platform: Platform, front: Front, own: OwnSocket): Promise<void> {
  const held: Hold = await createHold(platform, {
    // What was answered has to reach whoever asked.
    leave: () => void setTimeout(leave, 20),
    onError: say,
  });
  front.hold(held.control);
  const server = createJsonServer([...controlApi(held.control), ...front.endpoints], front.others);
  await own.serve(server);
  await held.start();
  // Where others may be asked, what they have passed on is answered, and they wait for the next who has the platform.
  if (hosting.database !== undefined) ends.push(() => Promise.race([closed(server), sleep(how.graceMs)]));
  ends.push(() => held.stop());
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

async function endAll(): Promise<void> {
  // First whoever asks is answered, then what answers them ends.
  for (const end of ends) await end();
}

function frontOf(ground: Ground): Front {
  const { version } = JSON.parse(readFileSync(builtFile("../../package.json"), "utf8")) as { version: string };
  return createFront(ground, { version, onError: say, nowMs: Date.now, env: process.env });
}

function isHeldElsewhere(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === "held-elsewhere";
}

function say(error: unknown): void {
  process.stderr.write(`${new Date().toISOString()} ${error instanceof Error ? error.message : String(error)}\n`);
}
