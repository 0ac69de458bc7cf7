import { cpSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PlatformStatus, PreviewView } from "../../src/wire/up.ts";
import { root } from "../support/gantry.ts";
import { type Project, ask, makeProject, until } from "../support/platform.ts";

let project: Project;
let port = 0;
beforeAll(async () => {
  project = makeProject("platform");
  await project.json("up", "dev");
  port = (await project.json<PlatformStatus>("status")).gatewayPort ?? 0;
  await ask(port, "api.dev.localhost", "/api/notes?text=original", { method: "POST" });
});
afterAll(() => project.remove());

const notes = async (host: string) => (await ask(port, host, "/api/notes")).text;
const list = async () => (await project.json<{ previews: readonly PreviewView[] }>("preview", "list")).previews;

test("a preview has its own copy of the data at its own address, and its environment does not notice", async () => {
  expect((await project.run("preview", "create", "pr-42", "--fresh")).status).toBe(0);
  expect(await notes("pr-42---api.dev.localhost")).toContain("original");
  await ask(port, "pr-42---api.dev.localhost", "/api/notes?text=only-here", { method: "POST" });
  await ask(port, "api.dev.localhost", "/api/notes?text=only-there", { method: "POST" });
  expect(await notes("pr-42---api.dev.localhost")).not.toContain("only-there");
  expect(await notes("api.dev.localhost")).not.toContain("only-here");
  expect((await ask(port, "pr-42---dev.localhost", "/")).status).toBe(200);
  expect(await list()).toMatchObject([{ name: "pr-42", of: "dev", state: "up", url: `http://pr-42---dev.localhost:${port}` }]);
});

test("requests wait for what still starts; who wants to know waits, and is told why it does not", async () => {
  expect((await project.run("preview", "create", "early")).status).toBe(0);
  expect((await ask(port, "early---api.dev.localhost", "/api/notes")).status).toBe(200);
  expect((await project.run("preview", "delete", "early")).status).toBe(0);
  const broken = path.join(path.dirname(project.folder), "broken");
  cpSync(path.join(root, "test/fixtures/platform"), broken, { recursive: true });
  writeFileSync(path.join(broken, "services/api.ts"), 'console.error("no such thing"); process.exit(3);\n');
  const waited = await project.run("preview", "create", "broken", "--wait", "--source", broken);
  expect(waited.status).toBe(1);
  expect(waited.err).toContain("no such thing");
  expect((await project.run("preview", "create", "broken", "--source", broken)).status).toBe(0);
  await until(
    "the word on it",
    () => project.run("status"),
    ({ out, err }) => (out + err).includes("ended 5 times in a row"),
  );
  expect((await project.run("preview", "delete", "broken")).status).toBe(0);
});

test("said twice it is the same preview, and keeps its data", async () => {
  expect((await project.run("preview", "create", "pr-42")).status).toBe(0);
  expect(await notes("pr-42---api.dev.localhost")).toContain("only-here");
});

test("when it is deleted nothing of it is left", async () => {
  expect((await project.run("preview", "delete", "pr-42")).status).toBe(0);
  expect(await list()).toEqual([]);
  expect((await ask(port, "pr-42---api.dev.localhost", "/api/notes")).status).toBe(404);
  const left = readdirSync(path.join(project.folder, ".gantry"), { recursive: true }).filter((name) =>
    String(name).includes("pr-42"),
  );
  expect(left).toEqual([]);
  expect(await notes("api.dev.localhost")).toContain("only-there");
});

test("when its time is over it goes by itself", async () => {
  expect((await project.run("preview", "create", "brief", "--ttl", "3s")).status).toBe(0);
  expect(await list()).toHaveLength(1);
  await until("its end", list, (left) => left.length === 0);
  expect(existsSync(path.join(project.folder, ".gantry/logs/dev.brief"))).toBe(false);
});

test.each([
  ["a name that cannot be one", ["create", "../up"], /cannot be a preview's name/],
  ["a preview that is not there", ["delete", "nobody"], /there is no preview nobody/],
  ["a time that is none", ["create", "x", "--ttl", "soon"], /no duration/],
  ["a folder that is not there", ["create", "x", "--source", "/nowhere/at/all"], /there is no folder/],
  ["no verb", ["destroy", "x"], /no verb/],
])("%s is refused clearly", async (_what, args, says) => {
  const { status, err } = await project.run("preview", ...args);
  expect([status, err]).toEqual([2, expect.stringMatching(says)]);
});
