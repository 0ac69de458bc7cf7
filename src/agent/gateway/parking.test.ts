import { expect, test } from "vitest";
import {
  all,
  ask,
  gatewayFor,
  key,
  named,
  rawSocket,
  host,
  table,
  until,
  upstream,
} from "../../../test/support/gateway-harness.ts";

test("a request for a revision without replicas wakes it, waits, and is served", async () => {
  const { port } = await upstream(named("awake"));
  const { gateway, wanted } = await gatewayFor();
  await gateway.configure(table(all("r1")));
  const waiting = [ask(gateway.port), ask(gateway.port), ask(gateway.port)];
  await until(() => gateway.parked("dev", "api") === 3);
  expect(wanted).toEqual([key("r1")]);
  expect(gateway.inFlight(key("r1"))).toBe(0);
  gateway.setEndpoints(key("r1"), [{ id: "a", port }]);
  expect((await Promise.all(waiting)).map(({ body }) => body)).toEqual(["awake", "awake", "awake"]);
  expect(gateway.parked("dev", "api")).toBe(0);
  expect(gateway.traffic().revisions[0]?.coldStart.counts.reduce((a, b) => a + b)).toBe(3);
});

test("a request that waits too long is 503, and one whose revision failed is told why", async () => {
  const { gateway, lines } = await gatewayFor({ parkMs: 20 });
  await gateway.configure(table(all("r1")));
  const late = await ask(gateway.port);
  expect(late.status).toBe(503);
  expect(late.headers["retry-after"]).toBe("1");
  const { gateway: patient } = await gatewayFor();
  await patient.configure(table(all("r1")));
  const waiting = ask(patient.port);
  await until(() => patient.parked("dev", "api") === 1);
  patient.fail(key("r1"), "it ended with 1 before it was healthy");
  expect(await waiting).toMatchObject({ status: 503, body: expect.stringContaining("it ended with 1 before it was healthy") });
  expect(lines[0]).toMatchObject({ status: 503, fault: "no-replica" });
});

test("who waits for a revision that lost its traffic is served by the one that has it", async () => {
  const { port } = await upstream(named("two"));
  const { gateway } = await gatewayFor();
  await gateway.configure(table(all("r1")));
  const waiting = ask(gateway.port);
  await until(() => gateway.parked("dev", "api") === 1);
  gateway.setEndpoints(key("r2"), [{ id: "b", port }]);
  await gateway.configure(table(all("r2")));
  expect((await waiting).body).toBe("two");
});

test("only so many requests may wait", async () => {
  const { gateway } = await gatewayFor({ limits: { parked: 2 } });
  await gateway.configure(table(all("r1")));
  const waiting = [ask(gateway.port), ask(gateway.port)];
  await until(() => gateway.parked("dev", "api") === 2);
  expect((await ask(gateway.port)).status).toBe(503);
  gateway.fail(key("r1"), "enough");
  await Promise.all(waiting);
});

test("a client that goes away while it waits is forgotten", async () => {
  const { gateway } = await gatewayFor();
  await gateway.configure(table(all("r1")));
  const { socket } = rawSocket(gateway.port);
  socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
  await until(() => gateway.parked("dev", "api") === 1);
  socket.destroy();
  await until(() => gateway.parked("dev", "api") === 0);
});

test("a pause lets requests wait and answers health probes; a resume releases them, by the split of that moment", async () => {
  const [one, two] = await Promise.all([upstream(named("one")), upstream(named("two"))]);
  const { gateway } = await gatewayFor();
  await gateway.configure(table(all("r1")));
  gateway.setEndpoints(key("r1"), [{ id: "a", port: one.port }]);
  gateway.setEndpoints(key("r2"), [{ id: "b", port: two.port }]);
  gateway.pause("dev", "api", { forMs: 50_000, probePath: "/health" });
  const waiting = ask(gateway.port, { method: "POST", body: "x" });
  await until(() => gateway.parked("dev", "api") === 1);
  expect((await ask(gateway.port, { path: "/health?x" })).status).toBe(200);
  expect(gateway.paused("dev", "api")).toBe(true);
  await gateway.configure(table(all("r2")));
  gateway.resume("dev", "api");
  expect((await waiting).body).toBe("two");
});

test("a pause that is not ended in time is 504", async () => {
  const { gateway, lines } = await gatewayFor();
  await gateway.configure(table(all("r1")));
  gateway.pause("dev", "api", { forMs: 10 });
  expect((await ask(gateway.port)).status).toBe(504);
  expect(lines[0]).toMatchObject({ fault: "paused", status: 504 });
});
