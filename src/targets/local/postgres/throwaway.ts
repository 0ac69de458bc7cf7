import { spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { outside } from "./cluster.ts";
import { kill, runningPostmaster } from "./postmaster.ts";
import { ensurePostgres, removePostgres, type EnsuredPostgres, type PostgresStep } from "./server.ts";

export type ThrowawayOptions = {
  /** The major version that is asked for; another one may stand in for it. */
  readonly wanted?: number;
  readonly onStep?: (step: PostgresStep, ms: number) => void;
};

/** A server of its own in a folder of its own for the length of `work`. Nothing of it is left, however this process ends. */
export async function withThrowawayPostgres<T>(
  options: ThrowawayOptions,
  work: (server: EnsuredPostgres) => Promise<T>,
): Promise<T> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "gantry-throwaway-")));
  const guard = guardOver(folder);
  try {
    const server = await ensurePostgres({ ...options, folder, maxConnections: 30, throwaway: true });
    try {
      return await work(server);
    } finally {
      // At once: what is in memory need not be written.
      const running = runningPostmaster(server.dataFolder);
      if (running) kill(running.pid, "SIGQUIT");
    }
  } finally {
    await removePostgres(folder);
    rmSync(folder, { recursive: true, force: true });
    await guard();
  }
}

/**
 * A shell that waits for the end of a pipe which only this process holds: it ends with this process, also by `kill -9`. Then whatever
 * serves from the folder is ended and the folder deleted.
 */
const guarding = `
cat > /dev/null
for round in 1 2 3 4 5 6 7 8 9 10; do
  for file in "$1"/*/data/postmaster.pid "$2"/*/postmaster.pid; do
    [ -f "$file" ] || continue
    pid=$(head -n 1 "$file")
    case "$(ps -ww -o args= -p "$pid")" in *" -D $1/"* | *" -D $2/"*) kill -QUIT "$pid" ;; esac
  done
  rm -rf "$1" "$2" && [ ! -e "$1" ] && [ "$round" -gt 2 ] && break
  sleep 0.2
done
`;

function guardOver(folder: string): () => Promise<void> {
  if (process.platform === "win32") return () => Promise.resolve();
  const child = spawn("/bin/sh", ["-c", guarding, "gantry-throwaway", folder, outside(folder)], {
    cwd: "/",
    // A group of its own: what Ctrl-C ends is this process and not its guard.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  child.stdin.on("error", () => undefined);
  return () => {
    child.kill("SIGKILL");
    return ended;
  };
}
