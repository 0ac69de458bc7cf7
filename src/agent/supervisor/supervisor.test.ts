import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { createPathMatchers } from "../../lib/path-patterns.ts";
import { freePort } from "../../system/free-port.ts";
import { identityOf } from "../../system/process-identity.ts";
import { temporaryFolder } from "../../../test/support/gantry.ts";
import { readLogs } from "../../../test/support/read-logs.ts";
import { bench, eventually, http, job, never, unit } from "../../../test/support/supervised.ts";

const key = "dev/api/api-1";
const wait = { timeoutMs: 20_000 };

test("a unit is ready when all its replicas are, each with a port of its own", async () => {
  const { supervisor, events } = bench();
  supervisor.put(unit("serves.mjs"), 3);
  supervisor.put(unit("serves.mjs"), 3);
  expect(await supervisor.until(key, "ready", wait)).toEqual({ ok: true });
  const ready = events.filter((event) => event.kind === "replica-ready");
  expect(ready.map((event) => event.id).toSorted()).toEqual(["1", "2", "3"]);
  expect(new Set(ready.map((event) => event.port)).size).toBe(3);
  expect(supervisor.view(key)?.coldStartMs).toBeGreaterThan(0);
  for (const { port, pid } of supervisor.view(key)?.replicas ?? [])
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe(String(pid));
});

test("a key stands for one spec for ever", () => {
  const { supervisor } = bench();
  supervisor.put(unit("serves.mjs"), 0);
  expect(() => supervisor.put(unit("serves.mjs", { env: { A: "1" } }), 0)).toThrow(
    expect.objectContaining({ code: "changed-unit" }),
  );
  expect(() => supervisor.scale("other", 1)).toThrow(expect.objectContaining({ code: "unknown-unit" }));
});

test("names that lead out of the log folder start nothing", () => {
  const { supervisor } = bench();
  for (const service of ["../x", "a/b", "..", "", "a\\b", ".x"])
    expect(() => supervisor.put(unit("serves.mjs", { labels: { environment: "dev", service, revision: "r" } }), 1)).toThrow(
      expect.objectContaining({ code: "bad-log-name" }),
    );
  expect(supervisor.keys()).toEqual([]);
});

test("shrinking drains first and takes the youngest; scaled to nothing, it starts again", async () => {
  const { supervisor, drained, events } = bench();
  supervisor.put(unit("serves.mjs"), 3);
  await supervisor.until(key, "ready", wait);
  supervisor.scale(key, 1);
  await eventually(() => supervisor.view(key)?.replicas.length === 1);
  expect(drained).toEqual([`${key}#2`, `${key}#3`]);
  supervisor.scale(key, 0);
  expect(await supervisor.until(key, "ended", wait)).toEqual({ ok: true });
  expect(supervisor.pids()).toEqual([]);
  expect(events.filter((event) => event.kind === "replica-gone").map((event) => event.id)).toHaveLength(3);
  supervisor.scale(key, 1);
  expect(await supervisor.until(key, "ready", wait)).toEqual({ ok: true });
});

test("a restart stops each replica only when another has taken its place", async () => {
  const { supervisor, events } = bench();
  supervisor.put(unit("serves.mjs"), 2);
  await supervisor.until(key, "ready", wait);
  events.length = 0;
  await supervisor.restart(key);
  expect(supervisor.view(key)?.replicas.map((replica) => [replica.id, replica.state])).toEqual([
    ["3", "ready"],
    ["4", "ready"],
  ]);
  const order = events.filter((event) => event.kind === "replica-ready" || event.kind === "replica-gone");
  expect(order.map((event) => `${event.kind} ${event.id}`)).toEqual([
    "replica-ready 3",
    "replica-gone 1",
    "replica-ready 4",
    "replica-gone 2",
  ]);
});

test("a restart that fails leaves what serves as it is", async () => {
  const { supervisor, folder } = bench();
  const file = path.join(folder, "there");
  const fails = unit("ends.mjs", { port: undefined, readiness: { kind: "running", afterMs: 400 }, env: { FAIL_FILE: file } });
  writeFileSync(file, "");
  supervisor.put(fails, 1);
  await supervisor.until(key, "ready", wait);
  const before = supervisor.pids();
  rmSync(file);
  await expect(supervisor.restart(key)).rejects.toMatchObject({ code: "restart-failed", message: /ended with status 3/ });
  await eventually(() => supervisor.pids().length === 1);
  expect(supervisor.pids()).toEqual(before);
});

test("what crashes is taken out at once, told with its last lines, and started again", async () => {
  const { supervisor, events } = bench();
  supervisor.put(unit("serves.mjs"), 1);
  await supervisor.until(key, "ready", wait);
  const [before] = supervisor.view(key)?.replicas ?? [];
  await fetch(`http://127.0.0.1:${before?.port}/crash`);
  const after = await eventually(() =>
    supervisor.view(key)?.replicas.find((replica) => replica.state === "ready" && replica.pid !== before?.pid),
  );
  expect(after).toMatchObject({
    id: before?.id,
    restarts: 1,
    lastExit: { reason: expect.stringMatching(/^ended with status 7 after /) },
  });
  expect(events.map((event) => event.kind)).toEqual(["replica-ready", "replica-unready", "replica-exited", "replica-ready"]);
  expect(events[2]).toMatchObject({ wanted: false, tail: [expect.stringMatching(/^listens after/)] });
});

test("a killed process is told from one that ended", async () => {
  const { supervisor, events } = bench();
  supervisor.put(unit("serves.mjs"), 1);
  await supervisor.until(key, "ready", wait);
  process.kill(supervisor.pids()[0]?.pid ?? 0, "SIGKILL");
  const exit = await eventually(() => events.find((event) => event.kind === "replica-exited"));
  expect(exit.reason).toMatch(/^was killed by SIGKILL \(out of memory\?\) after /);
});

test("what never was ready and ends again and again has failed, with its last lines, until it is put again", async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, "there");
  const { supervisor, events } = bench();
  const spec = unit("ends.mjs", {
    port: undefined,
    readiness: { kind: "running", afterMs: 2_000 },
    env: { SAY: "no database\n", FAIL_FILE: file },
  });
  supervisor.put(spec, 1);
  const result = await supervisor.until(key, "ready", wait);
  expect(result).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/^ended 5 times in a row; the last time it ended with status 3 after/),
    tail: ["no database"],
  });
  expect(supervisor.view(key)).toMatchObject({ failed: result.reason, replicas: [{ state: "failed", restarts: 4 }] });
  expect(events.filter((event) => event.kind === "unit-failed")).toHaveLength(1);
  expect(await supervisor.until(key, "ready", wait)).toMatchObject({ ok: false });
  writeFileSync(file, "");
  supervisor.put(spec, 1);
  expect(await supervisor.until(key, "ready", wait)).toEqual({ ok: true });
  expect(supervisor.view(key)?.failed).toBeUndefined();
});

test("what once was ready goes on being tried, and heals", async () => {
  const { supervisor, events } = bench();
  const file = path.join(temporaryFolder(), "there");
  writeFileSync(file, "");
  supervisor.put(
    unit("ends.mjs", { port: undefined, readiness: { kind: "running", afterMs: 300 }, env: { FAIL_FILE: file } }),
    1,
  );
  await supervisor.until(key, "ready", wait);
  rmSync(file);
  process.kill(supervisor.pids()[0]?.pid ?? 0, "SIGKILL");
  await eventually(() => supervisor.view(key)?.failed);
  expect(events.at(-1)?.kind).toBe("unit-failed");
  writeFileSync(file, "");
  await eventually(() => supervisor.view(key)?.replicas[0]?.state === "ready");
  expect(supervisor.view(key)?.failed).toBeUndefined();
});

test.each([
  [{ command: ["/nowhere/program"] as const }, "could not be started: /nowhere/program: no such file"],
  [{ command: ["no-such-program-anywhere"] as const }, "could not be started: no-such-program-anywhere: no such file"],
  [{ folder: "/nowhere" }, "could not be started: /nowhere: no such folder"],
  [
    { command: ["./serves.mjs"] as const },
    "could not be started: ./serves.mjs: it may not be executed, or not be reached (EACCES)",
  ],
  [
    { env: { A: "secret\0" } },
    "could not be started: its command, its folder or its environment has a value that no process can be given",
  ],
])("what cannot be started says why, at once: %j", async (changes, reason) => {
  const { supervisor } = bench({ backOff: never });
  supervisor.put(unit("serves.mjs", changes), 1);
  expect(await supervisor.until(key, "ready", wait)).toEqual({ ok: false, reason, tail: [] });
});

test("a start that takes too long is ended, and its reason says what was waited for", async () => {
  const { supervisor, events } = bench();
  supervisor.put(
    unit("serves.mjs", { env: { SLOW_MS: "60000", IGNORE_TERM: "1" }, readiness: { ...http, startMs: 300 }, drainMs: 100 }),
    1,
  );
  const exit = await eventually(() => events.find((event) => event.kind === "replica-exited"));
  expect(exit.reason).toBe("did not answer GET /health within 0.3 s of its start: connection refused");
  expect(exit.wanted).toBe(false);
});

test.each([
  [{ HEALTHY: "no" }, http.path, "it answered 503"],
  [{ HANG_HEALTH: "yes" }, http.path, "no answer within 100 ms"],
])("one that does not say it is healthy never counts as ready: %j", async (env, at, why) => {
  const { supervisor } = bench();
  supervisor.put(unit("serves.mjs", { env, readiness: { ...http, path: at, timeoutMs: 100, startMs: 2_000 } }), 1);
  const result = await supervisor.until(key, "ready", { timeoutMs: 1_500 });
  expect(result).toMatchObject({ ok: false, reason: `was not ready within 1.5 s: ${why}` });
});

test("a redirect is an answer, and is not followed", async () => {
  const { supervisor } = bench();
  supervisor.put(unit("serves.mjs", { readiness: { ...http, path: "/away" } }), 1);
  expect(await supervisor.until(key, "ready", wait)).toEqual({ ok: true });
});

test("one that gets ill is taken out, comes back when it is well, and is started again when it stays dead", async () => {
  const { supervisor, events } = bench();
  supervisor.put(unit("serves.mjs"), 1);
  await supervisor.until(key, "ready", wait);
  const { port, pid } = supervisor.view(key)?.replicas[0] ?? {};
  await fetch(`http://127.0.0.1:${port}/unready`);
  await fetch(`http://127.0.0.1:${port}/break`);
  await eventually(() => events.find((event) => event.kind === "replica-unready"));
  await eventually(() => supervisor.view(key)?.replicas.find((replica) => replica.state === "ready" && replica.pid !== pid));
  expect(events.map((event) => event.kind)).toEqual(["replica-ready", "replica-unready", "replica-exited", "replica-ready"]);
  expect(events[2]).toMatchObject({ reason: "did not answer GET /health 4 times in a row: it answered 503" });
});

test("one that is not ready but lives gets no work and is left running", async () => {
  const { supervisor, events } = bench();
  supervisor.put(unit("serves.mjs", { readiness: { ...http, readyPath: "/ready", everyMs: 10 } }), 1);
  await supervisor.until(key, "ready", wait);
  const { port, pid } = supervisor.view(key)?.replicas[0] ?? {};
  await fetch(`http://127.0.0.1:${port}/unready`);
  const unready = await eventually(() => events.find((event) => event.kind === "replica-unready"));
  expect(unready).toMatchObject({ reason: "did not answer GET /ready 2 times in a row: it answered 503" });
  expect(supervisor.view(key)?.replicas[0]).toMatchObject({ state: "unready", pid });
});

test("a port that somebody else has by chance is exchanged for another", async () => {
  const { supervisor, events } = bench({ backOff: never });
  const file = path.join(temporaryFolder(), "first-port");
  supervisor.put(unit("takes-port.mjs", { env: { ONCE_FILE: file }, drainMs: 0 }), 1);
  const exit = await eventually(() => events.find((event) => event.kind === "replica-exited"));
  expect(exit.tail.join("\n")).toContain("EADDRINUSE");
  expect(await supervisor.until(key, "ready", wait)).toEqual({ ok: true });
  expect(supervisor.view(key)?.replicas[0]).toMatchObject({ restarts: 0, state: "ready" });
});

test.each(["stays", "leaves", "holds-pipes"])(
  "no grandchild outlives its replica, nor one that ignores the request to end: %s",
  async (CHILD) => {
    const { supervisor, folder } = bench();
    supervisor.put(unit("serves.mjs", { env: { CHILD, IGNORE_TERM: "1" }, drainMs: 200 }), 1);
    await supervisor.until(key, "ready", wait);
    const [process] = supervisor.pids();
    await supervisor.remove(key);
    await supervisor.close({ drain: true });
    const lines = (await readLogs(folder, { environment: "dev" })).map((line) => line.line);
    const child = Number(/^child (\d+)$/.exec(lines.find((line) => line.startsWith("child")) ?? "")?.[1]);
    expect(child).toBeGreaterThan(1);
    expect([identityOf(child), identityOf(process?.pid ?? 0)]).toEqual([undefined, undefined]);
    expect(lines).toContain("was stopped by force: it did not end when it was asked to");
  },
);

test("a grandchild does not outlive a crash either", async () => {
  const { supervisor, events } = bench({ backOff: never });
  supervisor.put(unit("serves.mjs", { env: { CHILD: "leaves" }, drainMs: 100 }), 1);
  await supervisor.until(key, "ready", wait);
  process.kill(supervisor.pids()[0]?.pid ?? 0, "SIGKILL");
  const exit = await eventually(() => events.find((event) => event.kind === "replica-exited"));
  expect(identityOf(Number(exit.tail[0]?.slice("child ".length)))).toBeUndefined();
});

test("nothing of the agent's own environment leaks in", async () => {
  const { supervisor } = bench();
  process.env.OF_THE_AGENT = "private";
  supervisor.put(unit("serves.mjs", { env: { OWN: "yes" } }), 1);
  await supervisor.until(key, "ready", wait);
  delete process.env.OF_THE_AGENT;
  const { port } = supervisor.view(key)?.replicas[0] ?? {};
  const env = (await (await fetch(`http://127.0.0.1:${port}/env`)).json()) as Record<string, string>;
  expect(env).toMatchObject({ OWN: "yes", PORT: String(port), PATH: process.env.PATH, GANTRY_PROCESS: `${supervisor.mark}/1` });
  const allowed = /^(PATH|HOME|USER|LOGNAME|LANG|LC_ALL|LC_CTYPE|TZ|TMPDIR|PORT|OWN|GANTRY_PROCESS)$/;
  expect(Object.keys(env).filter((name) => !allowed.test(name))).toEqual([]);
});

test("secrets appear in no line that is kept, however they are written and cut", async () => {
  const { supervisor, folder } = bench();
  const secret = 'p@ss/w"ord+1';
  const spec = job("tells.mjs", { key: "dev/job/1", env: { SECRET: secret }, secrets: [secret, "abc"] });
  supervisor.put(spec, 1);
  const result = await supervisor.until("dev/job/1", "ended", wait);
  expect(result).toMatchObject({ ok: true, reason: expect.stringMatching(/^ended with status 0/) });
  await supervisor.close({ drain: true });
  const text = readFileSync(path.join(folder, "dev/api.log"), "utf8");
  const lines = await readLogs(folder, { environment: "dev", service: "api" });
  const out = lines.filter((line) => line.stream === "out").map((line) => line.line);
  expect(out.slice(0, 2)).toEqual(["before ••• after", expect.stringMatching(/^••• dXNl\S{0,4}•••\S* \{"secret":"•••"\}$/)]);
  for (const form of [secret, encodeURIComponent(secret), "p@ss", JSON.stringify(secret).slice(1, -1)])
    expect(text).not.toContain(form);
  const long = lines.find((line) => line.stream === "err")?.line;
  expect(long).toBe(`${"y".repeat(16_380)}••• … (cut: the line has 26392 characters)`);
  expect(lines.find((line) => line.trace_id)?.trace_id).toBe("4bf92f3577b34da6a3ce929d0e0e4736");
  expect(out.at(-1)).toBe("no end of line");
  // eslint-disable-next-line no-control-regex -- that there are none is the point
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test("megabytes written at once all arrive, in order, over any number of files", async () => {
  const { supervisor, folder } = bench({ log: { maxBytes: 400_000, files: 100, mostWaitingBytes: 100_000 } });
  const spec = job("writes.mjs", { env: { LINES: "20000", WIDTH: "200" } });
  supervisor.put(spec, 1);
  expect(await supervisor.until(key, "ended", wait)).toMatchObject({ ok: true });
  await supervisor.close({ drain: true });
  const lines = (await readLogs(folder, { environment: "dev" })).filter((line) => line.stream === "out");
  expect(lines.map((line) => Number(line.line.split(" ")[0]))).toEqual(Array.from({ length: 20_000 }, (_, number) => number));
  expect(existsSync(path.join(folder, "dev/api.log.10"))).toBe(true);
});

test("a job that runs too long is ended and says so", async () => {
  const { supervisor, events } = bench();
  supervisor.put(job("serves.mjs", { limitMs: 300, port: "free" }), 1);
  const result = await supervisor.until(key, "ended", wait);
  expect(result).toMatchObject({ ok: false, reason: "was ended after its limit of 0.3 s" });
  expect(supervisor.view(key)?.ended).toMatchObject({ ok: false });
  expect(events.at(-1)).toMatchObject({ kind: "job-ended", ok: false, reason: result.reason });
});

test.each([
  [{ STATUS: "4", SAY: "why\n" }, /^ended with status 4 after/],
  [{ STATUS: "137" }, /^ended with status 137 \(SIGKILL inside: out of memory\?\) after/],
  [{ SIGNAL: "SIGTERM" }, /^was ended by SIGTERM after/],
])("a job that fails says why and is not run again: %j", async (env, reason) => {
  const { supervisor, events } = bench({ keepJobsMs: 100 });
  supervisor.put(job("ends.mjs", { env }), 1);
  expect(await supervisor.until(key, "ended", wait)).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
  supervisor.put(job("ends.mjs", { env }), 1);
  expect(events.filter((event) => event.kind === "replica-exited")).toHaveLength(1);
  await eventually(() => supervisor.view(key) === undefined);
});

test("what a replica uses is counted with all in its group", async () => {
  const { supervisor } = bench();
  supervisor.put(unit("serves.mjs"), 1);
  await supervisor.until(key, "ready", wait);
  const { port } = supervisor.view(key)?.replicas[0] ?? {};
  supervisor.usage(key);
  await fetch(`http://127.0.0.1:${port}/burn`);
  const [usage] = supervisor.usage(key);
  expect(usage?.cpu).toBeGreaterThan(0);
  expect(usage?.rssBytes).toBeGreaterThan(10_000_000);
});

test("waiting ends with its signal, and with the unit", async () => {
  const { supervisor } = bench();
  supervisor.put(unit("serves.mjs", { env: { SLOW_MS: "60000" } }), 1);
  const controller = new AbortController();
  const aborted = supervisor.until(key, "ready", { signal: controller.signal });
  const removed = supervisor.until(key, "ready");
  controller.abort();
  await expect(aborted).rejects.toThrow("aborted");
  await supervisor.remove(key);
  expect(supervisor.pids()).toEqual([]);
  expect(await removed).toMatchObject({ ok: false, reason: "was removed" });
});

test("close ends everything within its time, also what is being drained for ever, and starts nothing more", async () => {
  const { supervisor } = bench({ beforeStop: () => new Promise(() => undefined) });
  supervisor.put(unit("serves.mjs", { env: { IGNORE_TERM: "1" }, drainMs: 60_000 }), 2);
  await supervisor.until(key, "ready", wait);
  const pids = supervisor.pids().map((one) => one.pid);
  void supervisor.remove(key);
  await supervisor.close({ drain: false });
  expect(pids.map(identityOf)).toEqual([undefined, undefined]);
  expect(() => supervisor.put(unit("serves.mjs"), 1)).toThrow(expect.objectContaining({ code: "supervisor-closed" }));
});

test("a unit that takes connections is ready when it takes one", async () => {
  const { supervisor } = bench();
  supervisor.put(unit("serves.mjs", { readiness: { kind: "tcp", startMs: 20_000 }, env: { SLOW_MS: "100" } }), 1);
  expect(await supervisor.until(key, "ready", wait)).toEqual({ ok: true });
  const { port } = supervisor.view(key)?.replicas[0] ?? {};
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
});

test("a script whose first line names a program that is not there says so", async () => {
  const { supervisor, folder } = bench({ backOff: never });
  writeFileSync(path.join(folder, "run"), "#!/nowhere/interpreter\n", { mode: 0o755 });
  supervisor.put(unit("", { command: ["./run"], folder }), 1);
  expect(await supervisor.until(key, "ready", wait)).toMatchObject({
    reason: "could not be started: ./run: there is no such program as its first line names",
  });
});

test("what is written down of the processes is always what runs", async () => {
  const seen: (readonly number[])[] = [];
  const { supervisor } = bench({ pidsChanged: () => seen.push(supervisor.pids().map((one) => one.pid)) });
  supervisor.put(unit("serves.mjs"), 1);
  await supervisor.until(key, "ready", wait);
  const [one] = supervisor.pids();
  expect(one?.identity).toBe(identityOf(one?.pid ?? 0));
  await supervisor.remove(key);
  expect(seen).toEqual([[one?.pid], []]);
});

test("a unit with one port for ever is restarted by stopping it first", async () => {
  const { supervisor, events } = bench();
  supervisor.put(unit("serves.mjs", { port: await freePort() }), 1);
  await supervisor.until(key, "ready", wait);
  await supervisor.restart(key);
  expect(
    events.filter((event) => event.kind === "replica-gone" || event.kind === "replica-ready").map((event) => event.kind),
  ).toEqual(["replica-ready", "replica-gone", "replica-ready"]);
});

test("what makes no sense is refused before anything is started", async () => {
  const { supervisor } = bench();
  const refused = expect.objectContaining({ code: "bad-unit" });
  expect(() => supervisor.put(unit("serves.mjs", { port: undefined }), 1)).toThrow(refused);
  expect(() => supervisor.put(unit("serves.mjs", { port: 4_000 }), 2)).toThrow(refused);
  for (const replicas of [-1, 0.5, Number.NaN]) expect(() => supervisor.put(unit("serves.mjs"), replicas)).toThrow(refused);
  supervisor.put(job("ends.mjs"), 1);
  await expect(supervisor.restart(key)).rejects.toMatchObject({ code: "job-runs-once" });
  await supervisor.until(key, "ended", wait);
});

test("neither a health path that cannot be asked for nor a gateway that fails to drain stops the supervisor", async () => {
  const { supervisor } = bench({
    beforeStop: () => {
      throw new Error("the gateway is not well");
    },
  });
  supervisor.put(unit("serves.mjs", { key: "odd", readiness: { ...http, path: "/a b" } }), 1);
  expect(await supervisor.until("odd", "ready", { timeoutMs: 500 })).toMatchObject({
    reason: expect.stringContaining("unescaped"),
  });
  supervisor.put(unit("serves.mjs"), 1);
  await supervisor.until(key, "ready", wait);
  await supervisor.remove(key);
  await supervisor.remove("odd");
  expect(supervisor.pids()).toEqual([]);
});

test("what a service prints of requests that the spec leaves out is counted and not kept, unless they failed", async () => {
  const excludes = createPathMatchers([
    { service: "api", path: "/health" },
    { service: "api", path: "/api/progress/*" },
  ]);
  const { supervisor, folder } = bench({ log: { unlogged: (_, service) => excludes.get(service) } });
  supervisor.put(job("tells-requests.mjs", { key: "dev/job/1" }), 1);
  expect(await supervisor.until("dev/job/1", "ended", wait)).toMatchObject({ ok: true });
  await supervisor.close({ drain: true });
  const lines = await readLogs(folder, { environment: "dev" });
  const paths = lines.flatMap(({ stream, line }) => (stream === "out" ? [/"path":"([^"]+)"/.exec(line)?.[1] ?? line] : []));
  expect(paths).toEqual(["/api/progress/8", "/api/jobs", "not about a request: /health"]);
  expect(supervisor.printed()).toEqual([{ environment: "dev", service: "api", written: 3, leftOut: 2 }]);
});
