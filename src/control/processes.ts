import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GantryError, UserError } from "../lib/errors.ts";
import { whyItGaveUp } from "../system/give-up.ts";
import { answers } from "../system/json-over-socket.ts";

// The processes of a local platform are nobody's children: each goes on when whoever started it is gone.

/** A file of what was built, beside this one: all that runs stands in one folder. */
export function builtFile(name: string): string {
  return path.join(import.meta.dirname, name);
}

export type Detached = {
  readonly file: string;
  readonly args: readonly string[];
  readonly nodeArgs?: readonly string[];
  readonly log: string;
  readonly socket: string;
  readonly waitMs?: number;
};

const mostLogBytes = 5 * 2 ** 20;

/** One that somebody kills while it starts is started again, so often. */
const mostStarts = 5;

/** Starts a process on its own, and comes back when it answers at its socket. */
export async function startDetached(wanted: Detached): Promise<void> {
  const { file, log, socket, waitMs = 30_000 } = wanted;
  const until = Date.now() + waitMs;
  let started = begin(wanted);
  for (let starts = 1; Date.now() < until;) {
    if (existsSync(socket) && (await answers(socket))) return;
    if (started.killed() && starts < mostStarts) {
      started = begin(wanted);
      starts += 1;
    }
    // Another may have been faster: then this one has left, and the other answers.
    const exited = started.exited();
    if (exited !== undefined && exited !== 3) break;
    await sleep(10);
  }
  if (await answers(socket)) return;
  const why = whyItGaveUp(lastLines(log));
  if (why) throw why;
  const what = path.basename(file, ".js");
  throw new GantryError("not-started", `the ${what} of the local platform did not start`, {
    hint: `its last lines, from ${log}:\n${lastLines(log)}`,
  });
}

function begin({ file, args, nodeArgs = [], log }: Detached) {
  mkdirSync(path.dirname(log), { recursive: true, mode: 0o700 });
  // What it says about itself is little; what has grown nevertheless is kept once.
  if (existsSync(log) && statSync(log).size > mostLogBytes) renameSync(log, `${log}.1`);
  const handle = openSync(log, "a", 0o600);
  const child = spawn(process.execPath, [...nodeArgs, file, ...args], { detached: true, stdio: ["ignore", handle, handle] });
  closeSync(handle);
  child.unref();
  let exited: number | null | undefined;
  let killed = false;
  child.once("exit", (status, signal) => {
    exited = status;
    killed = signal === "SIGKILL";
  });
  child.once("error", () => (exited = -1));
  return { exited: () => exited, killed: () => killed };
}

function lastLines(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n").slice(-10).join("\n") : "";
}

/** Nothing of a folder is started without the log that it has. */
export function wantsItsDatabase(): UserError {
  return new UserError("not-started", "the control database of this folder is one that gantry server was given", {
    hint: "start gantry server again, with the same DATABASE_URL",
  });
}
