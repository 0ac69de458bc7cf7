import { existsSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../src/system/free-port.ts";
import { type TestDatabase, type TestPostgres, startPostgres } from "../support/examples-postgres.ts";
import { type Project, ask, makeProject, processesOf, until } from "../support/platform.ts";
import { type Serving, ready, serve as serveWith } from "../support/serving.ts";

// `gantry server`: at an address that was given, behind a name that was given, on a database that was given; how it begins and how it ends.

const host = "gantry.example.com";
let postgres: TestPostgres;
let database: TestDatabase;
let port: number;
let project: Project;
let server: Serving;
const projects: Project[] = [];
const servers: Serving[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.database();
  port = await freePort();
  project = aProject();
}, 60_000);
afterAll(async () => {
  await Promise.all(servers.map((one) => one.stop()));
  for (const one of projects) await one.remove();
  await postgres.stop();
});

function aProject(): Project {
  const made = makeProject("releases");
  projects.push(made);
  return made;
}

function serve(of: Project, at: number, address = database.ownerUrl): Serving {
  const started = serveWith(of, ["--listen", `127.0.0.1:${at}`, "--url", `https://${host}`], { DATABASE_URL: address });
  servers.push(started);
  return started;
}

const readyAt = async (at: number) => (await ask(at, host, "/readyz")).status;
test("answers under its name, keeps its log where it was told to, and shares that with no other folder", async () => {
  server = serve(project, port);
  await ready(port, host);
  expect((await ask(port, "evil.example", "/readyz")).status).toBe(421);

  const { url } = await until(
    "it has the platform",
    () => project.json<{ url: string }>("open", "--console"),
    () => true,
  );
  expect(url).toMatch(/^https:\/\/gantry\.example\.com\/login\//);
  const entered = await ask(port, host, new URL(url).pathname);
  const [cookie] = entered.headers["set-cookie"] ?? [];
  expect(cookie).toMatch(/^__Host-gantry_session_\d+=.*; HttpOnly; Secure; SameSite=Strict$/);

  await project.json("token", "create", "watcher", "--may", "viewer:*/*");
  expect(await database.asOwner("select subject from event where kind = 'token.created'")).toEqual([{ subject: "watcher" }]);

  const elsewhere = aProject();
  const second = serve(elsewhere, await freePort());
  expect([await second.ended(), second.said()]).toEqual([3, expect.stringContaining("another gantry server has this database")]);
  await until(
    "its agent is gone, too",
    () => processesOf(elsewhere.folder),
    ({ length }) => length === 0,
  );
  leftNothing(elsewhere);
}, 120_000);

test("one more at the same port says so and ends, and the first goes on", async () => {
  const second = serve(project, port);
  expect([await second.ended(), second.said()]).toEqual([
    3,
    expect.stringContaining(`somebody else listens at 127.0.0.1:${port}`),
  ]);
  expect(await readyAt(port)).toBe(200);
});

test("goes on when its database was away for a moment", async () => {
  await postgres.restart("immediate");
  await ready(port, host);
  const { token } = await until(
    "it gives out tokens",
    () => project.json<{ token: string }>("token", "create", "later", "--may", "viewer:*/*"),
    ({ token }) => token.startsWith("gty_"),
  );
  expect((await ask(port, host, "/v1/whoami", { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  expect(server.server.exitCode).toBe(null);
  // Nobody else gets in meanwhile, nor afterwards.
  const locks = () =>
    database.asOwner<{ pid: number }>("select pid from pg_locks where locktype = 'advisory' and objid = 7241 and granted");
  expect(await until("it has it again", locks, ({ length }) => length === 1)).toHaveLength(1);
});

test("asked to end, it answers what it has in hand, ends streams as streams end, and leaves nothing at its port", async () => {
  const { token } = await project.json<{ token: string }>("token", "create", "leaving", "--may", "admin:*/*");
  const reading = await fetch(`http://127.0.0.1:${port}/v1/events/stream`, {
    headers: { authorization: `Bearer ${token}`, host: `127.0.0.1:${port}` },
  });
  const stream = reading.text();
  const slow = halfSaid(port, token);
  await slow.begun;
  server.server.kill("SIGTERM");
  await until(
    "it says that it is about to end",
    () => readyAt(port),
    (status) => status === 503,
  );
  slow.sayTheRest();
  expect(await slow.answer).toMatch(/^HTTP\/1\.1 404 [\s\S]*unknown-token/);
  // As it stands, and not broken off.
  expect(await stream).toMatch(/^retry: \d+\n\n/);
  expect(await server.ended()).toBe(0);
  await expect(ask(port, host, "/readyz")).rejects.toMatchObject({ code: "ECONNREFUSED" });

  // Without its database it does not begin another log somewhere else.
  const { status: after, err } = await project.run("up", "held");
  expect([after === 0, err]).toEqual([false, expect.stringContaining("gantry server")]);
}, 60_000);

test("killed, it leaves nothing at its port, and comes back with what it had", async () => {
  server = serve(project, port);
  await ready(port, host);
  server.server.kill("SIGKILL");
  await server.ended();
  await until(
    "nobody is there",
    () =>
      ask(port, host, "/readyz").then(
        () => "answered",
        ({ code }: NodeJS.ErrnoException) => code,
      ),
    (seen) => seen === "ECONNREFUSED",
  );
  server = serve(project, port);
  await ready(port, host);
  const { tokens } = await until(
    "it has the platform",
    () => project.json<{ tokens: { name: string }[] }>("token", "list"),
    () => true,
  );
  expect(tokens.map(({ name }) => name)).toEqual(expect.arrayContaining(["watcher", "later", "leaving"]));
}, 60_000);

describe("a database that cannot be used is said in words, and its password nowhere", () => {
  const given = (change: (url: URL) => void) => () => {
    const url = new URL(database.ownerUrl);
    url.password = "s3cret-and-wrong";
    change(url);
    return url.href;
  };
  test.each([
    ["of a wrong password", given(() => {}), "the password is wrong"],
    ["that is not there", given((url) => (url.port = "1")), "nobody listens there"],
    ["on a host that is not there", given((url) => (url.hostname = "nowhere.invalid")), "there is no such host"],
    ["that is no address", () => "postgres://user:s3cret-and-wrong@:host:/x", "no address"],
  ])("%s", async (_, address, says) => {
    const other = aProject();
    const wrong = serve(other, await freePort(), address());
    expect([await wrong.ended(), wrong.said()]).toEqual([5, expect.stringContaining(says)]);
    expect(wrong.said()).toContain("DATABASE_URL");
    expect(wrong.said()).not.toContain("s3cret");
    const log = path.join(other.folder, ".gantry/logs/server.log");
    expect(existsSync(log) ? readFileSync(log, "utf8") : "").not.toContain("s3cret");
    leftNothing(other);
  });
});

test.each([
  [["--listen", "0.0.0.0:4000"], "TLS"],
  [["--listen", "0.0.0.0:4000", "--url", "http://gantry.example.com"], "TLS"],
  [["--listen", "nowhere"], "listen"],
  [["--url", "ftp://x"], "address"],
])("%j is refused before anything is started", async (args, says) => {
  const { status, err } = await aProject().run("server", ...args);
  expect([status, err]).toEqual([2, expect.stringContaining(says)]);
});

/** There is nothing that a server would have to be started for to end it. */
function leftNothing({ folder }: Project): void {
  expect(processesOf(folder)).toEqual([]);
  rmSync(path.join(folder, ".gantry"), { recursive: true });
}

/** Something that changes, of which one half has come. */
function halfSaid(at: number, token: string) {
  const body = JSON.stringify({ graceMs: 0, lastsMs: 60_000 });
  const head = [
    "POST /v1/tokens/tok-none/rotate HTTP/1.1",
    `host: ${host}`,
    `authorization: Bearer ${token}`,
    "content-type: application/json",
    `content-length: ${body.length}`,
  ];
  const socket = connect(at, "127.0.0.1");
  let text = "";
  socket.setEncoding("utf8").on("data", (more: string) => (text += more));
  const begun = new Promise<void>((resolve, reject) => {
    socket.once("error", reject).write(`${head.join("\r\n")}\r\n\r\n${body.slice(0, 10)}`, () => resolve());
  });
  return {
    begun,
    sayTheRest: () => socket.write(body.slice(10)),
    answer: new Promise<string>((resolve) => socket.once("close", () => resolve(text))),
  };
}
