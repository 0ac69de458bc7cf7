import { createHash, randomBytes } from "node:crypto";
import http from "node:http";
import { connect, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import {
  all,
  ask,
  gatewayFor,
  host,
  key,
  rawAsk,
  rawSocket,
  table,
  until,
  upstream,
} from "../../../test/support/gateway-harness.ts";

/** A figure that grows, when it has stopped. */
async function settled(figure: () => number): Promise<number> {
  for (let before = -1; before !== figure();) {
    before = figure();
    for (let turn = 0; turn < 500; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  return figure();
}

async function front(listener: http.RequestListener, options: Parameters<typeof gatewayFor>[0] & { requestMs?: number } = {}) {
  const { port, server } = await upstream(listener);
  const { requestMs, ...rest } = options;
  const made = await gatewayFor(rest);
  await made.gateway.configure(table(all("r1"), requestMs === undefined ? {} : { requestMs }));
  made.gateway.setEndpoints(key("r1"), [{ id: "a", port }]);
  return { ...made, server, port: made.gateway.port };
}

test("headers of the hop stay on the hop, in both directions, also those that Connection names", async () => {
  let seen: http.IncomingMessage | undefined;
  const { port } = await front((request, response) => {
    seen = request;
    response.writeHead(200, { connection: "close, X-Private", "x-private": "1", "x-public": "2", "keep-alive": "timeout=9" });
    response.end();
  });
  const answer = await ask(port, {
    headers: {
      connection: "keep-alive, X-Hop",
      "x-hop": "1",
      "x-end": "2",
      "proxy-authorization": "secret",
      te: "gzip, trailers",
      "keep-alive": "5",
    },
  });
  expect(seen?.headers).toMatchObject({ "x-end": "2", te: "trailers", host });
  for (const name of ["x-hop", "proxy-authorization"]) expect(seen?.headers).not.toHaveProperty(name);
  expect(seen?.headers["connection"]).toBe("keep-alive");
  expect(answer.headers["x-public"]).toBe("2");
  expect(answer.headers).not.toHaveProperty("x-private");
  expect(answer.headers["keep-alive"]).not.toBe("timeout=9");
});

test("who asked, for which host and over what is told to the service, and a trace is passed on or begun", async () => {
  const seen: http.IncomingHttpHeaders[] = [];
  const { port } = await front((request, response) => {
    seen.push(request.headers);
    response.end();
  });
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  await ask(port);
  await ask(port, {
    headers: {
      "x-forwarded-for": "203.0.113.9",
      "x-forwarded-proto": "https",
      traceparent: `00-${trace}-00f067aa0ba902b7-00`,
      tracestate: "a=1",
    },
  });
  await ask(port, {
    headers: { traceparent: `00-${"0".repeat(32)}-00f067aa0ba902b7-01`, tracestate: "a=1", "x-forwarded-proto": "gopher" },
  });
  expect(seen[0]).toMatchObject({ "x-forwarded-for": "127.0.0.1", "x-forwarded-host": host, "x-forwarded-proto": "http" });
  expect(seen[0]?.["traceparent"]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(seen[1]).toMatchObject({ "x-forwarded-for": "203.0.113.9, 127.0.0.1", "x-forwarded-proto": "https", tracestate: "a=1" });
  expect(seen[1]?.["traceparent"]).toMatch(new RegExp(`^00-${trace}-(?!00f067aa0ba902b7)[0-9a-f]{16}-00$`));
  expect(seen[2]?.["traceparent"]).toMatch(/^00-(?!0{32})[0-9a-f]{32}-/);
  expect(seen[2]).not.toHaveProperty("tracestate");
  expect(seen[2]?.["x-forwarded-proto"]).toBe("http");
});

test.each([
  ["HEAD", 200, { "content-length": "5" }],
  ["GET", 204, {}],
  ["GET", 304, { etag: '"x"' }],
] as const)("%s with %i has no body and keeps its headers", async (method, status, headers) => {
  const { port } = await front((_request, response) => {
    response.writeHead(status, headers);
    response.end();
  });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let n = 0; n < 2; n++) {
    const answer = await ask(port, { method, agent });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(headers);
    expect(answer.raw).toHaveLength(0);
  }
  agent.destroy();
});

test("several headers of one name, a status text and trailers arrive as they were sent", async () => {
  const { port } = await front((_request, response) => {
    response.writeHead(299, "Quite Fine", { "set-cookie": ["a=1", "b=2"], trailer: "x-sum" });
    response.write("body");
    response.addTrailers({ "x-sum": "42" });
    response.end();
  });
  const answer = await ask(port);
  expect(answer).toMatchObject({ status: 299, body: "body", trailers: { "x-sum": "42" } });
  expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
  expect(await rawAsk(port, `GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 299 Quite Fine\r\n/,
  );
});

test("a large upload and a large answer arrive whole, with a length and without", async () => {
  const { port } = await front((request, response) => {
    response.writeHead(200, { "x-length": request.headers["content-length"] ?? "none" });
    request.pipe(response);
  });
  const body = randomBytes(8 * 2 ** 20);
  const sum = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
  const known = await ask(port, { method: "POST", body });
  expect(sum(known.raw)).toBe(sum(body));
  expect(known.headers["x-length"]).toBe(String(body.length));
  const chunked = await ask(port, { method: "PUT", body, headers: { "transfer-encoding": "chunked" } });
  expect(sum(chunked.raw)).toBe(sum(body));
  expect(chunked.headers["x-length"]).toBe("none");
});

test("a client that does not read holds the service back, and a service that does not read its client", async () => {
  let sent = 0;
  let stalled = false;
  const { port } = await front((request, response) => {
    if (request.method === "POST") return void request.pause();
    const chunk = Buffer.alloc(65_536);
    const more = (): void => {
      while (response.write(chunk)) sent += chunk.length;
      stalled = true;
    };
    response.on("drain", more);
    more();
  });
  const { socket } = rawSocket(port);
  socket.pause();
  socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
  await until(() => stalled);
  // Without back-pressure this would go on for ever; the socket buffers of the machine are the only store.
  expect(await settled(() => sent)).toBeLessThan(64 * 2 ** 20);

  const up = connect(port, "127.0.0.1");
  onTestFinished(() => void up.destroy());
  const total = 256 * 2 ** 20;
  up.write(`POST / HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${total}\r\n\r\n`);
  const piece = Buffer.alloc(65_536);
  let taken = 0;
  const push = (): void => {
    while (taken < total && up.write(piece)) taken += piece.length;
  };
  up.on("drain", push);
  push();
  expect(await settled(() => taken)).toBeLessThan(64 * 2 ** 20);
});

test("server-sent events come one by one, the head before the first of them", async () => {
  let stream: http.ServerResponse | undefined;
  const { port } = await front((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    stream = response;
  });
  const { socket, read } = rawSocket(port);
  socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
  await until(() => read().includes("text/event-stream"));
  for (const n of [1, 2, 3]) {
    stream?.write(`data: ${n}\n\n`);
    await until(() => read().includes(`data: ${n}`));
  }
  expect(read()).not.toContain("data: 4");
});

test("a client is told to continue when a replica takes its body, and not when nobody does", async () => {
  const { gateway, port } = await front((request, response) => request.pipe(response));
  const { socket, read } = rawSocket(port);
  socket.write(`POST / HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\n`);
  await until(() => read().startsWith("HTTP/1.1 100 Continue\r\n\r\n"));
  socket.write("body");
  await until(() => read().includes("body"));
  expect(read().match(/HTTP\/1\.1/g)).toHaveLength(2);
  const refused = await rawAsk(
    port,
    "POST / HTTP/1.1\r\nhost: no.localhost\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\n",
  );
  expect(refused).toMatch(/^HTTP\/1\.1 404 /);
  expect(refused.toLowerCase()).toContain("connection: close");
  expect((await ask(port, { headers: { expect: "wonders" } })).status).toBe(417);
  expect(gateway.inFlight(key("r1"))).toBe(0);
});

test("an answer that does not begin in time is 504, and the service sees its connection close", async () => {
  let closed = 0;
  const { port, lines, gateway } = await front((_request, response) => void response.on("close", () => (closed += 1)), {
    requestMs: 30,
  });
  expect((await ask(port)).status).toBe(504);
  await until(() => closed === 1);
  expect(lines[0]).toMatchObject({ status: 504, fault: "timeout" });
  expect(gateway.inFlight(key("r1"))).toBe(0);
});

test("a body that stops coming is 408", async () => {
  const { port, lines } = await front((request) => void request.resume(), { limits: { bodyIdleMs: 40 } });
  const { socket, read } = rawSocket(port);
  socket.write(`POST / HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 10\r\n\r\nab`);
  await until(() => read().includes("\r\n\r\n"));
  expect(read()).toMatch(/^HTTP\/1\.1 408 /);
  expect(read().toLowerCase()).toContain("connection: close");
  expect(lines[0]).toMatchObject({ status: 408, fault: "slow-body", bytesIn: 2 });
});

test("an answer that comes before the body is all there reaches a client that goes on sending", async () => {
  const { port, lines } = await front((_request, response) => {
    response.writeHead(413).end("too large");
  });
  const answer = await ask(port, { method: "POST", body: Buffer.alloc(4 * 2 ** 20) });
  expect(answer).toMatchObject({ status: 413, body: "too large" });
  expect(lines[0]).toMatchObject({ status: 413 });
});

test("an answer that began while the body still came is not bound to the time in which it should begin", async () => {
  let answering: http.ServerResponse | undefined;
  let whole = false;
  const { port } = await front(
    (request, response) => {
      if (request.url === "/silent") return;
      response.write("begun ");
      answering = response;
      request.resume().on("end", () => (whole = true));
    },
    { requestMs: 20 },
  );
  const { socket, read } = rawSocket(port);
  socket.write(`POST / HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 2\r\n\r\na`);
  await until(() => read().includes("begun"));
  socket.write("b");
  await until(() => whole);
  // This one's time began later and is over: so would be the first one's.
  expect((await ask(port, { path: "/silent" })).status).toBe(504);
  answering?.end("ended");
  await until(() => read().includes("ended"));
});

test("a client that goes away ends the request at the service", async () => {
  let closed = false;
  const { port, lines, gateway } = await front((_request, response) => void response.on("close", () => (closed = true)));
  const { socket } = rawSocket(port);
  socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
  await until(() => gateway.inFlight(key("r1")) === 1);
  socket.destroy();
  await until(() => closed);
  await until(() => lines.length === 1);
  expect(lines[0]).toMatchObject({ status: 0, fault: "client-gone" });
  expect(gateway.traffic().revisions[0]?.requests).toEqual({ "0xx": 1 });
  expect(gateway.inFlight(key("r1"))).toBe(0);
});

test("an answer that breaks off is never made to look whole", async () => {
  const { port, lines } = await front((_request, response) => {
    response.write("half", () => response.destroy());
  });
  await expect(ask(port)).rejects.toThrow();
  expect(lines[0]).toMatchObject({ fault: "connection-lost" });
});

/** A service that answers so many requests on its first connection and then breaks it, and answers on those that come later. */
async function breaking(after: number, mode: "lives" | "dies"): Promise<{ port: number; asked: () => number }> {
  let asked = 0;
  let connections = 0;
  const server = createServer((socket) => {
    const first = (connections += 1) === 1;
    let here = 0;
    socket.on("error", () => {});
    socket.on("data", () => {
      asked += 1;
      if (!first || (here += 1) <= after) return void socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      if (mode === "dies") server.close();
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as { port: number }).port, asked: () => asked };
}

test.each([
  ["GET on a connection that was used before is sent again on another", "GET", 1, "lives", 200, 1],
  ["POST is never sent twice", "POST", 1, "lives", 502, 0],
  ["GET on a fresh connection has been seen, and is not sent again", "GET", 0, "lives", 502, 0],
  ["GET that the service died over is given to nobody else", "GET", 1, "dies", 502, 1],
] as const)("a connection that breaks: %s", async (_rule, method, before, mode, status, retries) => {
  const service = await breaking(before, mode);
  const { gateway } = await gatewayFor();
  await gateway.configure(table(all("r1")));
  gateway.setEndpoints(key("r1"), [{ id: "a", port: service.port }]);
  for (let turn = 0; turn < before; turn += 1) expect((await ask(gateway.port)).status).toBe(200);
  expect((await ask(gateway.port, { method, ...(method === "POST" && { body: "x" }) })).status).toBe(status);
  expect(gateway.traffic().revisions[0]?.retries).toBe(retries);
  expect(service.asked()).toBe(before + 1 + (status === 200 ? 1 : 0));
});

test("a request that a replica refused to connect for goes to another, whatever its method", async () => {
  const { port } = await upstream((request, response) => void request.pipe(response));
  const gone = await upstream((_request, response) => void response.end());
  await gone.stop();
  const { gateway } = await gatewayFor();
  await gateway.configure(table(all("r1")));
  gateway.setEndpoints(key("r1"), [
    { id: "dead", port: gone.port },
    { id: "alive", port },
  ]);
  for (let n = 0; n < 6; n++) {
    const answer = await ask(gateway.port, { method: "POST", body: `body ${n}` });
    expect(answer).toMatchObject({ status: 200, body: `body ${n}` });
  }
  expect(gateway.traffic().revisions[0]?.retries).toBeGreaterThan(0);
});

test("a request waits when the only replica refuses, and is served when it is back", async () => {
  const gone = await upstream((_request, response) => void response.end());
  await gone.stop();
  const { gateway, wanted } = await gatewayFor();
  await gateway.configure(table(all("r1")));
  gateway.setEndpoints(key("r1"), [{ id: "a", port: gone.port }]);
  const waiting = ask(gateway.port, { method: "POST", body: "x" });
  await until(() => wanted.length > 0);
  const back = http.createServer((request, response) => void request.pipe(response));
  await new Promise<void>((resolve) => back.listen(gone.port, "127.0.0.1", resolve));
  onTestFinished(() => {
    back.close();
    back.closeAllConnections();
  });
  expect(await waiting).toMatchObject({ status: 200, body: "x" });
});
