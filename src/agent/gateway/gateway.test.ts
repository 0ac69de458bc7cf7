import http from "node:http";
import { expect, test } from "vitest";
import { freePort } from "../../system/free-port.ts";
import { all, ask, gatewayFor, host, key, named, table, until, upstream } from "../../../test/support/gateway-harness.ts";

test("a request goes to the service that its host and the longest path name", async () => {
  const [api, admin, exact] = await Promise.all([upstream(named("api")), upstream(named("admin")), upstream(named("exact"))]);
  const { gateway } = await gatewayFor();
  const service = (revision: string) => ({ split: { shares: [{ revision, weight: 100 }], tags: {} } });
  await gateway.configure({
    environments: {
      dev: {
        routes: [
          { host, path: "/", service: "api" },
          { host, path: "/admin/*", service: "admin" },
          { host, path: "/admin/exact", service: "exact" },
        ],
        ports: {},
        services: { api: service("r1"), admin: service("r1"), exact: service("r1") },
      },
    },
  });
  gateway.setEndpoints(key("r1"), [{ id: "a", port: api.port }]);
  gateway.setEndpoints(key("r1", "admin"), [{ id: "b", port: admin.port }]);
  gateway.setEndpoints(key("r1", "exact"), [{ id: "c", port: exact.port }]);
  const body = async (path: string, name = host) => (await ask(gateway.port, { path, headers: { host: name } })).body;
  expect(await body("/")).toBe("api");
  expect(await body("/adminx")).toBe("api");
  expect(await body("/admin")).toBe("admin");
  expect(await body("/admin/?q=/admin/exact")).toBe("admin");
  expect(await body("/admin/exact?x=1")).toBe("exact");
  expect(await body("/", `API.Dev.LOCALHOST.:${gateway.port}`)).toBe("api");
  const unknown = await ask(gateway.port, { headers: { host: "other.localhost", accept: "text/html" } });
  expect(unknown.status).toBe(404);
  expect(unknown.headers["content-type"]).toContain("text/html");
  expect(unknown.body).not.toContain("api");
});

test("a service has a port of its own where no host is needed, and it closes when it is gone from the table", async () => {
  const { port } = await upstream(named("api"));
  const { gateway } = await gatewayFor();
  const own = await freePort();
  await gateway.configure(table(all("r1"), { ports: { api: own } }));
  gateway.setEndpoints(key("r1"), [{ id: "a", port }]);
  expect((await ask(own, { headers: { host: `127.0.0.1:${own}` } })).body).toBe("api");
  await gateway.configure(table(all("r1"), { ports: { api: own } }));
  expect((await ask(own)).body).toBe("api");
  await gateway.configure(table(all("r1")));
  await expect(ask(own)).rejects.toThrow("ECONNREFUSED");
});

test("a port that somebody has fails the change as a whole", async () => {
  const taken = await upstream(named("other"));
  const { port } = await upstream(named("api"));
  const { gateway } = await gatewayFor();
  await gateway.configure(table(all("r1")));
  gateway.setEndpoints(key("r1"), [{ id: "a", port }]);
  await expect(gateway.configure(table(all("r2"), { ports: { api: taken.port } }))).rejects.toMatchObject({ code: "port-taken" });
  expect((await ask(gateway.port)).body).toBe("api");
});

test("tag host, header and cookie choose a revision; an unknown tag is 404, an unknown header 421, an old cookie is let be", async () => {
  const [one, two] = await Promise.all([upstream(named("one")), upstream(named("two"))]);
  const { gateway } = await gatewayFor();
  await gateway.configure(table({ ...all("r1"), tags: { "pr-42": "r2" } }));
  gateway.setEndpoints(key("r1"), [{ id: "a", port: one.port }]);
  gateway.setEndpoints(key("r2"), [{ id: "b", port: two.port }]);
  const with_ = (headers: Record<string, string>) => ask(gateway.port, { headers });
  expect((await with_({})).body).toBe("one");
  expect((await with_({ host: `pr-42---${host}` })).body).toBe("two");
  expect((await with_({ "x-gantry-revision": "pr-42" })).body).toBe("two");
  expect((await with_({ "x-gantry-revision": "r2" })).body).toBe("two");
  expect((await with_({ cookie: "a=b; gantry-revision=r2" })).body).toBe("two");
  expect((await with_({ cookie: "gantry-revision=r0" })).body).toBe("one");
  expect((await with_({ host: `pr-1---${host}` })).status).toBe(404);
  expect((await with_({ host: `toString---${host}` })).status).toBe(404);
  expect((await with_({ "x-gantry-revision": "r0" })).status).toBe(421);
  expect((await with_({ "x-gantry-revision": "constructor" })).status).toBe(421);
});

test("a split is exact in proportion", async () => {
  const [one, two] = await Promise.all([upstream(named("one")), upstream(named("two"))]);
  const { gateway } = await gatewayFor();
  await gateway.configure(
    table({
      shares: [
        { revision: "r1", weight: 90 },
        { revision: "r2", weight: 10 },
      ],
    }),
  );
  gateway.setEndpoints(key("r1"), [{ id: "a", port: one.port }]);
  gateway.setEndpoints(key("r2"), [{ id: "b", port: two.port }]);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let canary = 0;
  for (let n = 0; n < 100; n++) if ((await ask(gateway.port, { agent })).body === "two") canary += 1;
  agent.destroy();
  expect(canary).toBe(10);
});

test("a cohort is kept by a cookie of the gateway's own, which is set only where cohorts are", async () => {
  const [one, two] = await Promise.all([upstream(named("one")), upstream(named("two"))]);
  const { gateway } = await gatewayFor();
  const shares = [
    { revision: "r1", weight: 50 },
    { revision: "r2", weight: 50 },
  ];
  await gateway.configure(table({ shares, sticky: { salt: "s", header: "x-user" } }));
  gateway.setEndpoints(key("r1"), [{ id: "a", port: one.port }]);
  gateway.setEndpoints(key("r2"), [{ id: "b", port: two.port }]);
  const first = await ask(gateway.port);
  const [set = ""] = first.headers["set-cookie"] ?? [];
  expect(set).toMatch(/^gantry-visitor=[0-9a-f]{32}; Path=\/; HttpOnly; SameSite=Lax$/);
  const cookie = set.split(";")[0] ?? "";
  for (let n = 0; n < 8; n++) {
    const again = await ask(gateway.port, { headers: { cookie } });
    expect(again.body).toBe(first.body);
    expect(again.headers["set-cookie"]).toBeUndefined();
  }
  const user = await ask(gateway.port, { headers: { "x-user": "ada" } });
  expect(user.headers["set-cookie"]).toBeUndefined();
  await gateway.configure(table({ shares }));
  expect((await ask(gateway.port)).headers["set-cookie"]).toBeUndefined();
});

test("the least loaded replica gets the next request", async () => {
  const held: http.ServerResponse[] = [];
  const busy = await upstream((_request, response) => void held.push(response));
  const free = await upstream(named("free"));
  const { gateway } = await gatewayFor();
  await gateway.configure(table(all("r1")));
  gateway.setEndpoints(key("r1"), [{ id: "busy", port: busy.port }]);
  const waiting = ask(gateway.port);
  await until(() => held.length === 1);
  gateway.setEndpoints(key("r1"), [
    { id: "busy", port: busy.port },
    { id: "free", port: free.port },
  ]);
  for (let n = 0; n < 4; n++) expect((await ask(gateway.port)).body).toBe("free");
  expect(gateway.inFlight(key("r1"))).toBe(1);
  held[0]?.end("busy");
  expect((await waiting).body).toBe("busy");
  expect(gateway.inFlight(key("r1"))).toBe(0);
});

test("counters and lines say what happened, and no line has a query", async () => {
  const { port } = await upstream((request, response) => {
    request.resume();
    request.on("end", () => {
      response.statusCode = request.url?.startsWith("/bad") ? 500 : 201;
      response.end("12345");
    });
  });
  const { gateway, lines } = await gatewayFor();
  await gateway.configure(table(all("r1")));
  gateway.setEndpoints(key("r1"), [{ id: "a", port }]);
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  await ask(gateway.port, {
    path: "/x?token=secret",
    method: "POST",
    body: "abc",
    headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` },
  });
  await ask(gateway.port, { path: "/bad" });
  const [revision] = gateway.traffic().revisions;
  expect(revision).toMatchObject({ requests: { "2xx": 1, "5xx": 1 }, bytesIn: 3, bytesOut: 10, inFlight: 0, retries: 0 });
  expect(revision?.latency.counts.reduce((a, b) => a + b)).toBe(2);
  expect(lines[0]).toMatchObject({
    path: "/x",
    status: 201,
    trace_id: trace,
    replica: "a",
    revision: "r1",
    method: "POST",
    bytesIn: 3,
  });
  expect(JSON.stringify(lines)).not.toContain("secret");
  expect(gateway.lastRequestAt(key("r1"))).toBeGreaterThan(0);
  expect(gateway.lastRequestAt(key("r9"))).toBe(0);
});
