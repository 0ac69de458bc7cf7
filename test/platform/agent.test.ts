import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { machineKey, seal } from "../../src/system/sealed.ts";
import { answers } from "../../src/system/json-over-socket.ts";
import { type Place, placeOf } from "../../src/system/place.ts";
import { agentClient } from "../../src/targets/local/agent-client.ts";
import type { Fence, RevisionSpec } from "../../src/wire/machine.ts";
import { freePort } from "../../src/system/free-port.ts";
import { root } from "../support/gantry.ts";
import { ask, processesOf, until } from "../support/platform.ts";

// The agent by itself: no control, no Postgres, only its socket. What control may ask of it, and what it refuses.

let base: string;
let place: Place;
let agent: ChildProcess;
let port = 0;
let fence: Fence = { epoch: 1, sequence: 0 };
const next = () => (fence = { epoch: fence.epoch, sequence: fence.sequence + 1 });
const client = () => agentClient(place.agentSocket, next);

async function startAgent(): Promise<void> {
  agent = spawn(process.execPath, [path.join(root, "dist/run/agent.js"), place.root], { env: process.env, stdio: "ignore" });
  await until(
    "the agent",
    () => answers(place.agentSocket),
    (up) => up,
  );
}

const program = `
import { createServer } from "node:http";
const server = createServer((request, response) => {
  if (request.url === "/health") return response.end("ok");
  setTimeout(() => response.end(process.env.NAME + " " + process.pid + " " + (process.env.TOKEN ?? "")), request.url === "/slow" ? 300 : 0);
});
server.listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => server.close(() => process.exit(0)));
`;

const revision = (name: string, more: Partial<RevisionSpec> = {}): RevisionSpec => ({
  revision: name,
  command: [process.execPath, "service.mjs"],
  folder: base,
  env: { NAME: name },
  listens: true,
  health: { path: "/health", everyMs: 1_000, timeoutMs: 1_000, failures: 3, successes: 2, startMs: 20_000 },
  scale: { min: 1, max: 2, inFlight: 100 },
  drainMs: 5_000,
  ...more,
});
const start = async (name: string, more: Partial<RevisionSpec> = {}) => {
  await client().putRevision("dev", "api", revision(name, more));
  await client().ready("dev", "api", name, 30_000);
};
const all = (name: string) => client().split("dev", "api", { shares: [{ revision: name, weight: 100 }], tags: {} });
const hear = async (target = "/") => (await ask(port, "api.dev.localhost", target)).text.split(" ");

beforeAll(async () => {
  base = realpathSync(mkdtempSync(path.join(tmpdir(), "gantry-agent-")));
  for (const name of ["XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"]) process.env[name] = path.join(base, name);
  place = placeOf(base);
  writeFileSync(path.join(base, "service.mjs"), program);
  writeFileSync(
    path.join(base, "job.mjs"),
    "console.log('at work', process.env.GANTRY_RUN); setTimeout(() => {}, Number(process.env.MS));",
  );
  await startAgent();
  port = (await client().state()).gatewayPort;
  await client().route("dev", {
    routes: [{ host: "api.dev.localhost", path: "/", service: "api" }],
    ports: { api: await freePort() },
  });
});
afterAll(async () => {
  await client()
    .stop(true)
    .catch(() => {});
  await until(
    "the end of the agent",
    () => processesOf(base),
    (left) => left.length === 0,
  );
  rmSync(base, { recursive: true, force: true });
});

describe("a revision", () => {
  test("is started off the path, and gets traffic when it is given some", async () => {
    await start("one");
    expect((await ask(port, "api.dev.localhost", "/")).status).toBe(503);
    await all("one");
    expect((await hear())[0]).toBe("one");
  });

  test("said twice is done once, and said with other contents is refused", async () => {
    const [, pid] = await hear();
    await client().putRevision("dev", "api", revision("one"));
    expect((await hear())[1]).toBe(pid);
    await expect(client().putRevision("dev", "api", revision("one", { env: { NAME: "another" } }))).rejects.toMatchObject({
      code: "revision-changed",
    });
  });

  test("that serves cannot be removed or put to rest", async () => {
    await expect(client().removeRevision("dev", "api", "one")).rejects.toMatchObject({ code: "still-serving" });
    await expect(client().rest("dev", "api", "one")).rejects.toMatchObject({ code: "still-serving" });
  });

  test("at rest is woken by the first request that is routed to it", async () => {
    await start("two");
    await all("two");
    await client().rest("dev", "api", "one");
    const asleep = (await client().state()).environments[0]?.services[0]?.revisions.find((one) => one.revision === "one");
    expect(asleep).toMatchObject({ state: "idle", replicas: [] });
    await all("one");
    expect((await hear())[0]).toBe("one");
  });

  test("that somebody counts on does not sleep, and has as many replicas as it is asked to have", async () => {
    const idle = { scale: { min: 1, max: 4, idleMs: 300 } };
    const seen = async (name: string) =>
      (await client().state()).environments[0]?.services
        .find((one) => one.service === "stands-by")
        ?.revisions.find((one) => one.revision === name);
    const put = (name: string, more: { replicas?: number; awakeMs?: number }) =>
      client().putRevision("dev", "stands-by", revision(name, idle), more);
    await put("counted-on", { awakeMs: 60_000 });
    await put("sleeper", {});
    // The one falls asleep; what happens to the other in that time would have happened to it as well.
    await until(
      "its sleep",
      () => seen("sleeper"),
      (one) => one?.state === "idle",
    );
    expect((await seen("counted-on"))?.state).toBe("ready");
    for (const replicas of [3, 1]) {
      await put("counted-on", { replicas, awakeMs: 60_000 });
      await until(
        `${replicas} of it`,
        () => seen("counted-on"),
        (one) => one?.wanted === replicas && one.replicas.length === replicas && one.state === "ready",
      );
    }
    await client().rest("dev", "stands-by", "counted-on");
    expect(await seen("counted-on")).toMatchObject({ state: "idle", resting: true });
    // Whoever has put its keys into another order says the same.
    const turned = Object.fromEntries(Object.entries(revision("counted-on", idle)).toReversed()) as RevisionSpec;
    await client().putRevision("dev", "stands-by", turned);
    for (const name of ["counted-on", "sleeper"]) await client().removeRevision("dev", "stands-by", name);
    await client().removeService("dev", "stands-by");
  });

  test("that dies at its start fails with its last words, and traffic stays where it is", async () => {
    writeFileSync(path.join(base, "bad.mjs"), "console.error('no disk, no hope'); process.exit(9);");
    await client().putRevision("dev", "api", revision("bad", { command: [process.execPath, "bad.mjs"] }));
    await expect(client().ready("dev", "api", "bad", 60_000)).rejects.toMatchObject({
      code: "not-ready",
      message: expect.stringContaining("status 9"),
      hint: expect.stringContaining("no disk, no hope"),
    });
    expect((await hear())[0]).toBe("one");
    await client().removeRevision("dev", "api", "bad");
  });

  test("keeps its secrets sealed on disk, also over a kill of the agent", async () => {
    const token = "a-token-that-nobody-may-read";
    await start("three", { sealedEnv: seal(JSON.stringify({ TOKEN: token }), machineKey(place.machineKey)) });
    await all("three");
    expect((await hear())[2]).toBe(token);
    expect(readFileSync(place.agentState, "utf8")).not.toContain(token);
    const [, before] = await hear();
    agent.kill("SIGKILL");
    await startAgent();
    const [name, pid, told] = await until("an answer", hear, (words) => words[0] === "three");
    expect([name, told]).toEqual(["three", token]);
    expect(pid).not.toBe(before);
    expect(processesOf(base)).not.toContain(Number(before));
  });
});

describe("a split", () => {
  test("that is not all of the traffic, or names what is not there, is refused", async () => {
    const split = (shares: { revision: string; weight: number }[]) => client().split("dev", "api", { shares, tags: {} });
    await expect(split([{ revision: "three", weight: 60 }])).rejects.toMatchObject({ code: "bad-split" });
    await expect(split([{ revision: "nobody", weight: 100 }])).rejects.toMatchObject({ code: "unknown-revision" });
    expect((await hear())[0]).toBe("three");
  });

  test("by weight gives each its share", async () => {
    await start("four");
    await client().split("dev", "api", {
      shares: [
        { revision: "three", weight: 75 },
        { revision: "four", weight: 25 },
      ],
      tags: {},
    });
    const heard = [];
    for (let turn = 0; turn < 40; turn += 1) heard.push((await hear())[0]);
    expect(heard.filter((name) => name === "four")).toHaveLength(10);
  });

  test("with a tag answers at the tag's host, whatever its share", async () => {
    await client().split("dev", "api", { shares: [{ revision: "three", weight: 100 }], tags: { next: "four" } });
    expect((await ask(port, "next---api.dev.localhost", "/")).text.split(" ")[0]).toBe("four");
    expect((await hear())[0]).toBe("three");
  });
});

describe("who was overtaken", () => {
  test("changes nothing any more: a lower number than one that was seen is refused", async () => {
    const former = agentClient(place.agentSocket, () => ({ epoch: 1, sequence: 1e6 }));
    fence = { epoch: 2, sequence: 0 };
    await all("four");
    await expect(former.split("dev", "api", { shares: [{ revision: "three", weight: 100 }], tags: {} })).rejects.toMatchObject({
      code: "fenced-off",
    });
    await expect(former.removeRevision("dev", "api", "three")).rejects.toMatchObject({ code: "fenced-off" });
    await expect(former.removeEnvironment("dev")).rejects.toMatchObject({ code: "fenced-off" });
    const three = (await client().state()).environments[0]?.services[0]?.revisions.find((one) => one.revision === "three");
    expect(three).toMatchObject({ state: "ready" });
    expect((await hear())[0]).toBe("four");
  });
});

describe("an environment", () => {
  test("has no more replicas than it may have: a new revision takes one from those that have several", async () => {
    const ports = { api: (await client().state()).environments[0]?.services[0]?.port ?? 0 };
    await client().route("dev", { routes: [{ host: "api.dev.localhost", path: "/", service: "api" }], ports, mostReplicas: 2 });
    for (const name of ["one", "two", "three"]) await client().removeRevision("dev", "api", name);
    await start("five");
    await expect(client().putRevision("dev", "api", revision("six"))).rejects.toMatchObject({ code: "at-limit" });
    const replicas = (await client().state()).environments[0]?.services[0]?.revisions.flatMap((one) => one.replicas) ?? [];
    expect(replicas).toHaveLength(2);
    await client().route("dev", { routes: [{ host: "api.dev.localhost", path: "/", service: "api" }], ports });
  });

  test("that is paused lets requests wait, and answers them when it goes on", async () => {
    await client().pause("dev", "api", 30_000);
    const waiting = hear();
    await until(
      "the request that waits",
      async () => (await client().state()).environments[0]?.services[0],
      (seen) => seen?.paused === true && seen.parked === 1,
    );
    expect((await ask(port, "api.dev.localhost", "/health")).status).toBe(200);
    await client().resume("dev", "api");
    expect((await waiting)[0]).toBe("four");
  });
});

describe("a job", () => {
  const job = (name: string, ms: number) =>
    client().keepForJobs("dev", "job", {
      ...revision(name),
      command: [process.execPath, "job.mjs"],
      env: { MS: String(ms) },
      listens: false,
    });
  const ended = (run: string) =>
    until(
      "the end of the job",
      async () => (await client().state()).environments[0]?.jobs.find((one) => one.run === run),
      (seen) => seen?.endedAt !== undefined,
    );

  test("runs once, however often it is asked for", async () => {
    await job("quick", 0);
    const first = await client().runJob("dev", { run: "night-1", service: "job", revision: "quick" });
    const again = await client().runJob("dev", { run: "night-1", service: "job", revision: "quick" });
    expect(again.startedAt).toBe(first.startedAt);
    expect(await ended("night-1")).toMatchObject({ ok: true, tail: [expect.stringContaining("at work night-1")] });
  });

  test("that takes too long is ended, and says so", async () => {
    await job("endless", 1e6);
    await client().runJob("dev", { run: "night-2", service: "job", revision: "endless", limitMs: 300 });
    expect(await ended("night-2")).toMatchObject({ ok: false, reason: expect.stringContaining("0.3 s") });
  });
});

describe("what is told", () => {
  /** As one sees it who has asked before, and as one who asks for the first time. */
  const still = async (of: ReturnType<typeof client>) => {
    const [mine, anew] = [await of.state(), await client().state()];
    expect(mine.environments.find((one) => one.environment === "still")).toEqual(
      anew.environments.find((one) => one.environment === "still"),
    );
    return mine.environments.find((one) => one.environment === "still");
  };

  test("is the same object as long as nothing has changed, and another one after each change", async () => {
    const of = client();
    const rests = { ...revision("asleep"), scale: { min: 0, max: 1 } };
    await of.route("still", { routes: [], ports: { job: await freePort() } });
    await of.keepForJobs("still", "job", rests);
    const first = await still(of);
    expect(first?.services).toHaveLength(1);
    expect(await still(of)).toBe(first);
    const changes: (() => Promise<unknown>)[] = [
      () => of.pause("still", "job", 60_000),
      () => of.resume("still", "job"),
      () => of.split("still", "job", { shares: [{ revision: "asleep", weight: 100 }], tags: { next: "asleep" } }),
      () => of.keepForJobs("still", "job", { ...rests, revision: "another" }),
      async () => of.route("still", { routes: [], ports: { job: await freePort() } }),
      () => of.putRevision("still", "awake", revision("awake")).then(() => of.ready("still", "awake", "awake", 30_000)),
      () => of.removeRevision("still", "awake", "awake"),
      () => of.removeEnvironment("still"),
    ];
    let before = first;
    for (const change of changes) {
      await change();
      const after = await still(of);
      expect(after).not.toBe(before);
      expect(after).not.toEqual(before);
      before = after;
    }
    expect(before).toBeUndefined();
  });

  test("does not forget for whom it was: two that ask at once, and one agent after another", async () => {
    const of = client();
    await of.keepForJobs("still", "job", revision("asleep"));
    const [one, two] = await Promise.all([still(of), still(of)]);
    expect(one).toEqual(two);
    agent.kill("SIGKILL");
    await startAgent();
    expect((await still(of))?.services[0]?.revisions.map((of) => of.revision)).toEqual(["asleep"]);
    await of.removeEnvironment("still");
  });
});

test.each([
  ["a name that leads elsewhere", "PUT", "/v1/environments/..%2Fup/routes"],
  ["nothing that there is", "GET", "/v1/nothing"],
])("%s is refused", async (_what, method, target) => {
  const { call } = await import("../../src/system/json-over-socket.ts");
  await expect(
    call({
      socket: place.agentSocket,
      method: method as "GET",
      path: target,
      ...(method === "PUT" ? { body: { fence: next(), at: {} } } : {}),
    }),
  ).rejects.toMatchObject({ code: "usage" });
});

test("the end of the agent is the end of what it started, and its drain is kept", async () => {
  const slow = hear("/slow");
  await until(
    "the request in flight",
    async () =>
      (await client().state()).environments[0]?.services[0]?.revisions.some((one) => one.replicas.some((of) => of.inFlight > 0)),
    (seen) => seen === true,
  );
  await client().stop(false);
  expect((await slow)[0]).toBe("four");
  await until(
    "the end of the agent",
    () => processesOf(base),
    (left) => left.length === 0,
  );
});
