import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type Samples, staleBits } from "../../signals/series.ts";
import { createMetricStore } from "../../signals/store/metric-store.ts";
import { createScraper } from "./scraper.ts";
import type { ScrapeTarget } from "./scrape-target.ts";
import { countedByGateway } from "./traffic-series.ts";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A service whose metrics are what the test says they are. */
async function service(first: string, contentType = "text/plain; version=0.0.4") {
  const shown = { text: first, status: 200, contentType };
  const port = await serve((_, response) => {
    response.writeHead(shown.status, { "content-type": shown.contentType });
    response.end(shown.text);
  });
  return { shown, port };
}

const labels = { service: "api", revision: "api-1", replica: "r1" };

function watch(targets: ScrapeTarget[], limits = {}) {
  const store = createMetricStore();
  let now = 1_700_000_000_000;
  const scraper = createScraper({ targets: () => targets, storeOf: () => store, now: () => now, limits });
  return {
    store,
    scraper,
    round: async () => {
      now += 5_000;
      await scraper.round();
      return scraper.views();
    },
    of: (name: string) => store.select([{ name: "__name__", op: "=", value: name }], 0, now),
    values: (name: string) => store.select([{ name: "__name__", op: "=", value: name }], 0, now).map(shownValues),
  };
}

/** The values, and "stale" where the series ended. */
function shownValues({ values, from, to }: Samples): (number | "stale")[] {
  const bits = new BigUint64Array(values.buffer, values.byteOffset, values.length);
  return Array.from({ length: to - from }, (_, at) => (bits[from + at] === staleBits ? "stale" : (values[from + at] ?? 0)));
}

const at = (port: number, more: Partial<ScrapeTarget> = {}): ScrapeTarget => ({
  environment: "local",
  labels,
  port,
  path: "/metrics",
  ...more,
});

describe("what a service shows", () => {
  test("becomes series with its labels, and what it says of itself does not pass for them", async () => {
    const { port } = await service('jobs_total{queue="a",service="other"} 3\nx NaN\n');
    const { round, of, values } = watch([at(port)]);
    expect(await round()).toMatchObject([{ up: true, samples: 2, unread: 0 }]);
    expect(of("jobs_total").map((one) => one.labels)).toEqual([
      { __name__: "jobs_total", queue: "a", exported_service: "other", ...labels },
    ]);
    expect(values("x")).toEqual([[NaN]]);
    expect(values("up")).toEqual([[1]]);
    expect(values("scrape_samples_scraped")).toEqual([[2]]);
  });

  test("is asked for as OpenMetrics first, unpacked", async () => {
    let asked: unknown;
    const port = await serve((request, response) => {
      asked = request.headers;
      response.writeHead(200, { "content-type": "application/openmetrics-text; version=1.0.0; charset=utf-8" });
      response.end('a_total 1 # {trace_id="x"} 1\n# EOF\n');
    });
    const { round, values } = watch([at(port)]);
    await round();
    expect(asked).toMatchObject({
      accept: expect.stringMatching(/^application\/openmetrics-text.*text\/plain/),
      "accept-encoding": "identity",
    });
    expect(values("a_total")).toEqual([[1]]);
  });

  test("ends where it is no longer shown, and begins again; a counter that was reset stays as it is", async () => {
    const { shown, port } = await service("a_total 5\nb 1\n");
    const { round, values } = watch([at(port)]);
    await round();
    shown.text = "a_total 1\n";
    await round();
    await round();
    shown.text = "a_total 2\nb 3\n";
    await round();
    expect(values("a_total")).toEqual([[5, 1, 1, 2]]);
    expect(values("b")).toEqual([[1, "stale", 3]]);
  });

  test("with times of its own is kept with these, and ends by itself", async () => {
    const { shown, port } = await service("a 5 1700000001000\n");
    const { round, of, values, store } = watch([at(port)]);
    await round();
    shown.text = "a 6 1700000000500\na 7 1700000002000\n";
    await round();
    shown.text = "b 1\n";
    await round();
    expect(of("a").flatMap(({ times, from, to }) => [...times.subarray(from, to)])).toEqual([1700000001000, 1700000002000]);
    expect(values("a")).toEqual([[5, 7]]);
    expect(store.view().dropped).toMatchObject({ outOfOrder: 1 });
  });

  test("leaves out what the gateway counts", async () => {
    const { port } = await service(
      'http_requests_total 1\nhttp_request_duration_seconds_bucket{le="+Inf"} 1\nhttp_request_duration_seconds_sum 1\nhttp_requests_in_flight 2\n',
    );
    const { round, store } = watch([at(port, { leaveOut: countedByGateway })]);
    expect(await round()).toMatchObject([{ samples: 1, leftOut: 3 }]);
    expect(store.labelValues("__name__")).toEqual([
      "http_requests_in_flight",
      "scrape_duration_seconds",
      "scrape_samples_scraped",
      "up",
    ]);
  });
});

describe("a target", () => {
  test("that fails is down, and its series end; when it answers again they go on", async () => {
    const { shown, port } = await service("a 1\n");
    const { round, values } = watch([at(port)]);
    await round();
    shown.status = 500;
    expect(await round()).toMatchObject([{ up: false, reason: "it answered 500" }]);
    shown.status = 200;
    await round();
    expect(values("a")).toEqual([[1, "stale", 1]]);
    expect(values("up")).toEqual([[1, 0, 1]]);
  });

  test("that is gone ends with all that is said of it", async () => {
    const { port } = await service("a 1\n");
    const targets = [at(port)];
    const { round, values } = watch(targets);
    await round();
    targets.pop();
    expect(await round()).toEqual([]);
    expect(values("a")).toEqual([[1, "stale"]]);
    expect(values("up")).toEqual([[1, "stale"]]);
  });

  test("where nobody listens is down", async () => {
    const { port } = await service("");
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    expect(await watch([at(port)]).round()).toMatchObject([{ up: false, reason: "nobody listens at its port" }]);
  });

  test("does not wait for another that is slow, which is not asked twice at once", async () => {
    let asked = 0;
    const slow = await serve(() => (asked += 1));
    const { port } = await service("a 1\n");
    const { scraper, round, values } = watch([at(slow, { labels: { service: "slow" } }), at(port)], { timeoutMs: 2_000 });
    const first = round();
    await expect.poll(() => values("a")).toEqual([[1]]);
    const second = round();
    await expect.poll(() => values("a")).toEqual([[1, 1]]);
    await Promise.all([first, second]);
    expect(asked).toBe(1);
    expect(scraper.views()).toMatchObject([{ up: false, reason: "it did not answer in full within 2000 ms" }, { up: true }]);
  });
});

describe("hostile answers", () => {
  const endless = (piece: string) => async () =>
    serve((_, response) => {
      response.writeHead(200, { "content-type": "text/plain" });
      const more = () => {
        while (!response.destroyed && response.write(piece));
      };
      response.on("drain", more);
      more();
    });

  test.each([
    ["a body without an end", endless("a 1\n".repeat(1_000)), /^it answered more than 1000000 bytes$/],
    ["a line without an end", endless("x".repeat(10_000)), /^it answered more than 1000000 bytes$/],
    ["too many samples", async () => (await service("a 1\n".repeat(3_000))).port, /^it has more than 2000 samples$/],
    [
      "an answer that drips",
      async () =>
        serve((_, response) => {
          const timer = setInterval(() => response.write("a"), 10);
          response.on("close", () => clearInterval(timer));
        }),
      /^it did not answer in full within 500 ms$/,
    ],
    [
      "one that is packed",
      async () => serve((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("x")),
      /packed/,
    ],
    ["another page", async () => (await service("<html>\n<body>\n")).port, /^it shows no metrics$/],
    [
      "one that leads elsewhere",
      async () => serve((_, response) => response.writeHead(302, { location: "/x" }).end()),
      /^it answered 302$/,
    ],
    ["OpenMetrics that breaks off", async () => (await service("a 1\n", "application/openmetrics-text")).port, /# EOF/],
    [
      "a connection that breaks off",
      async () =>
        serve((_, response) => response.writeHead(200, { "content-length": "100" }).write("a 1\n", () => response.destroy())),
      /^it broke off in the middle of its answer$/,
    ],
  ])("%s: nothing of it is taken, and the reason is told", async (_, begin, reason) => {
    const { round, store, values } = watch([at(await begin())], { timeoutMs: 500, maxBytes: 1_000_000, maxSamples: 2_000 });
    const [view] = await round();
    expect(view).toMatchObject({ up: false, samples: 0 });
    expect(view?.reason).toMatch(reason);
    expect(values("up")).toEqual([[0]]);
    expect(store.labelValues("__name__")).not.toContain("a");
  });

  test("a bad line costs itself, and is told with its number", async () => {
    const { port } = await service('a 1\nb{c="} 1\nd 2\n');
    const { round, values } = watch([at(port)]);
    expect(await round()).toMatchObject([{ up: true, samples: 2, unread: 1, problems: [{ line: 2 }] }]);
    expect(values("d")).toEqual([[2]]);
  });

  test("labels that are others each time do not take the room of other services", async () => {
    let n = 0;
    const port = await serve((_, response) => response.end(Array.from({ length: 5_000 }, () => `a{id="${n++}"} 1\n`).join("")));
    const { port: other } = await service("b 1\n");
    const { round, store, values } = watch([at(port), at(other, { labels: { service: "web" } })]);
    for (let turn = 0; turn < 6; turn++) await round();
    const { series, refused, bytes } = store.view();
    expect(series).toBeLessThanOrEqual(10_010);
    expect(refused["api"]).toBeGreaterThan(10_000);
    expect(bytes.all).toBeLessThan(128 * 2 ** 20);
    expect(values("b")).toEqual([[1, 1, 1, 1, 1, 1]]);
  });
});
