import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { consoleRoutes } from "./console.ts";

const folder = mkdtempSync(path.join(tmpdir(), "gantry-console-"));
const script = "const wide = 'open';\n".repeat(200);
const picture = Buffer.alloc(4_000, 7);

beforeAll(() => {
  mkdirSync(path.join(folder, "assets"));
  writeFileSync(path.join(folder, "index.html"), "<!doctype html>");
  writeFileSync(path.join(folder, "assets/main-1.js"), script);
  writeFileSync(path.join(folder, "assets/small-1.js"), "1;");
  writeFileSync(path.join(folder, "assets/icon-1.png"), picture);
});
afterAll(() => rmSync(folder, { recursive: true }));

const got = async (target: string, takes: string) => {
  const answer = await consoleRoutes(folder).request(target, { headers: { "accept-encoding": takes } });
  const { headers } = answer;
  return {
    status: answer.status,
    packed: headers.get("content-encoding"),
    vary: headers.get("vary"),
    body: Buffer.from(await answer.arrayBuffer()),
  };
};

test("what is long and of text comes packed to whoever takes it so", async () => {
  const [packed, plain] = [await got("/assets/main-1.js", "gzip"), await got("/assets/main-1.js", "br")];
  expect([packed.status, packed.packed, packed.vary]).toEqual([200, "gzip", "accept-encoding"]);
  expect([plain.status, plain.packed, plain.vary]).toEqual([200, null, "accept-encoding"]);
  expect(gunzipSync(packed.body).toString()).toBe(script);
  expect(plain.body.toString()).toBe(script);
});

test.each([
  ["/assets/small-1.js", Buffer.from("1;")],
  ["/assets/icon-1.png", picture],
  ["/anywhere/in/the/page", Buffer.from("<!doctype html>")],
])("%s comes as it is", async (target, body) => {
  const { status, packed, body: found } = await got(target, "gzip");
  expect([status, packed, found.equals(body)]).toEqual([200, null, true]);
});
