import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { answers } from "./json-over-socket.ts";
import { createJsonServer } from "./json-server.ts";
import { ownSocket } from "./own-socket.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "gantry-own-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("one has it, and nobody else until it is released; only its owner can open it", async () => {
  const file = path.join(folder, "one.sock");
  const first = await ownSocket(file, path.join(folder, "lock"));
  const server = createJsonServer([{ method: "GET", path: "/v1/health", answer: () => ({ ok: true }) }]);
  await first?.serve(server);
  expect(await answers(file)).toBe(true);
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(await ownSocket(file, path.join(folder, "lock"))).toBeUndefined();
  server.close();
  first?.release();
  expect(existsSync(file)).toBe(false);
  const second = await ownSocket(file, path.join(folder, "lock"));
  expect(second).toBeDefined();
  second?.release();
});

test("what a process that was killed has left does not stand in the way", async () => {
  const file = path.join(folder, "one.sock");
  writeFileSync(file, "");
  const owned = await ownSocket(file, path.join(folder, "lock"));
  const server = createServer((_request, response) => response.end("{}"));
  await owned?.serve(server);
  expect(await answers(file)).toBe(true);
  server.close();
  owned?.release();
});
