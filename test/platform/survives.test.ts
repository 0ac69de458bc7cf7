import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PlatformStatus } from "../../src/wire/up.ts";
import { root } from "../support/gantry.ts";
import { type Project, ask, makeProject, processesOf, until } from "../support/platform.ts";

let project: Project;
let port = 0;
beforeAll(async () => {
  project = makeProject("platform");
  await project.json("up", "dev", "--speed", "600");
  port = (await project.json<PlatformStatus>("status")).gatewayPort ?? 0;
});
afterAll(() => project.remove());

const who = async (host = "api.dev.localhost") => {
  const answer = await ask(port, host, host.startsWith("web") ? "/" : "/api/who");
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return JSON.parse(answer.text) as { pid: number; revision: string; api?: unknown };
};
const processOf = (file: string) => {
  const pid = processesOf(project.folder).find((one) => {
    try {
      return readFileSync(`/proc/${one}/cmdline`, "utf8").includes(file);
    } catch {
      return false;
    }
  });
  if (pid === undefined) throw new Error(`no process runs ${file}`);
  return pid;
};
const kill = (pid: number) => process.kill(pid, "SIGKILL");
const serviceOf = async (name: string) =>
  (await project.json<PlatformStatus>("status", "dev")).environments[0]?.services.find((one) => one.service === name);

describe.skipIf(process.platform !== "linux")("what is killed (finds processes in /proc)", () => {
  test("a service that dies is started again, and its last lines say why, without its secrets", async () => {
    const { pid } = await who();
    await ask(port, "api.dev.localhost", "/api/crash").catch(() => {});
    await until("another process", who, (now) => now.pid !== pid);
    const { out } = await until(
      "the reason",
      () => project.run("logs", "dev", "--service", "api"),
      (seen) => seen.out.includes("status 7"),
    );
    expect(out).toContain("about to crash with");
    expect((await serviceOf("api"))?.revisions.find((one) => one.weight === 100)?.restarts).toBeGreaterThan(0);
  });

  test("the server: traffic goes on, and the next command has one again", async () => {
    const before = await who();
    kill(processOf("server.js"));
    expect(await who()).toEqual({ ...before, trace: expect.anything() });
    expect((await serviceOf("api"))?.state).toBe("ready");
    expect(processOf("server.js")).toBeGreaterThan(0);
  });

  test("the agent: what it left is ended, and it goes on with what it was told", async () => {
    const { pid } = await who();
    const agent = processOf("agent.js");
    kill(agent);
    await until("an answer of a new process", who, (now) => now.pid !== pid);
    expect(processOf("agent.js")).not.toBe(agent);
    expect(processesOf(project.folder)).not.toContain(pid);
    const { environments } = await project.json<PlatformStatus>("status");
    expect(environments[0]?.services.map((one) => one.service).toSorted()).toEqual(["api", "jobs", "nightly", "web"]);
  });

  test("the server for buckets and queues: it is started again", async () => {
    const pid = processOf("resources.js");
    kill(pid);
    await until(
      "another",
      () => processOf("resources.js"),
      (now) => now !== pid,
    );
  });

  test("Postgres: what was committed is there after the next up", async () => {
    await ask(port, "api.dev.localhost", "/api/notes?text=kept", { method: "POST" });
    const { pid } = {
      pid: Number(readFileSync(path.join(project.folder, ".gantry/postgres/18/data/postmaster.pid"), "utf8").split("\n", 1)[0]),
    };
    kill(pid);
    await project.json("up", "dev", "--speed", "600");
    await until(
      "the note",
      () => ask(port, "api.dev.localhost", "/api/notes"),
      (seen) => seen.text.includes("kept"),
    );
  });
});

describe("what sleeps", () => {
  test("goes to nothing when nobody asks, and the first request waits until it is awake", async () => {
    await who("web.dev.localhost");
    // Ten minutes at 600 times the speed.
    const asleep = await until(
      "web asleep",
      () => serviceOf("web"),
      (seen) => seen?.state === "idle",
    );
    expect(asleep?.revisions.find((one) => one.weight === 100)).toMatchObject({ replicas: 0 });
    const many = await Promise.all(Array.from({ length: 20 }, () => who("web.dev.localhost")));
    expect(new Set(many.map((one) => one.pid)).size).toBe(1);
    const awake = await serviceOf("web");
    expect(awake?.revisions.find((one) => one.weight === 100)?.coldStartMs).toBeGreaterThan(0);
  });
});

describe("gantry up --watch", () => {
  test("swaps what changed while requests go on, and not one of them fails", async () => {
    const first = await who();
    const watching = spawn(process.execPath, [path.join(root, "dist/run/main.js"), "up", "dev", "--speed", "600", "--watch"], {
      cwd: project.folder,
      env: project.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    watching.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    try {
      await until(
        "the watching",
        () => said,
        (text) => text.includes("watching"),
      );
      const statuses: number[] = [];
      const over = new AbortController();
      const asking = (async () => {
        while (!over.signal.aborted) statuses.push((await ask(port, "api.dev.localhost", "/api/who")).status);
      })();
      const file = path.join(project.folder, "services/api.ts");
      writeFileSync(file, readFileSync(file, "utf8").replace("{ none: true }", "{ none: 3 }"));
      const swapped = await until("another revision", who, (now) => now.revision !== first.revision);
      // A mistake is told, and what served goes on.
      writeFileSync(file, `${readFileSync(file, "utf8")}\n}}}`);
      await until(
        "the mistake",
        () => said,
        (text) => /error .*api\.ts:\d+/.test(text),
      );
      expect((await who()).revision).toBe(swapped.revision);
      over.abort();
      await asking;
      expect(statuses.length).toBeGreaterThan(10);
      expect(statuses.filter((status) => status !== 200)).toEqual([]);
    } finally {
      watching.kill("SIGINT");
    }
  });
});
