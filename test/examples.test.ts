import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { Resolver, environmentCases } from "../src/spec/resolve.ts";
import { exampleNames, root } from "./support/gantry.ts";
import { loadExample } from "./support/spec.ts";

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Asks until an answer comes or the process is gone. */
async function answer(url: string, isGone: () => boolean): Promise<number> {
  while (!isGone()) {
    try {
      return (await fetch(url)).status;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
  return 0;
}

describe.each(exampleNames)("%s: what stands in for its services here", (name) => {
  test("starts, answers at its health path, and ends when asked to", async () => {
    const { data } = await loadExample(name);
    const [first] = environmentCases(data).filter((one) => one.data["cloud"] === "local");
    const environment = new Resolver(data).resolve(first?.name ?? "");
    const services = Object.entries(environment.services).filter(([, service]) => service.here);
    expect(services.length, "every product has services that run here").toBeGreaterThan(0);
    await Promise.all(
      services.map(async ([service, { here, health }]) => {
        const folder = path.join(root, "examples", name, here?.folder ?? ".");
        expect(existsSync(folder)).toBe(true);
        const port = await freePort();
        const [command = "", ...args] = (here === undefined ? "" : "command" in here ? here.command : `node ${here.entry}`).split(" ");
        const child = spawn(command === "node" ? process.execPath : command, args, {
          cwd: folder,
          env: {
            ...process.env,
            PORT: String(port),
            ...Object.fromEntries(Object.entries(here?.env ?? {}).map(([key, value]) => [key, String(value)])),
          },
          stdio: ["ignore", "pipe", "pipe"],
        });
        let said = "";
        child.stdout.on("data", (text: Buffer) => (said += text.toString()));
        child.stderr.on("data", (text: Buffer) => (said += text.toString()));
        const ended = new Promise<number | null>((resolve) => child.on("close", (status) => resolve(status)));
        onTestFinished(() => void child.kill("SIGKILL"));
        if (health)
          expect(
            await answer(`http://127.0.0.1:${port}${health.path}`, () => child.exitCode !== null),
            `${service}: ${said}`,
          ).toBe(200);
        else await Promise.race([ended, new Promise((resolve) => child.stdout.once("data", resolve))]);
        child.kill("SIGTERM");
        expect(await ended, `${service} ends when asked to: ${said}`).toBe(0);
      }),
    );
  });
});
