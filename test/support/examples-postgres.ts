import { execFile, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chmod, chown, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { freePort } from "../../src/system/free-port.ts";

const run = promisify(execFile);

/** Where an installed Postgres has its programs; undefined where none is installed. */
export function installedPostgres(): string | undefined {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).toSorted((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => path.join(root, version, "bin")).find((folder) => existsSync(path.join(folder, "initdb")));
}

export type TestDatabase = {
  /** For services: may read and write rows, and nothing else. */
  readonly url: string;
  readonly ownerUrl: string;
  readonly asOwner: <Row>(sql: string) => Promise<Row[]>;
};

export type TestPostgres = {
  /** A database of its own with an example's migrations applied. */
  readonly database: (migrations: string) => Promise<TestDatabase>;
  readonly stop: () => Promise<void>;
};

/** A server of its own on loopback, run by an ordinary user also when the test is root's. */
export async function startPostgres(bin: string): Promise<TestPostgres> {
  const folder = await mkdtemp("/tmp/gantry-examples-pg-");
  const user = await ordinaryUser();
  if (user) await chown(folder, user.uid, user.gid);
  await chmod(folder, 0o700);
  const as = user ? { uid: user.uid, gid: user.gid } : {};
  const data = path.join(folder, "data");
  await run(path.join(bin, "initdb"), ["-D", data, "-U", "admin", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"], {
    ...as,
    cwd: folder,
  });
  const port = await freePort();
  const settings = [
    "fsync=off",
    "full_page_writes=off",
    "listen_addresses=127.0.0.1",
    `unix_socket_directories=${folder}`,
    "shared_buffers=32MB",
  ];
  const server = spawn(path.join(bin, "postgres"), ["-D", data, "-p", String(port), ...settings.flatMap((one) => ["-c", one])], {
    ...as,
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  server.stderr.on("data", (text: Buffer) => (said += text.toString()));
  const ended = new Promise<void>((resolve) => server.on("close", () => resolve()));
  const address = (role: string, database: string): string => `postgres://${role}@127.0.0.1:${port}/${database}`;
  while (!(await answers(address("admin", "postgres"))))
    if (server.exitCode !== null) throw new Error(`postgres did not start: ${said}`);
  await query(address("admin", "postgres"), "create role owner login; create role service login");
  let count = 0;
  return {
    database: async (migrations) => {
      const name = `example_${(count += 1)}`;
      await query(address("admin", "postgres"), `create database ${name} owner owner`);
      const ownerUrl = address("owner", name);
      await query(address("admin", name), "alter schema public owner to owner");
      await query(
        ownerUrl,
        `revoke create on schema public from public;
         alter default privileges grant select, insert, update, delete on tables to service`,
      );
      for (const file of (await readdir(migrations)).toSorted()) {
        const sql = await readFile(path.join(migrations, file), "utf8");
        await query(ownerUrl, sql).catch((error: unknown) => {
          throw new Error(`${file} failed`, { cause: error });
        });
      }
      return { url: address("service", name), ownerUrl, asOwner: (sql) => query(ownerUrl, sql) };
    },
    stop: async () => {
      server.kill("SIGINT");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Several statements without values are one transaction. */
export async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

async function answers(url: string): Promise<boolean> {
  return query(url, "select 1").then(
    () => true,
    () => false,
  );
}

async function ordinaryUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const found = lines.find(([name]) => name === "postgres") ?? lines.find(([name]) => name === "nobody");
  if (!found) throw new Error("Postgres does not run as root, and there is no other user here");
  return { uid: Number(found[2]), gid: Number(found[3]) };
}
