import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../../src/system/free-port.ts";
import { type InstalledServer, packagedServers } from "../../src/targets/local/postgres/find-servers.ts";
import { type RunAs, invocation, serverEnv, waysToRun } from "../../src/targets/local/postgres/run-as.ts";
import { query } from "./examples-postgres.ts";
import { until } from "./examples-services.ts";

/** Servers that bring what copies a running one: the one that npm brings does not. */
export const serverWithCopies = packagedServers().find(({ bin }) => existsSync(path.join(bin, "pg_basebackup")));

export type ReplicatedPostgres = { readonly url: string; readonly replicaUrl: string; readonly stop: () => Promise<void> };

/** A server and one that follows it by its log, as a product has them. */
export async function startReplicated({ bin }: InstalledServer): Promise<ReplicatedPostgres> {
  const [runAs] = waysToRun();
  if (runAs === undefined) throw new Error("there is nobody to run Postgres as");
  const scratch = mkdtempSync(path.join(tmpdir(), "gantry-replicated-"));
  const folders = { primary: path.join(scratch, "primary"), replica: path.join(scratch, "replica") };
  for (const folder of [scratch, ...Object.values(folders)]) {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o700);
    if (runAs.kind === "user") chownSync(folder, runAs.uid, runAs.gid);
  }
  const program = (name: string, ...args: readonly string[]) => start(runAs, path.join(bin, name), args, scratch);
  program("initdb", "-D", folders.primary, "-U", "me", "-A", "trust", "--no-sync");
  const port = await freePort();
  const replicaPort = await freePort();
  const settings = [
    "fsync = off",
    "listen_addresses = '127.0.0.1'",
    "unix_socket_directories = ''",
    "wal_receiver_status_interval = 1s",
  ];
  appendFileSync(path.join(folders.primary, "postgresql.conf"), `${settings.join("\n")}\nport = ${port}\n`);
  const url = (at: number) => `postgres://me@127.0.0.1:${at}/postgres`;
  const answers = (at: number) => async () => (await query(url(at), "SELECT 1").catch(() => [])).length > 0;
  const servers = [serve(runAs, path.join(bin, "postgres"), folders.primary)];
  await until(answers(port), "the primary answers");
  program(
    "pg_basebackup",
    "-h",
    "127.0.0.1",
    "-p",
    String(port),
    "-U",
    "me",
    "-D",
    folders.replica,
    "-R",
    "-c",
    "fast",
    "--no-sync",
  );
  appendFileSync(path.join(folders.replica, "postgresql.conf"), `port = ${replicaPort}\n`);
  servers.push(serve(runAs, path.join(bin, "postgres"), folders.replica));
  await until(answers(replicaPort), "the replica answers");
  await until(
    async () => (await query(url(port), "SELECT FROM pg_stat_replication WHERE state = 'streaming'")).length > 0,
    "the replica follows",
  );
  return {
    url: url(port),
    replicaUrl: url(replicaPort),
    async stop() {
      for (const { child } of servers) child.kill("SIGQUIT");
      await Promise.all(servers.map(({ ended }) => ended));
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

function start(runAs: RunAs, name: string, wanted: readonly string[], cwd: string): void {
  const { file, args, options } = invocation(runAs, name, wanted);
  execFileSync(file, [...args], { ...options, cwd, env: serverEnv(), stdio: "ignore" });
}

function serve(runAs: RunAs, name: string, folder: string) {
  const { file, args, options } = invocation(runAs, name, ["-D", folder]);
  const child = spawn(file, [...args], { ...options, cwd: folder, env: serverEnv(), stdio: "ignore" });
  return { child, ended: new Promise<void>((resolve) => child.once("close", () => resolve())) };
}
