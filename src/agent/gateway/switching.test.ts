import http from "node:http";
import { expect, onTestFinished, test } from "vitest";
import {
  all,
  ask,
  gatewayFor,
  host,
  key,
  named,
  rawSocket,
  table,
  until,
  upstream,
} from "../../../test/support/gateway-harness.ts";

test("fifty switches under steady traffic lose no request, although each side is drained and stopped in between", async () => {
  const { gateway, lines } = await gatewayFor();
  const answers: Record<string, number> = {};
  const failures: unknown[] = [];
  const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
  onTestFinished(() => agent.destroy());
  const start = (name: string) =>
    upstream((request, response) => {
      request.resume();
      // Some are still at work when the switch comes.
      setImmediate(() => response.end(name));
    });
  let current = "r0";
  let running = await start(current);
  await gateway.configure(table(all(current)));
  gateway.setEndpoints(key(current), [{ id: "one", port: running.port }]);

  const total = 5_000;
  let sent = 0;
  const traffic = async (): Promise<void> => {
    while (sent < total) {
      sent += 1;
      const body = sent % 3 === 0 ? { method: "POST", body: `n ${sent}` } : {};
      try {
        const answer = await ask(gateway.port, { agent, ...body });
        if (answer.status === 200) answers[answer.body] = (answers[answer.body] ?? 0) + 1;
        else failures.push(answer.status);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const load = Promise.all(Array.from({ length: 16 }, traffic));
  for (let n = 1; n <= 50; n++) {
    const after = (total / 51) * n;
    await until(() => sent >= after);
    const next = `r${n}`;
    const fresh = await start(next);
    gateway.setEndpoints(key(next), [{ id: "one", port: fresh.port }]);
    await gateway.configure(table(all(next)));
    gateway.removeEndpoint(key(current), "one");
    const { cut } = await gateway.drained(key(current), { deadlineMs: 10_000 });
    if (cut > 0) failures.push(`${cut} cut of ${current}`);
    expect(gateway.inFlight(key(current))).toBe(0);
    await running.stop();
    [current, running] = [next, fresh];
  }
  await load;
  expect(failures).toEqual([]);
  expect(Object.values(answers).reduce((a, b) => a + b)).toBe(total);
  expect(Object.keys(answers)).toHaveLength(51);
  expect(lines.filter(({ status, fault }) => status !== 200 || fault !== undefined)).toEqual([]);
  expect(lines).toHaveLength(total);
});

test("a replica that is stopped hard takes down at most what was in flight on it", async () => {
  const { gateway, lines } = await gatewayFor();
  const held = new Set<http.ServerResponse>();
  let crashing = false;
  const dying = await upstream((request, response) => {
    request.resume();
    if (crashing) held.add(response);
    else response.end("dying");
  });
  const staying = await upstream(named("staying"));
  await gateway.configure(table(all("r1")));
  gateway.setEndpoints(key("r1"), [
    { id: "dying", port: dying.port },
    { id: "staying", port: staying.port },
  ]);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
  onTestFinished(() => agent.destroy());
  const failed: string[] = [];
  let sent = 0;
  const traffic = async (): Promise<void> => {
    while (sent < 1_500) {
      sent += 1;
      const path = `/${sent}`;
      const answer = await ask(gateway.port, { path, method: "POST", body: "x", agent });
      if (answer.status !== 200) failed.push(path);
    }
  };
  const load = Promise.all(Array.from({ length: 16 }, traffic));
  await until(() => sent > 500);
  crashing = true;
  await until(() => held.size >= 3);
  const inFlight = [...held].map((response) => response.req.url ?? "");
  await dying.stop();
  await load;
  expect(failed.length).toBeGreaterThan(0);
  const onIt = lines.filter(({ replica, status }) => replica === "dying" && status === 502).map(({ path }) => path);
  expect(failed.toSorted()).toEqual(onIt.toSorted());
  expect(failed.length).toBeLessThanOrEqual(inFlight.length + 16);
  expect(sent).toBe(1_500);
});

test("a drain waits for what is in flight, and cuts what is left at its deadline", async () => {
  const held: http.ServerResponse[] = [];
  const { port } = await upstream((_request, response) => void held.push(response));
  const { gateway, lines } = await gatewayFor();
  await gateway.configure(table(all("r1")));
  gateway.setEndpoints(key("r1"), [{ id: "a", port }]);
  const first = ask(gateway.port);
  await until(() => held.length === 1);
  gateway.removeEndpoint(key("r1"), "a");
  let drained = false;
  const draining = gateway.drained(key("r1"), { id: "a", deadlineMs: 60_000 }).then((result) => {
    drained = true;
    return result;
  });
  // Nothing new is sent there: this one waits.
  const second = ask(gateway.port);
  await until(() => gateway.parked("dev", "api") === 1);
  expect(drained).toBe(false);
  held[0]?.end("done");
  expect(await draining).toEqual({ cut: 0 });
  expect((await first).body).toBe("done");

  gateway.setEndpoints(key("r1"), [{ id: "b", port }]);
  await until(() => held.length === 2);
  expect(await gateway.drained(key("r1"), { deadlineMs: 10 })).toEqual({ cut: 1 });
  expect((await second).status).toBe(503);
  expect(lines.at(-1)).toMatchObject({ fault: "drained", replica: "b" });
  expect(gateway.inFlight(key("r1"))).toBe(0);
});

test("an event stream goes on through a drain until it ends or the deadline comes", async () => {
  let stream: http.ServerResponse | undefined;
  const { port } = await upstream((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: 1\n\n");
    stream = response;
  });
  const { gateway } = await gatewayFor();
  await gateway.configure(table(all("r1")));
  gateway.setEndpoints(key("r1"), [{ id: "a", port }]);
  const { socket, read } = rawSocket(gateway.port);
  socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await until(() => read().includes("data: 1"));
  gateway.setEndpoints(key("r1"), []);
  const draining = gateway.drained(key("r1"), { deadlineMs: 60_000 });
  stream?.write("data: 2\n\n");
  await until(() => read().includes("data: 2"));
  stream?.end("data: 3\n\n");
  expect(await draining).toEqual({ cut: 0 });
  await until(() => read().includes("data: 3"));
});

test("closing answers what is in flight, refuses what waits, and lets go of the port", async () => {
  const held: http.ServerResponse[] = [];
  const { port } = await upstream((_request, response) => void held.push(response));
  const { gateway } = await gatewayFor({ limits: { closeMs: 30_000 } });
  await gateway.configure(table({ ...all("r1"), tags: { idle: "r2" } }));
  gateway.setEndpoints(key("r1"), [{ id: "a", port }]);
  const agent = new http.Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const served = ask(gateway.port, { agent });
  await until(() => held.length === 1);
  const waiting = ask(gateway.port, { headers: { "x-gantry-revision": "idle" } });
  await until(() => gateway.parked("dev", "api") === 1);
  const closing = gateway.close();
  expect((await waiting).status).toBe(503);
  held[0]?.end("last");
  expect(await served).toMatchObject({ body: "last", headers: { connection: "close" } });
  await closing;
  await expect(ask(gateway.port)).rejects.toThrow("ECONNREFUSED");
});
