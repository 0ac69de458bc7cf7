import { createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readRedis } from "./redis.ts";
import { onPath } from "../../../test/support/on-path.ts";
import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../system/free-port.ts";

describe.skipIf(!onPath("redis-server"))("redis (by redis-server on PATH)", () => {
  let child: ChildProcess;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    const args = [
      "--port",
      String(port),
      "--bind",
      "127.0.0.1",
      "--requirepass",
      "p@ss:word",
      "--maxmemory",
      "64mb",
      "--save",
      "",
    ];
    child = spawn("redis-server", args, { stdio: "ignore", cwd: "/tmp" });
    while (
      (await readRedis("cache", `redis://:${encodeURIComponent("p@ss:word")}@127.0.0.1:${port}`, Date.now()).catch(() => []))
        .length === 0
    )
      await sleep(20);
  }, 20_000);
  afterAll(async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill();
    await ended;
  });

  test("tells how full it is", async () => {
    const readings = await readRedis("cache", `redis://:${encodeURIComponent("p@ss:word")}@127.0.0.1:${port}`, Date.now());
    const value = (name: string) => readings.find((one) => one.name === name)?.value;
    expect(value("redis_memory_max_bytes")).toBe(64 * 1024 ** 2);
    expect(value("redis_memory_used_bytes")).toBeGreaterThan(100_000);
    expect(value("redis_connected_clients")).toBeGreaterThan(0);
  });

  test("a wrong password is told without it", async () => {
    await expect(readRedis("cache", `redis://:hunter2@127.0.0.1:${port}`, Date.now())).rejects.toThrow("redis refuses");
  });
});

describe("something that is no redis", () => {
  test.each([
    ["never ends", (write: (text: string) => void) => write(`$${1 << 30}\r\n${"x".repeat(300_000)}`), "too much"],
    ["hangs up", (_: (text: string) => void, end: () => void) => end(), "closed"],
    ["refuses", (write: (text: string) => void) => write("-ERR no\r\n"), "refuses"],
  ] as const)("that %s is given up", async (_, behave, why) => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () =>
        behave(
          (text) => socket.write(text),
          () => socket.end(),
        ),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    await expect(readRedis("cache", `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, 0)).rejects.toThrow(why);
    await new Promise((resolve) => server.close(resolve));
  });
});
