import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { GantryError } from "../../../lib/errors.ts";
import { writeWhole } from "../../../system/whole-file.ts";
import { runnableBinaries } from "./binaries.ts";
import type { ServerBinaries } from "./find-servers.ts";
import { invocation, reaches, serverEnv, waysToRun, type RunAs } from "./run-as.ts";
import { clientRules, noLaterSettings, serverSettings } from "./settings.ts";

/** A data folder and what is known about it. It is named by its major version: another one cannot read it. */
export type Cluster = {
  readonly schemaVersion: 1;
  readonly major: number;
  readonly embedded: boolean;
  /** Relative to where this is written, unless it had to be elsewhere. */
  readonly dataFolder: string;
  readonly runAs: RunAs;
  readonly maxConnections: number;
  readonly port?: number;
  /** Gone in a moment: nothing of it is brought to disk. */
  readonly throwaway?: true;
};

export const superuser = "postgres";

const homeOf = (folder: string, major: number): string => path.join(folder, String(major));
export const logOf = (folder: string, major: number): string => path.join(homeOf(folder, major), "server.log");

export const clusterMajors = (folder: string): readonly number[] =>
  !existsSync(folder)
    ? []
    : readdirSync(folder)
        .filter((name) => /^\d+$/.test(name) && existsSync(path.join(folder, name, "cluster.json")))
        .map(Number)
        .toSorted((a, b) => a - b);

export function readCluster(folder: string, major: number): Cluster | undefined {
  const home = homeOf(folder, major);
  const file = path.join(home, "cluster.json");
  if (!existsSync(file)) return undefined;
  const cluster = JSON.parse(readFileSync(file, "utf8")) as Cluster;
  return { ...cluster, dataFolder: path.resolve(home, cluster.dataFolder) };
}

export const readPassword = (folder: string, major: number): string =>
  readFileSync(path.join(homeOf(folder, major), "password"), "utf8");

export function writeCluster(folder: string, cluster: Cluster): void {
  const home = homeOf(folder, cluster.major);
  const inside = path.relative(home, cluster.dataFolder);
  const dataFolder = inside.startsWith("..") ? cluster.dataFolder : inside;
  writeWhole(path.join(home, "cluster.json"), `${JSON.stringify({ ...cluster, dataFolder }, undefined, 2)}\n`);
}

export type NewCluster = {
  readonly folder: string;
  readonly binaries: ServerBinaries;
  readonly maxConnections: number;
  readonly throwaway?: true;
};

/** Made beside and then renamed: there is a whole one or none. Only to be called under the folder's lock. */
export async function createCluster({ folder, binaries, maxConnections, throwaway }: NewCluster): Promise<Cluster> {
  const { runAs, place } = whereToRun(folder);
  for (const name of readdirSync(folder)) if (name.startsWith(".new-")) rmSync(path.join(folder, name), { recursive: true });
  const half = mkdtempSync(path.join(folder, ".new-"));
  const { major } = binaries;
  const elsewhere = place === folder ? undefined : path.join(place, String(major));
  try {
    if (runAs.kind === "user") chownSync(half, runAs.uid, runAs.gid);
    const password = randomBytes(24).toString("base64url");
    const dataFolder = elsewhere ?? path.join(half, "data");
    if (elsewhere !== undefined) rmSync(elsewhere, { recursive: true, force: true });
    mkdirSync(dataFolder, { mode: 0o700 });
    if (runAs.kind === "user") chownSync(dataFolder, runAs.uid, runAs.gid);
    await initialise(runnableBinFolder(folder, binaries, runAs), {
      dataFolder,
      runAs,
      major,
      password,
      scratch: elsewhere ?? half,
      sync: throwaway !== true,
    });
    if (runAs.kind === "user") {
      // Whoever runs it gets through to the data, and to nothing else.
      chownSync(half, 0, 0);
      chmodSync(half, 0o711);
    }
    writeFileSync(path.join(half, "password"), password, { mode: 0o600 });
    const cluster: Cluster = {
      schemaVersion: 1,
      major,
      embedded: binaries.kind === "embedded",
      dataFolder: elsewhere ?? "data",
      runAs,
      maxConnections,
      ...(throwaway === undefined ? {} : { throwaway }),
    };
    writeWhole(path.join(half, "cluster.json"), `${JSON.stringify(cluster, undefined, 2)}\n`);
    renameSync(half, homeOf(folder, major));
    return { ...cluster, dataFolder: elsewhere ?? path.join(homeOf(folder, major), "data") };
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
}

/** The programs for a cluster, where whoever runs it can reach them. */
export function runnableBinFolder(folder: string, binaries: ServerBinaries, runAs: RunAs): string {
  if (binaries.kind === "installed") return binaries.bin;
  return runnableBinaries(binaries.from, runAs, reaches(runAs, folder) ? folder : outside(folder));
}

/** Where the data of a folder is kept that the server's user cannot reach. Only root ever needs it. */
export const outside = (folder: string): string =>
  path.join("/var/lib/gantry", `postgres-${createHash("sha256").update(folder).digest("hex").slice(0, 16)}`);

function whereToRun(folder: string): { runAs: RunAs; place: string } {
  const ways = waysToRun();
  const near = ways.find((way) => reaches(way, folder));
  if (near) return { runAs: near, place: folder };
  const [far] = ways;
  if (far === undefined) {
    throw new GantryError("nobody-to-run-as", "Postgres refuses to run as root, and there is no other user to run it as", {
      hint: "call this as an ordinary user",
    });
  }
  const place = outside(folder);
  mkdirSync(place, { recursive: true, mode: 0o755 });
  return { runAs: far, place };
}

type Initial = {
  readonly dataFolder: string;
  readonly runAs: RunAs;
  readonly major: number;
  readonly password: string;
  readonly scratch: string;
  readonly sync: boolean;
};

async function initialise(bin: string, { dataFolder, runAs, major, password, scratch, sync }: Initial): Promise<void> {
  // Neither on a command line nor in an environment, where others could read it.
  const passwordFile = `${scratch}-password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const run = (args: readonly string[]): Promise<unknown> => {
    const { file, args: all, options } = invocation(runAs, path.join(bin, "initdb"), args);
    return promisify(execFile)(file, [...all], { ...options, cwd: "/", env: serverEnv() });
  };
  try {
    if (runAs.kind === "user") chownSync(passwordFile, runAs.uid, runAs.gid);
    const who = [`--username=${superuser}`, "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
    await run(["-D", dataFolder, ...who, "--encoding=UTF8", ...localeOf(major), "--no-sync"]);
    // Once at the end and not after each step.
    if (sync) await run(["-D", dataFolder, "--sync-only"]);
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim().split("\n").slice(-3).join("; ");
    throw new GantryError("postgres-does-not-start", `initdb failed: ${said || (error as Error).message}`, {
      hint: "the message is initdb's own; is the disk full, or the folder not writable?",
      cause: error,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** The same order and the same letters on every machine, whatever locales it has. */
function localeOf(major: number): readonly string[] {
  if (major >= 17) return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  return [process.platform === "linux" ? "--locale=C.UTF-8" : "--locale=C"];
}

/** Written before each start, so that what an older version of Gantry or a person wrote there does not matter. */
export function writeConfiguration({ dataFolder, runAs, ...kind }: Cluster): void {
  const files = { "postgresql.conf": serverSettings(kind), "pg_hba.conf": clientRules, "postgresql.auto.conf": noLaterSettings };
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(dataFolder, name);
    if (readFileSync(file, "utf8") === text) continue;
    writeWhole(file, text);
    if (runAs.kind === "user") chownSync(file, runAs.uid, runAs.gid);
  }
}
