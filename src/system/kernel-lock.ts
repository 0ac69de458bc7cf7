import { createHash } from "node:crypto";
import { closeSync, constants, mkdirSync, openSync, statSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { GantryError } from "../lib/errors.ts";

export type LockOptions = { readonly waitMs?: number };

/**
 * Does `work` while no other process of this machine does the same for this folder. The kernel holds the lock and takes it back
 * when the process ends, however it ends: there is no file that a crash could leave behind and nobody has to judge what is stale.
 */
export async function withFolderLock<T>(folder: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const deadline = Date.now() + (options.waitMs ?? 120_000);
  for (;;) {
    const release = await take(folder);
    if (release !== undefined) {
      try {
        return await work();
      } finally {
        release();
      }
    }
    if (Date.now() > deadline) {
      throw new GantryError("held-elsewhere", `another process has been working in ${folder} for a long time`, {
        hint: "wait until it is done, or end it",
      });
    }
    await released(folder, Math.max(1, Math.min(1_000, deadline - Date.now())));
  }
}

/** Has a folder to oneself until it is released, or this process ends. Undefined where another process has it. */
export function holdFolder(folder: string): Promise<Release | undefined> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return take(folder);
}

type Release = () => void;

const take = (folder: string): Promise<Release | undefined> =>
  hasNames() ? listen(nameOf(folder)) : Promise.resolve(open(folder));

/** Linux has socket names outside of the file system, Windows has named pipes: both end with their process. */
const hasNames = (): boolean => process.platform === "linux" || process.platform === "win32";

/** The same folder has one name however it was reached. */
function nameOf(folder: string): string {
  const { dev, ino } = statSync(folder, { bigint: true });
  const name = `gantry-${createHash("sha256").update(`${dev}:${ino}`).digest("hex").slice(0, 32)}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\${name}` : `\0${name}`;
}

function listen(name: string): Promise<Release | undefined> {
  return new Promise((resolve, reject) => {
    const waiting = new Set<Socket>();
    const server = createServer((socket) => {
      waiting.add(socket);
      socket.on("error", () => socket.destroy()).on("close", () => waiting.delete(socket));
    });
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(undefined);
      else reject(error);
    });
    server.listen(name, () =>
      resolve(() => {
        server.close();
        for (const socket of waiting) socket.destroy();
      }),
    );
  });
}

/** BSD and macOS lock a file as it is opened; the lock goes with the descriptor. */
function open(folder: string): Release | undefined {
  const exclusive = 0x20;
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | exclusive;
    const handle = openSync(path.join(folder, ".lock"), flags, 0o600);
    return () => closeSync(handle);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return undefined;
    throw error;
  }
}

/** Returns when whoever holds the lock lets go, or a moment later: the caller looks again. */
export async function released(folder: string, withinMs: number): Promise<void> {
  if (!hasNames()) return delay(25);
  await new Promise<void>((resolve) => {
    const socket = connect(nameOf(folder));
    socket.setTimeout(withinMs, () => socket.destroy());
    socket.on("error", () => socket.destroy()).once("close", () => resolve());
    socket.resume();
  });
  await delay(5);
}
