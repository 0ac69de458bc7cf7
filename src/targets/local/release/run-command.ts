import { spawn } from "node:child_process";
import { textWithoutSecrets } from "../../../lib/secrets.ts";
import { groupRuns, signalGroup } from "../../../system/process-group.ts";
import { type KnownProcess, identityOfChild } from "../../../system/process-identity.ts";

export type CommandLine = {
  readonly command: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
};

export type CommandEnd = { readonly ok: boolean; readonly because: string; readonly tail: readonly string[] };

const mostOutput = 64 * 1_024;
const mostLines = 40;
const graceMs = 2_000;

/**
 * A command line in a shell, as a group of its own: it ends with all that it started, in its time or when nobody wants its answer any
 * more. Of what it says only the end is kept.
 */
export function runCommand(
  { command, folder, env, timeoutMs }: CommandLine,
  { began, signal }: { readonly began: (process: KnownProcess) => void; readonly signal: AbortSignal },
): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const child = spawn("/bin/sh", ["-c", command], {
      cwd: folder,
      env: { ...inherited(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const since = performance.now();
    let output = "";
    let ended: string | undefined;
    let killing: NodeJS.Timeout | undefined;
    const end = (why: string): void => {
      if (ended !== undefined || child.pid === undefined) return;
      ended = why;
      signalGroup(child.pid, "SIGTERM");
      killing = setTimeout(() => signalGroup(child.pid ?? 0, "SIGKILL"), graceMs);
    };
    const cancel = () => end("it was cancelled");
    const timer = setTimeout(() => end(`it did not end within ${seconds(timeoutMs)}`), timeoutMs);
    const take = (text: string) => void (output = `${output}${text}`.slice(-mostOutput));
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    if (child.pid !== undefined) began({ pid: child.pid, identity: identityOfChild(child.pid) });
    signal.addEventListener("abort", cancel);
    if (signal.aborted) cancel();
    const done = (ok: boolean, why: string): void => {
      clearTimeout(timer);
      clearTimeout(killing);
      signal.removeEventListener("abort", cancel);
      // What it left running in its group is part of it.
      if (child.pid !== undefined && groupRuns(child.pid)) signalGroup(child.pid, "SIGKILL");
      child.stdout.destroy();
      child.stderr.destroy();
      const tail = textWithoutSecrets(output)
        .split("\n")
        .filter((line) => line.trim() !== "")
        .slice(-mostLines);
      resolve({ ok, because: why, tail });
    };
    child.once("error", (error) => done(false, `it could not be started: ${error.message}`));
    // Its end, and not that of its pipes: somebody whom it started may hold these for ever.
    child.once("exit", (status, by) => {
      const took = seconds(performance.now() - since);
      setImmediate(() =>
        done(
          ended === undefined && status === 0,
          ended ?? (status === 0 ? `it passed in ${took}` : `it ended with ${by ?? `status ${String(status)}`} after ${took}`),
        ),
      );
    });
  });
}

function seconds(ms: number): string {
  return `${Number((ms / 1_000).toPrecision(2))} s`;
}

/** Of this process's own environment only what every program needs: what else is in it is nobody's business. */
function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "USER", "SHELL"];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}
