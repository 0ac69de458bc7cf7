import type { IncomingHttpHeaders } from "node:http";
import { expect, test } from "vitest";
import { isSampled } from "../../lib/trace-sample.ts";
import { ask, gatewayFor, host, key, table, upstream } from "../../../test/support/gateway-harness.ts";

/** A service behind the gateway, in an environment that is watched as the test says. */
async function watched(more: { unlogged?: readonly { service: string; path: string }[]; traceShare?: number }) {
  const headers: IncomingHttpHeaders[] = [];
  const { port } = await upstream((request, response) => {
    headers.push(request.headers);
    response.writeHead(request.url?.startsWith("/fails") || request.url?.endsWith("/fails") ? 500 : 200).end("x");
  });
  const { gateway, lines } = await gatewayFor();
  const routes = table({ shares: [{ revision: "r1", weight: 100 }] });
  const dev = routes.environments["dev"];
  if (!dev) throw new Error("no environment");
  await gateway.configure({ environments: { dev: { ...dev, ...more } } });
  gateway.setEndpoints(key("r1"), [{ id: "a", port }]);
  return { gateway, lines, headers, get: (path: string, given = {}) => ask(gateway.port, { path, headers: { host, ...given } }) };
}

test("what the spec leaves out is counted and not written down, unless it fails", async () => {
  const { gateway, lines, get } = await watched({
    unlogged: [
      { service: "api", path: "/health" },
      { service: "api", path: "/api/progress/*" },
      { service: "web", path: "/*" },
    ],
  });
  for (const path of ["/health", "/api/progress/7", "/api/progress/fails", "/api/jobs", "/health/deep", "/health?x=1"])
    await get(path);
  expect(lines.map(({ path }) => path)).toEqual(["/api/progress/fails", "/api/jobs", "/health/deep"]);
  const { logged, revisions } = gateway.traffic();
  expect(logged).toEqual([{ environment: "dev", service: "api", written: 3, leftOut: 3 }]);
  expect(revisions[0]?.requests).toEqual({ "2xx": 5, "5xx": 1 });
});

test("of the traces begun here the share is recorded that the spec says; of those begun elsewhere what was decided there", async () => {
  const { headers, get } = await watched({ traceShare: 0.5 });
  for (let n = 0; n < 60; n++) await get("/");
  const flags = headers.map(({ traceparent }) => {
    const [, trace = "", , flag] = String(traceparent).split("-");
    expect(flag).toBe(isSampled(trace, 0.5) ? "01" : "00");
    return flag;
  });
  expect(new Set(flags)).toEqual(new Set(["00", "01"]));
  headers.length = 0;
  for (const flag of ["00", "01"])
    for (const trace of ["0".repeat(31) + "1", "f".repeat(32)])
      await get("/", { traceparent: `00-${trace}-00f067aa0ba902b7-${flag}` });
  expect(headers.map(({ traceparent }) => String(traceparent).slice(-2))).toEqual(["00", "00", "01", "01"]);
});

test.each([
  [0, "00"],
  [undefined, "01"],
] as const)("a share of %s", async (traceShare, flag) => {
  const { headers, get } = await watched(traceShare === undefined ? {} : { traceShare });
  await get("/");
  expect(String(headers[0]?.["traceparent"]).slice(-2)).toBe(flag);
});
