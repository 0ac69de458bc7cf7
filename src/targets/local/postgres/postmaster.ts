import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import path from "node:path";

/** What a running server says of itself in its `postmaster.pid`. */
export type Postmaster = { readonly pid: number; readonly port: number; readonly ready: boolean };

const pidFile = (dataFolder: string): string => path.join(dataFolder, "postmaster.pid");

/** The server that runs on this folder, if one does. A pid file alone says nothing: its number may be another process by now. */
export function runningPostmaster(dataFolder: string): Postmaster | undefined {
  const lines = textOf(pidFile(dataFolder))?.split("\n");
  const pid = Number(lines?.[0]);
  if (lines === undefined || !Number.isInteger(pid) || pid <= 1 || !isPostmasterOf(pid, dataFolder)) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === "ready" };
}

/**
 * Takes a stale pid file away. Postgres does so itself unless its number lives again as some other process: then it refuses to
 * start for ever. Only to be called under the folder's lock.
 */
export function removeStalePidFile(dataFolder: string): void {
  if (runningPostmaster(dataFolder) === undefined) rmSync(pidFile(dataFolder), { force: true });
}

/** A postmaster bears its folder on its command line; its children change theirs. */
function isPostmasterOf(pid: number, dataFolder: string): boolean {
  if (process.platform === "linux") {
    const [program, ...args] = (textOf(`/proc/${pid}/cmdline`) ?? "").split("\0");
    return isServerProgram(program) && args.includes(dataFolder);
  }
  const { stdout } = spawnSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  return isServerProgram(stdout.split(" -D ")[0]) && stdout.includes(` -D ${dataFolder} `);
}

const isServerProgram = (file: string | undefined): boolean => /^(postgres|postmaster)(\.exe)?$/.test(path.basename(file ?? ""));

/**
 * Ends what a killed postmaster left behind. Idle children end with it, but one in the middle of a query lives on, holds the shared
 * memory, and keeps a new server from starting. Nothing is lost: the log is replayed in any case.
 */
export function endOrphans(dataFolder: string): number {
  const orphans = serverProcessesIn(dataFolder).filter(
    ({ pid, parent }) => !isPostmasterOf(pid, dataFolder) && !isPostmasterOf(parent, dataFolder),
  );
  for (const { pid } of orphans) kill(pid, "SIGKILL");
  return orphans.length;
}

type ServerProcess = { readonly pid: number; readonly parent: number };

/** Every process of a server works in its data folder. */
export function serverProcessesIn(dataFolder: string): readonly ServerProcess[] {
  if (process.platform !== "linux") return listedByLsof(dataFolder);
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        if (readlinkSync(`/proc/${name}/cwd`) !== dataFolder) return [];
        const exe = readlinkSync(`/proc/${name}/exe`).replace(/ \(deleted\)$/, "");
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
        return isServerProgram(exe) ? [{ pid: Number(name), parent }] : [];
      } catch {
        // It has ended, or is somebody else's.
        return [];
      }
    });
}

function listedByLsof(dataFolder: string): readonly ServerProcess[] {
  const { stdout } = spawnSync("lsof", ["-a", "-c", "postgres", "-d", "cwd", "-FpRn"], { encoding: "utf8" });
  return (stdout ?? "")
    .split(/^(?=p\d)/m)
    .map((block) => ({ pid: /^p(\d+)/m.exec(block)?.[1], parent: /^R(\d+)/m.exec(block)?.[1], cwd: /^n(.*)$/m.exec(block)?.[1] }))
    .filter(({ pid, cwd }) => pid !== undefined && cwd === dataFolder)
    .map(({ pid, parent }) => ({ pid: Number(pid), parent: Number(parent) }));
}

/** False when there is no such process any more. */
export function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
