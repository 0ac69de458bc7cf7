import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../src/system/free-port.ts";
import { type TestDatabase, type TestPostgres, startPostgres } from "../support/examples-postgres.ts";
import { root } from "../support/gantry.ts";
import { type Project, ask, makeProject, until } from "../support/platform.ts";

// `gantry server`: at an address that was given, behind a name that was given, on a database that was given.

let postgres: TestPostgres;
let database: TestDatabase;
let port: number;
const projects: Project[] = [];
const servers: ChildProcess[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.database();
  port = await freePort();
}, 60_000);
afterAll(async () => {
  for (const server of servers) if (server.exitCode === null && server.kill()) await once(server, "exit");
  for (const project of projects) await project.remove();
  await postgres.stop();
});

function serve(at: number): { readonly project: Project; readonly server: ChildProcess; readonly said: () => string } {
  const project = makeProject("releases");
  projects.push(project);
  const args = ["server", "--listen", `127.0.0.1:${at}`, "--url", "https://gantry.example.com"];
  const server = spawn(process.execPath, [path.join(root, "dist/run/main.js"), ...args], {
    cwd: project.folder,
    env: { ...project.env, DATABASE_URL: database.ownerUrl },
    stdio: ["ignore", "ignore", "pipe"],
  });
  servers.push(server);
  let text = "";
  server.stderr?.setEncoding("utf8").on("data", (more: string) => (text += more));
  return { project, server, said: () => text };
}

test("answers under its name, keeps its log where it was told to, and shares that with no other", async () => {
  const { project, server } = serve(port);
  const ready = async () => (await ask(port, "gantry.example.com", "/readyz")).status;
  expect(await until("it is ready", ready, (status) => status === 200)).toBe(200);
  expect((await ask(port, "evil.example", "/readyz")).status).toBe(421);

  const { url } = await project.json<{ url: string }>("open", "--console");
  expect(url).toMatch(/^https:\/\/gantry\.example\.com\/login\//);
  const entered = await ask(port, "gantry.example.com", new URL(url).pathname);
  const [cookie] = entered.headers["set-cookie"] ?? [];
  expect(cookie).toMatch(/^__Host-gantry_session_\d+=.*; HttpOnly; Secure; SameSite=Strict$/);

  await project.json("token", "create", "watcher", "--may", "viewer:*/*");
  expect(await database.asOwner("select subject from event where kind = 'token.created'")).toEqual([{ subject: "watcher" }]);

  const second = serve(await freePort());
  const [status] = (await once(second.server, "exit")) as [number];
  expect([status === 0, second.said()]).toEqual([false, expect.stringContaining("another gantry server has this database")]);

  // Without its database it does not begin another log somewhere else.
  server.kill("SIGTERM");
  await once(server, "exit");
  const { status: after, err } = await project.run("up", "held");
  expect([after === 0, err]).toEqual([false, expect.stringContaining("gantry server")]);
}, 120_000);

test.each([
  [["--listen", "0.0.0.0:4000"], "TLS"],
  [["--listen", "0.0.0.0:4000", "--url", "http://gantry.example.com"], "TLS"],
  [["--listen", "nowhere"], "listen"],
  [["--url", "ftp://x"], "address"],
])("%j is refused before anything is started", async (args, says) => {
  const project = makeProject("releases");
  projects.push(project);
  const { status, err } = await project.run("server", ...args);
  expect([status, err]).toEqual([2, expect.stringContaining(says)]);
});
