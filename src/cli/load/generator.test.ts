import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { freePort } from "../../system/free-port.ts";
import { createArrivals } from "./arrivals.ts";
import { type GeneratorOptions, startGenerator } from "./generator.ts";

const servers: Server[] = [];
afterEach(async () => {
  for (const one of servers.splice(0)) {
    one.closeAllConnections();
    await new Promise((resolve) => one.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function start(port: number, more: Partial<GeneratorOptions> & { readonly perSecond?: number; readonly untilMs?: number } = {}) {
  const { perSecond = 100, untilMs = 1_000, ...others } = more;
  return startGenerator({
    target: { port, method: "GET", paths: ["/"], headers: {} },
    arrivals: createArrivals(() => perSecond, { seed: 1, even: true, untilMs }),
    connections: 8,
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    ...others,
  });
}

test("who had to wait for a server that stood still waited, also where nothing had been sent yet", async () => {
  let still = true;
  const held: (() => void)[] = [];
  const port = await serve((_, response) => void (still ? held.push(() => response.end()) : response.end()));
  const generator = start(port, { connections: 1 });
  await sleep(600);
  still = false;
  for (const go of held) go();
  await generator.done;
  const { due, answered, latency, queued, failed } = generator.seen();
  expect([due, answered, failed]).toEqual([99, 99, 0]);
  // One at a time would have said that one was slow; each of those that were due meanwhile was.
  expect(queued).toBeGreaterThanOrEqual(50);
  expect(latency.quantile(0.7)).toBeGreaterThan(100);
  expect(latency.max()).toBeGreaterThanOrEqual(500);
});

test("answers that never come are given up, those that wait for a connection too, and it ends", async () => {
  const port = await serve(() => {});
  const generator = start(port, { connections: 2, timeoutMs: 100, untilMs: 500 });
  await generator.done;
  const { due, failed, errors, answered, inFlight } = generator.seen();
  expect([answered, failed, inFlight, errors]).toEqual([0, due, 0, { timeout: due }]);
});

test("errors are told apart", async () => {
  const closed = start(await freePort(), { perSecond: 20 });
  await closed.done;
  expect(closed.seen().errors).toEqual({ refused: 19 });

  let turn = 0;
  const port = await serve((request, response) => {
    turn += 1;
    if (turn % 2 === 0) request.socket.destroy();
    else response.writeHead(503).end();
  });
  const broken = start(port, { perSecond: 20 });
  await broken.done;
  const { errors, classes, failed } = broken.seen();
  expect([Object.keys(errors).toSorted(), failed]).toEqual([["reset", "status 503"], 19]);
  expect(classes["5xx"]).toBe(errors["status 503"]);
});

test("who stops it stops it at once, with what is under way", async () => {
  const port = await serve(() => {});
  const stop = new AbortController();
  const generator = start(port, { signal: stop.signal, untilMs: 3_600_000 });
  await sleep(100);
  stop.abort();
  await generator.done;
  expect(generator.seen()).toMatchObject({ answered: 0, failed: 0 });
});
