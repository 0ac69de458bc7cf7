import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { root } from "./gantry.ts";
import { type Project, ask, until } from "./platform.ts";

export type Serving = {
  readonly server: ChildProcess;
  /** What it has written. */
  readonly said: () => string;
  /** How it ended. */
  ended(): Promise<number | NodeJS.Signals>;
  stop(): Promise<void>;
};

/** `gantry server` of a project, in the foreground of its own process. */
export function serve({ folder, env }: Project, args: readonly string[], more: NodeJS.ProcessEnv = {}): Serving {
  const server = spawn(process.execPath, [path.join(root, "dist/run/main.js"), "server", ...args], {
    cwd: folder,
    env: { ...env, ...more },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  server.stderr?.setEncoding("utf8").on("data", (part: string) => (text += part));
  const gone = once(server, "close");
  return {
    server,
    said: () => text,
    async ended() {
      await gone;
      return server.exitCode ?? server.signalCode ?? 0;
    },
    async stop() {
      if (server.exitCode === null && server.signalCode === null) server.kill();
      await gone;
    },
  };
}

export async function ready(port: number, host: string): Promise<void> {
  const look = async () => (await ask(port, host, "/readyz")).status;
  await until(`the server at ${port} is ready`, look, (status) => status === 200);
}
