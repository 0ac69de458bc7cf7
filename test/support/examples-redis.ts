import { spawn, spawnSync } from "node:child_process";
import { freePort } from "../../src/system/free-port.ts";
import { until } from "./examples-services.ts";

/** The redis that is installed here; undefined where none is. */
export const installedRedis = ["redis-server", "valkey-server"].find((name) => spawnSync(name, ["--version"]).status === 0);

export type TestRedis = { readonly port: string; readonly stop: () => Promise<void> };

export async function startRedis(program: string): Promise<TestRedis> {
  const port = String(await freePort());
  const child = spawn(program, ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], {
    cwd: "/tmp",
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (text: Buffer) => (said += text.toString()));
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  await until(() => said.includes("Ready to accept connections") || child.exitCode !== null);
  if (child.exitCode !== null) throw new Error(`redis ended: ${said}`);
  return { port, stop: () => (child.kill("SIGKILL"), ended) };
}
