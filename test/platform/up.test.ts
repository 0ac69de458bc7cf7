import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EnvironmentSummary, PlatformStatus } from "../../src/wire/up.ts";
import { type Project, ask, makeProject, processesOf, until } from "../support/platform.ts";

type Up = { readonly environments: readonly EnvironmentSummary[]; readonly notes: readonly string[] };

let project: Project;
let first: Up;
let gatewayPort = 0;
beforeAll(async () => {
  project = makeProject("platform");
  first = await project.json<Up>("up", "dev");
  gatewayPort = (await project.json<PlatformStatus>("status")).gatewayPort ?? 0;
});
afterAll(() => project.remove());

const service = (up: Up, name: string) => {
  const found = up.environments[0]?.services.find((one) => one.service === name);
  if (!found) throw new Error(`no service ${name}`);
  return found;
};
const who = async (host = "api.dev.localhost") =>
  JSON.parse((await ask(gatewayPort, host, "/api/who")).text) as Record<string, unknown>;

describe("gantry up", () => {
  test("runs what the spec says, and says where", () => {
    expect(first.environments[0]).toMatchObject({
      environment: "dev",
      unchanged: false,
      url: expect.stringMatching(/^http:\/\/dev\.localhost:\d+$/),
    });
    expect(first.environments[0]?.services.map((one) => [one.service, one.kind, one.changed])).toEqual([
      ["api", "service", true],
      ["jobs", "worker", true],
      ["web", "frontend", true],
      ["nightly", "cron", true],
    ]);
    expect(service(first, "nightly").next).toMatch(/T03:00:00\.000Z$/);
  });

  test("answers at the service's host, at the environment's host by paths, and at the service's own port", async () => {
    expect(await who()).toMatchObject({ environment: "dev", greeting: "hello" });
    expect(JSON.parse((await ask(gatewayPort, "dev.localhost", "/")).text)).toMatchObject({
      from: "web",
      api: { environment: "dev" },
    });
    expect(await who("dev.localhost")).toMatchObject({ environment: "dev" });
    expect((await ask(service(first, "api").port ?? 0, "127.0.0.1", "/api/who")).status).toBe(200);
    expect((await ask(gatewayPort, "nobody.dev.localhost", "/")).status).toBe(404);
  });

  test("gives a real database with the migrations applied, and no right to change its tables", async () => {
    const made = await ask(gatewayPort, "api.dev.localhost", "/api/notes?text=first", { method: "POST" });
    expect(made.status).toBe(200);
    expect((await ask(gatewayPort, "api.dev.localhost", "/api/notes")).text).toContain("first");
    expect((await ask(gatewayPort, "api.dev.localhost", "/api/ddl")).text).toContain("permission denied");
  });

  test("says which secrets it made up, and which resource is not here", () => {
    expect(first.notes.join("\n")).toMatch(/1 secret made up for here: api-key/);
  });

  test("said twice changes nothing", async () => {
    const pid = (await who())["pid"];
    const again = await project.json<Up>("up", "dev");
    expect(again.environments[0]).toMatchObject({ unchanged: true });
    expect(again.environments[0]?.services.map((one) => one.revision)).toEqual(
      first.environments[0]?.services.map((one) => one.revision),
    );
    expect((await who())["pid"]).toBe(pid);
  });

  test("a trace that comes is passed on, and one that is missing is begun", async () => {
    const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const passed = await ask(gatewayPort, "api.dev.localhost", "/api/who", { headers: { traceparent: trace } });
    expect(JSON.parse(passed.text)).toMatchObject({ trace: expect.stringContaining("4bf92f3577b34da6a3ce929d0e0e4736") });
    await until(
      "the request in the log, by its trace",
      () => project.run("logs", "dev", "--trace", "4bf92f3577b34da6a3ce929d0e0e4736"),
      (seen) => /api │ GET \/api\/who 200 in \d+ ms/.test(seen.out),
    );
    expect((await who())["trace"]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
  });

  test("what a service writes is in the logs, with its secrets masked", async () => {
    const { lines } = await until(
      "a line of the api",
      () => project.json<{ lines: { service: string; line: string }[] }>("logs", "dev", "--service", "api"),
      (seen) => seen.lines.some((one) => one.line.includes("starting")),
    );
    const starting = lines.find((one) => one.line.includes("starting"))?.line ?? "";
    expect(JSON.parse(starting)).toMatchObject({ message: "starting" });
    const files = readdirSync(path.join(project.folder, ".gantry/logs/dev")).map((name) =>
      readFileSync(path.join(project.folder, ".gantry/logs/dev", name), "utf8"),
    );
    expect(JSON.parse(starting)["key"]).toMatch(/^[*•…]+$|\[masked\]|\*\*\*/);
    expect(files.join("\n")).not.toMatch(/"key":"[A-Za-z0-9_-]{20,}/);
  });

  test("a change of the code is a new revision; the old one is kept for going back", async () => {
    const file = path.join(project.folder, "services/api.ts");
    writeFileSync(file, readFileSync(file, "utf8").replace("{ none: true }", "{ none: false }"));
    const changed = await project.json<Up>("up", "dev");
    expect(changed.environments[0]?.services.filter((one) => one.changed).map((one) => one.service)).toEqual(["api"]);
    expect((await who())["revision"]).toBe(service(changed, "api").revision);
    const status = await project.json<PlatformStatus>("status");
    const api = status.environments[0]?.services.find((one) => one.service === "api");
    expect(api?.revisions.map((one) => [one.revision, one.weight])).toEqual(
      expect.arrayContaining([
        [service(first, "api").revision, 0],
        [service(changed, "api").revision, 100],
      ]),
    );
  });

  test("a revision that does not start leaves the old one serving, and its last words are told", async () => {
    const file = path.join(project.folder, "services/api.ts");
    const good = readFileSync(file, "utf8");
    const before = (await who())["revision"];
    writeFileSync(file, `throw new Error("cannot go on: the moon is wrong");\n${good}`);
    const failed = await project.run("up", "dev");
    expect(failed.status).not.toBe(0);
    expect(failed.err).toContain("cannot go on: the moon is wrong");
    expect(await who()).toMatchObject({ revision: before });
    writeFileSync(file, good);
    expect((await project.run("up", "dev")).status).toBe(0);
  });

  test("a file that does not build is told with its place, and nothing changes", async () => {
    const file = path.join(project.folder, "services/api.ts");
    const good = readFileSync(file, "utf8");
    writeFileSync(file, good.replace("serve(async", "serve((((async"));
    const failed = await project.run("up", "dev");
    expect(failed.status).not.toBe(0);
    expect(failed.err).toMatch(/services\/api\.ts:\d+:\d+/);
    expect((await who())["environment"]).toBe("dev");
    writeFileSync(file, good);
  });

  test("gantry open --print says the address, gantry restart starts anew without an interruption", async () => {
    expect((await project.run("open", "dev", "api", "--print")).out).toMatch(/^http:\/\/api\.dev\.localhost:\d+\n$/);
    const pid = (await who())["pid"];
    expect((await project.run("restart", "dev", "api")).status).toBe(0);
    expect((await who())["pid"]).not.toBe(pid);
  });

  test("a secret that is set reaches the service and is never shown", async () => {
    const { spawnSync } = await import("node:child_process");
    const set = spawnSync(process.execPath, [path.resolve("dist/run/main.js"), "secret", "set", "api-key"], {
      cwd: project.folder,
      env: project.env,
      input: "a-very-secret-key-of-mine\n",
      encoding: "utf8",
    });
    expect([set.status, set.stderr]).toEqual([0, ""]);
    await project.json("up", "dev");
    expect((await project.run("secret", "list")).out).toBe("api-key  set for everywhere\n");
    await ask(gatewayPort, "api.dev.localhost", "/api/crash").catch(() => {});
    await until(
      "the crash in the log",
      () => project.run("logs", "dev", "--service", "api"),
      (seen) => seen.out.includes("about to crash"),
    );
    const everything = readdirSync(path.join(project.folder, ".gantry/logs"), { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map((one) => readFileSync(path.join(one.parentPath, one.name), "utf8"))
      .join("\n");
    expect(everything).not.toContain("a-very-secret-key-of-mine");
    expect(readFileSync(path.join(project.folder, ".gantry/agent.json"), "utf8")).not.toContain("a-very-secret-key-of-mine");
  });

  test("an emulation of production has the limits of production", async () => {
    const up = await project.json<Up>("up", "prod", "--speed", "60");
    expect(up.environments[0]).toMatchObject({ environment: "prod", speed: 60 });
    // Ten slow requests at a time would want five replicas; the service has at most three, and the environment four in all.
    const slow = Promise.all(Array.from({ length: 12 }, () => ask(gatewayPort, "api.prod.localhost", "/api/slow?ms=1500")));
    const seen: number[] = [];
    const grown = await until(
      "another replica",
      async () => {
        const status = await project.json<PlatformStatus>("status", "prod");
        const counts = (status.environments[0]?.services ?? []).map((one) =>
          one.revisions.reduce((sum, of) => sum + of.replicas, 0),
        );
        seen.push(counts.reduce((sum, one) => sum + one, 0));
        return counts;
      },
      (counts) => counts.some((one) => one > 1),
    );
    expect(Math.max(...grown)).toBeLessThanOrEqual(3);
    expect(Math.max(...seen)).toBeLessThanOrEqual(4);
    expect((await slow).every((one) => one.status === 200)).toBe(true);
  });

  test("down ends one environment and leaves the other; at last nothing is left that runs", async () => {
    expect((await project.run("down", "prod")).status).toBe(0);
    expect((await who())["environment"]).toBe("dev");
    expect((await project.run("down")).status).toBe(0);
    await until(
      "the end of every process",
      () => processesOf(project.folder),
      (left) => left.length === 0,
    );
    expect(readdirSync(project.env["XDG_RUNTIME_DIR"] + "/gantry")).toEqual([]);
    await expect(ask(gatewayPort, "api.dev.localhost", "/")).rejects.toThrow();
  });

  test("what was written is there when it comes up again, and gone after down --data", async () => {
    await project.json("up", "dev");
    gatewayPort = (await project.json<PlatformStatus>("status")).gatewayPort ?? 0;
    expect((await ask(gatewayPort, "api.dev.localhost", "/api/notes")).text).toContain("first");
    expect((await project.run("down", "--data")).status).toBe(0);
    await until(
      "the end of every process",
      () => processesOf(project.folder),
      (left) => left.length === 0,
    );
    // What somebody has set stays; everything else is gone.
    expect(readdirSync(path.join(project.folder, ".gantry")).toSorted()).toEqual([".gitignore", "secrets"]);
    await project.json("up", "dev");
    gatewayPort = (await project.json<PlatformStatus>("status")).gatewayPort ?? 0;
    expect((await ask(gatewayPort, "api.dev.localhost", "/api/notes")).text).toBe("[]");
  });
});
