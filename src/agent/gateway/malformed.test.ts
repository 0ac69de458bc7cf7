import * as fc from "fast-check";
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

type Seen = { method: string; url: string; body: string };

async function front(options: Parameters<typeof gatewayFor>[0] = {}) {
  const seen: Seen[] = [];
  const { port } = await upstream((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("latin1")));
    request.on("end", () => {
      seen.push({ method: request.method ?? "", url: request.url ?? "", body });
      response.end("ok");
    });
  });
  const { gateway } = await gatewayFor(options);
  await gateway.configure(table(all("r1")));
  gateway.setEndpoints(key("r1"), [{ id: "a", port }]);
  return { seen, port: gateway.port, gateway };
}

const get = `GET /smuggled HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
const head = (rest: string, line = "POST / HTTP/1.1"): string => `${line}\r\nHost: ${host}\r\n${rest}`;

test.each<readonly [string, string, number]>([
  ["a length and a transfer coding", head(`Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${get}`), 400],
  ["a transfer coding and a length", head(`Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n${get}`), 400],
  ["two different lengths", head(`Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde${get}`), 400],
  ["two equal lengths", head(`Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde${get}`), 400],
  ["a list of lengths", head(`Content-Length: 5, 5\r\n\r\nabcde${get}`), 400],
  ["a length with a sign", head(`Content-Length: +5\r\n\r\nabcde${get}`), 400],
  ["a negative length", head(`Content-Length: -5\r\n\r\nabcde${get}`), 400],
  ["a length in hex", head(`Content-Length: 0x5\r\n\r\nabcde${get}`), 400],
  ["a length beyond all numbers", head(`Content-Length: 99999999999999999999999\r\n\r\n${get}`), 400],
  ["an empty length", head(`Content-Length: \r\n\r\n${get}`), 400],
  ["a folded header", head(`X-A: 1\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`), 400],
  ["a folded first header", `GET / HTTP/1.1\r\n Host: ${host}\r\n\r\n`, 400],
  ["a bare line feed after the request line", `GET / HTTP/1.1\nHost: ${host}\r\n\r\n`, 400],
  ["bare line feeds only", `GET / HTTP/1.1\nHost: ${host}\n\n`, 400],
  ["a bare line feed in a header", head(`X-A: 1\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`), 400],
  ["a bare carriage return in a header", head(`X-A: 1\rX-B: 2\r\n\r\n`), 400],
  ["a space before the colon", head(`Content-Length : 5\r\n\r\nabcde`), 400],
  ["a space before the colon of the coding", head(`Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`), 400],
  ["a coding that is not chunked", head(`Transfer-Encoding: identity\r\n\r\nabc`), 400],
  ["a coding before chunked", head(`Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`), 400],
  ["a coding after chunked", head(`Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`), 400],
  ["chunked twice", head(`Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`), 400],
  ["chunked with a tab and a tail", head(`Transfer-Encoding: chunked\tx\r\n\r\n0\r\n\r\n`), 400],
  ["a chunk of no size", head(`Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`), 400],
  ["a chunk of a negative size", head(`Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n`), 400],
  ["a chunk of a size beyond all numbers", head(`Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n`), 400],
  ["a chunk longer than it says", head(`Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n`), 400],
  ["a target in absolute form", head("\r\n", `GET http://${host}/ HTTP/1.1`), 400],
  ["a target in absolute form with another host", head("\r\n", `GET http://other/ HTTP/1.1`), 400],
  ["a target in authority form", head("\r\n", `GET ${host}:80 HTTP/1.1`), 400],
  ["an asterisk as target", head("\r\n", `OPTIONS * HTTP/1.1`), 400],
  ["CONNECT", head("\r\n", `CONNECT ${host}:80 HTTP/1.1`), 400],
  ["TRACE", head("\r\n", `TRACE / HTTP/1.1`), 405],
  ["a method that nobody knows", head("\r\n", `HELLO / HTTP/1.1`), 400],
  ["a NUL in the target", head("\r\n", `GET /\0 HTTP/1.1`), 400],
  ["a NUL in a header", head(`X-A: \0\r\n\r\n`), 400],
  ["a space in the target", head("\r\n", `GET /a b HTTP/1.1`), 400],
  ["HTTP/0.9", `GET /\r\n\r\n`, 400],
  ["HTTP/2.0", head("\r\n", `GET / HTTP/2.0`), 400],
  ["HTTP/9.9", head("\r\n", `GET / HTTP/9.9`), 400],
  ["HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  [
    "a switch to h2c",
    head(`Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`, "GET / HTTP/1.1"),
    400,
  ],
  [
    "a switch with a body",
    head(`Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n\r\nabc`, "GET / HTTP/1.1"),
    400,
  ],
  ["a TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
  ["no host", `GET / HTTP/1.1\r\n\r\n`, 400],
  ["two hosts", head(`Host: other\r\n\r\n`, "GET / HTTP/1.1"), 400],
  ["a host with a path", `GET / HTTP/1.1\r\nHost: ${host}/x\r\n\r\n`, 400],
  ["a host with credentials", `GET / HTTP/1.1\r\nHost: a@${host}\r\n\r\n`, 400],
  ["a header without a name", head(`: x\r\n\r\n`), 400],
  ["a header without a colon", head(`nonsense\r\n\r\n`), 400],
  ["a huge header", head(`X-A: ${"a".repeat(20_000)}\r\n\r\n`), 431],
  ["a huge target", head("\r\n", `GET /${"a".repeat(20_000)} HTTP/1.1`), 431],
  ["too many headers", head(`${Array.from({ length: 200 }, (_, n) => `X-${n}: 1\r\n`).join("")}\r\n`, "GET / HTTP/1.1"), 431],
])("%s is refused, and reaches no service", async (_name, bytes, status) => {
  const { seen, port } = await front({ limits: { headerMs: 200, bodyIdleMs: 200 } });
  const { socket, read } = rawSocket(port);
  socket.write(Buffer.from(bytes, "latin1"));
  await until(() => read().includes("\r\n\r\n"));
  expect(read()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  // What follows a refused request on its connection is nobody's request.
  expect(seen.filter(({ url }) => url === "/smuggled")).toEqual([]);
  expect(seen.every(({ body }) => body === "")).toBe(true);
  expect((await ask(port)).body).toBe("ok");
});

test.each([
  ["headers", `GET / HTTP/1.1\r\nHost: ${host}\r\nX-A: `],
  ["a request line", "GET /"],
])("%s that never end are 408", async (_name, bytes) => {
  const { port } = await front({ limits: { headerMs: 100 } });
  expect(await rawAsk(port, bytes)).toMatch(/^HTTP\/1\.1 408 /);
});

test("what hides in a body stays in the body, whoever shares the connection behind", async () => {
  const { seen, port } = await front();
  const hidden = `0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const attack = rawAsk(port, `${head(`Content-Length: ${hidden.length}\r\nConnection: close\r\n\r\n`)}${hidden}`);
  const others = await Promise.all(Array.from({ length: 20 }, (_, n) => ask(port, { path: `/other/${n}` })));
  await attack;
  expect(others.every(({ body, status }) => status === 200 && body === "ok")).toBe(true);
  expect(seen.filter(({ url }) => url === "/smuggled")).toEqual([]);
  expect(seen.find(({ method }) => method === "POST")?.body).toBe(hidden);
  expect(seen).toHaveLength(21);
});

test("bytes after a good request cannot be taken for its answer", async () => {
  const { port, gateway } = await front();
  gateway.pause("dev", "api", { forMs: 60_000 });
  const { socket, read } = rawSocket(port);
  let closed = false;
  socket.on("close", () => (closed = true));
  socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\nnonsense\r\n\r\n`);
  await until(() => closed);
  expect(read()).toBe("");
});

test("requests that are sent one behind the other are answered in their order", async () => {
  const { port } = await front();
  const text = await rawAsk(
    port,
    `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\nGET / HTTP/1.1\r\nHost: no.localhost\r\n\r\nGET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
  );
  expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(["200", "404", "200"]);
});

test("whatever bytes come, the gateway answers the next client", async () => {
  const { port, seen, gateway } = await front({ limits: { headerMs: 200, bodyIdleMs: 200 } });
  const pieces = fc.constantFrom(
    "GET / HTTP/1.1\r\n",
    "POST /x HTTP/1.1\r\n",
    `Host: ${host}\r\n`,
    "Host: a\r\n",
    "Content-Length: 3\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n",
    "Expect: 100-continue\r\n",
    "X-Gantry-Revision: r1\r\n",
    "Cookie: gantry-visitor=;;==\r\n",
    "Traceparent: 00-\r\n",
    "Connection: host, content-length\r\n",
    "\r\n",
    "\n",
    "\r",
    "3\r\nabc\r\n",
    "0\r\n\r\n",
    "\0",
    " ",
  );
  const bytes = fc
    .array(fc.oneof({ weight: 6, arbitrary: pieces }, { weight: 1, arbitrary: fc.string({ maxLength: 20, unit: "binary" }) }), {
      maxLength: 12,
    })
    .map((all) => Buffer.from(all.join(""), "latin1"));
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { minLength: 8, maxLength: 8 }), async (batch) => {
      for (const one of batch) {
        const { socket } = rawSocket(port);
        socket.end(one);
      }
      expect((await ask(port)).body).toBe("ok");
    }),
    { numRuns: 150, seed: 20_261_121 },
  );
  expect(seen.length).toBeGreaterThan(150);
  await until(() => gateway.inFlight(key("r1")) === 0);
  onTestFinished(() => expect(gateway.parked("dev", "api")).toBe(0));
});
