import http from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { all, ask, gatewayFor, host, key, rawSocket, table, until, upstream } from "../../../test/support/gateway-harness.ts";

async function echo(name = "") {
  const made = await upstream((_request, response) => void response.writeHead(426).end("upgrade, please"));
  const sockets = new WebSocketServer({ server: made.server });
  const closes: number[] = [];
  sockets.on("connection", (socket) => {
    socket.on("message", (data, isBinary) => socket.send(isBinary ? data : `${name}${String(data)}`, { binary: isBinary }));
    socket.on("close", (code) => closes.push(code));
  });
  onTestFinished(() => {
    for (const one of sockets.clients) one.terminate();
    sockets.close();
  });
  return { ...made, sockets, closes };
}

function open(port: number, path = "/"): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { host } });
  onTestFinished(() => {
    // One that never opened says so when it is ended.
    socket.on("error", () => {});
    socket.terminate();
  });
  return socket;
}

const event = <T>(socket: WebSocket, name: string): Promise<T> =>
  new Promise((resolve, reject) => {
    socket.once(name, resolve as (value: unknown) => void);
    if (name !== "error") socket.once("error", reject);
  });

async function front(port: number) {
  const made = await gatewayFor();
  await made.gateway.configure(table(all("r1")));
  made.gateway.setEndpoints(key("r1"), [{ id: "a", port }]);
  return made;
}

test("a WebSocket carries text and large binary messages both ways, and counts as in flight until it closes", async () => {
  const { port } = await echo("echo ");
  const { gateway, lines } = await front(port);
  const socket = open(gateway.port);
  await event(socket, "open");
  expect(gateway.inFlight(key("r1"))).toBe(1);
  socket.send("hello");
  expect(String(await event<Buffer>(socket, "message"))).toBe("echo hello");
  const big = Buffer.alloc(3 * 2 ** 20, 7);
  socket.send(big);
  expect(big.equals(await event<Buffer>(socket, "message"))).toBe(true);
  socket.close(4_001);
  expect(await event<number>(socket, "close")).toBe(4_001);
  await until(() => gateway.inFlight(key("r1")) === 0);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ status: 101 });
  expect(lines[0]?.bytesOut).toBeGreaterThan(big.length);
});

test("a drain tells both sides of a WebSocket that they are going away, and cuts nothing", async () => {
  const { port, closes } = await echo();
  const { gateway } = await front(port);
  const socket = open(gateway.port);
  await event(socket, "open");
  gateway.removeEndpoint(key("r1"), "a");
  const closed = event<number>(socket, "close");
  expect(await gateway.drained(key("r1"), { deadlineMs: 60_000 })).toEqual({ cut: 0 });
  expect(await closed).toBe(1_001);
  await until(() => closes.length === 1);
  expect(closes).toEqual([1_001]);
});

test("the close frame stands between two frames, however they are cut up on the wire", async () => {
  const server = http.createServer();
  const halves: (() => void)[] = [];
  server.on("upgrade", (_request, socket) => {
    socket.on("error", () => {});
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
    // The first half of a frame of 300 bytes.
    socket.write(Buffer.concat([Buffer.from([0x82, 126, 1, 44]), Buffer.alloc(100, 1)]));
    halves.push(() => socket.write(Buffer.concat([Buffer.alloc(200, 2), Buffer.from([0x81, 2, 104, 105])])));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { gateway } = await front((server.address() as { port: number }).port);
  const chunks: Buffer[] = [];
  const { socket } = rawSocket(gateway.port);
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  const bytes = (): Buffer => {
    const whole = Buffer.concat(chunks);
    const end = whole.indexOf("\r\n\r\n");
    return end < 0 ? Buffer.alloc(0) : whole.subarray(end + 4);
  };
  await until(() => bytes().length === 104);
  gateway.removeEndpoint(key("r1"), "a");
  const drained = gateway.drained(key("r1"), { deadlineMs: 200 });
  halves[0]?.();
  // The rest of the frame, the close frame, and nothing of the next one.
  await until(() => bytes().length >= 304 + 4);
  expect(bytes().subarray(104, 304)).toEqual(Buffer.alloc(200, 2));
  expect(bytes().subarray(304)).toEqual(Buffer.from([0x88, 2, 0x03, 0xe9]));
  // This server never closes: the deadline does.
  expect(await drained).toEqual({ cut: 1 });
});

test("a service that does not switch answers as it likes", async () => {
  const { port } = await upstream((_request, response) => void response.writeHead(403, { "x-why": "no" }).end("no"));
  const { gateway, lines } = await front(port);
  const socket = open(gateway.port);
  const answer = await new Promise<http.IncomingMessage>((resolve) =>
    socket.once("unexpected-response", (_request, one) => resolve(one)),
  );
  answer.resume();
  expect(answer.statusCode).toBe(403);
  expect(answer.headers["x-why"]).toBe("no");
  await until(() => lines.length === 1);
  expect(lines[0]).toMatchObject({ status: 403, bytesOut: 2 });
});

test("a WebSocket waits for a replica as any request does, and is refused in words when none comes", async () => {
  const { port } = await echo();
  const { gateway, wanted } = await gatewayFor();
  await gateway.configure(table(all("r1")));
  const socket = open(gateway.port);
  await until(() => wanted.length === 1);
  gateway.setEndpoints(key("r1"), [{ id: "a", port }]);
  await event(socket, "open");
  socket.close();
  const lost = open(gateway.port);
  gateway.removeEndpoint(key("r1"), "a");
  const answer = new Promise<http.IncomingMessage>((resolve) =>
    lost.once("unexpected-response", (_request, one) => resolve(one)),
  );
  await until(() => gateway.parked("dev", "api") === 1);
  gateway.fail(key("r1"), "gone for good");
  expect((await answer).statusCode).toBe(503);
  (await answer).destroy();
});

test("a client that drops its WebSocket drops it at the service", async () => {
  const { port, closes } = await echo();
  const { gateway } = await front(port);
  const socket = open(gateway.port);
  await event(socket, "open");
  socket.terminate();
  await until(() => closes.length === 1);
  await until(() => gateway.inFlight(key("r1")) === 0);
  expect((await ask(gateway.port)).status).toBe(426);
});

test("closing the gateway tells WebSockets and leaves no connection", async () => {
  const { port, sockets } = await echo();
  const { gateway } = await front(port);
  const socket = open(gateway.port);
  await event(socket, "open");
  const closed = event<number>(socket, "close");
  await gateway.close();
  expect(await closed).toBe(1_001);
  await until(() => sockets.clients.size === 0);
});
