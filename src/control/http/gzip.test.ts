import { gunzipSync } from "node:zlib";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { takesGzip, zippedOf } from "./gzip.ts";

test.each([
  ["gzip", true],
  ["deflate, GZIP;q=0.5, br", true],
  ["*", true],
  ["x-gzip", true],
  ["*;q=0.1, identity;q=0", true],
  ["", false],
  ["br, deflate", false],
  ["gzip;q=0", false],
  ["gzip; q=0.000, *", false],
  ["*;q=0", false],
  ["gzip;q=many", false],
  ["gzipped", false],
])("whoever sends %j is answered packed: %s", async (sent, takes) => {
  const app = new Hono().get("/", (context) => context.text(String(takesGzip(context))));
  expect(await (await app.request("/", { headers: { "accept-encoding": sent } })).text()).toBe(String(takes));
});

test.each(["often", "once"] as const)("what was packed %s is the same again", async (how) => {
  const bytes = new TextEncoder().encode("over and over ".repeat(1_000));
  const packed = await zippedOf(bytes, how);
  expect(packed.length).toBeLessThan(bytes.length / 10);
  expect(gunzipSync(packed)).toEqual(Buffer.from(bytes));
});
