import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { groupRuns, markedProcesses, signalGroup, signalProcess } from "../../system/process-group.ts";
import { identityOfChild } from "../../system/process-identity.ts";

/** A program that was started, with all that it starts itself: its process group, and what left that but bears its mark. */
export type RunningProcess = {
  readonly pid: number;
  readonly identity: string;
  /** The program itself has ended. */
  readonly ended: Promise<{ readonly status: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Nothing of it runs any more, and what it wrote has been handed on. */
  readonly gone: Promise<void>;
  /** Asks it to end, and makes it end when it has not after this long. Asked again, the earlier end holds. */
  end(graceMs: number): void;
};

export type StartOptions = {
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly mark: string;
  /** For what is left when the program ends by itself. */
  readonly graceMs: number;
  /** A chunk, or undefined at the end of the stream. No more is read before the promise is kept. */
  readonly onOutput: (stream: "out" | "err", chunk: Buffer | undefined) => Promise<void> | undefined;
};

/** Comes back in the same turn of the loop when the process has an id, so that it can be written down before anything happens. */
export function startProcess(options: StartOptions): RunningProcess | Promise<never> {
  const { command, folder, env, onOutput } = options;
  const [program, ...args] = command;
  if (!isFolder(folder)) return Promise.reject(failure("no-folder", `${folder} is no folder`));
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      cwd: folder,
      env: { ...env },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      shell: false,
    });
  } catch (error) {
    return Promise.reject(error);
  }
  const { pid } = child;
  if (pid === undefined) return notStarted(child, program, folder);
  child.on("error", () => undefined);
  pump(child.stdout, (chunk) => onOutput("out", chunk));
  pump(child.stderr, (chunk) => onOutput("err", chunk));
  return watched(child, pid, options);
}

function watched(child: ChildProcess, pid: number, { mark, graceMs }: StartOptions): RunningProcess {
  let forceAt = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const ended = new Promise<{ status: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once("exit", (status, signal) => resolve({ status, signal })),
  );

  const end = (grace: number): void => {
    if (forceAt === Number.POSITIVE_INFINITY) signalGroup(pid, "SIGTERM");
    if (Date.now() + grace >= forceAt) return;
    forceAt = Date.now() + grace;
    clearTimeout(timer);
    timer = setTimeout(() => signalGroup(pid, "SIGKILL"), grace);
  };

  const goes = async (): Promise<void> => {
    await ended;
    await endStrays(
      pid,
      mark,
      forceAt === Number.POSITIVE_INFINITY ? Date.now() + graceMs : forceAt,
      forceAt !== Number.POSITIVE_INFINITY,
    );
    clearTimeout(timer);
    // Something may hold the pipes that no sign tells to be of this program. Then what is in them is not waited for for ever.
    const waiting = new AbortController();
    await Promise.race([closed, sleep(5_000, undefined, { signal: waiting.signal }).catch(() => undefined)]);
    waiting.abort();
    child.stdout?.destroy();
    child.stderr?.destroy();
    await closed;
  };

  return { pid, identity: identityOfChild(pid), ended, gone: goes(), end };
}

/** What the program started itself and left behind: ended as it was, politely first. */
async function endStrays(group: number, mark: string, forceAt: number, asked: boolean): Promise<void> {
  const strays = (): readonly number[] => markedProcesses(mark);
  let told = false;
  let groupLeft = groupRuns(group);
  let left = strays();
  while (groupLeft || left.length > 0) {
    const force = Date.now() >= forceAt;
    if (groupLeft && (force || !(told || asked))) signalGroup(group, force ? "SIGKILL" : "SIGTERM");
    if (force || !told) for (const pid of left) signalProcess(pid, force ? "SIGKILL" : "SIGTERM");
    told = true;
    // What cannot even be killed hangs in the kernel: there is nothing more to be done about it.
    if (Date.now() >= forceAt + 10_000) return;
    await sleep(15);
    groupLeft &&= groupRuns(group);
    left = strays();
  }
}

function pump(stream: NodeJS.ReadableStream | null, take: (chunk: Buffer | undefined) => Promise<void> | undefined): void {
  stream?.on("data", (chunk: Buffer) => {
    const room = take(chunk);
    if (!room) return;
    stream.pause();
    void room.then(() => stream.resume());
  });
  stream?.once("close", () => void take(undefined));
  stream?.on("error", () => undefined);
}

async function notStarted(child: ChildProcess, program: string, folder: string): Promise<never> {
  const [error] = (await once(child, "error")) as [NodeJS.ErrnoException];
  // The system says "no such file" also when the file is there and the one that its first line names is not.
  const itself = program.includes("/") && existsSync(path.resolve(folder, program));
  throw error.code === "ENOENT" && itself ? failure("no-interpreter", error.message) : error;
}

function isFolder(folder: string): boolean {
  try {
    return statSync(folder).isDirectory();
  } catch (error) {
    // Whether there is one cannot be seen from here: the start itself will tell.
    return (error as NodeJS.ErrnoException).code === "EACCES";
  }
}

function failure(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
