import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export type Moto = { readonly env: Readonly<Record<string, string>>; readonly stop: () => Promise<void> };

/** AWS as moto plays it, on a port of its own. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const child = spawn("moto_server", ["--port", String(port)], {
    stdio: "ignore",
    env: { ...process.env, PYTHONPATH: fileURLToPath(new URL(".", import.meta.url)), PYTHONDONTWRITEBYTECODE: "1" },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(`${url}/moto-api/`).catch(() => undefined);
    if (answer?.ok === true) break;
    if (tries > 300) throw new Error("moto_server does not answer");
    await wait(100);
  }
  return {
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_PAGER: "",
    },
    async stop() {
      child.kill();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
