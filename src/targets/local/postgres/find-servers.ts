import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, realpathSync } from "node:fs";
import path from "node:path";
import { embeddedPackage, type EmbeddedPackage } from "./binaries.ts";

/** A Postgres that could be run here. */
export type ServerBinaries =
  InstalledServer | { readonly kind: "embedded"; readonly major: number; readonly from: EmbeddedPackage };

export type InstalledServer = { readonly kind: "installed"; readonly major: number; readonly bin: string };

/** Where packages put each major version: the folder above, what a version's folder is called in it, where the programs are. */
const places: readonly (readonly [string, RegExp, string])[] = [
  ["/usr/lib/postgresql", /^(\d+)$/, "bin"],
  ["/usr", /^pgsql-(\d+)$/, "bin"],
  ["/opt/homebrew/opt", /^postgresql@(\d+)$/, "bin"],
  ["/usr/local/opt", /^postgresql@(\d+)$/, "bin"],
];

/** Every server of this machine, the newest first, and of one version the installed one first. */
export function findServers(searchPath?: string): readonly ServerBinaries[] {
  const installed = [...packagedServers(), ...serversOnPath(searchPath)];
  const distinct = [...new Map(installed.map((server) => [server.bin, server])).values()];
  const embedded = embeddedServer();
  return [...distinct, ...(embedded ? [embedded] : [])].toSorted((a, b) => b.major - a.major);
}

export function embeddedServer(): ServerBinaries | undefined {
  const from = embeddedPackage();
  return from && { kind: "embedded", major: from.major, from };
}

/** Those at the places where packages put them: found without running anything. */
export function packagedServers(): readonly InstalledServer[] {
  return places.flatMap(([folder, pattern, below]) =>
    (existsSync(folder) ? readdirSync(folder) : []).flatMap((name) => {
      const major = pattern.exec(name)?.[1];
      return major === undefined ? [] : installedAt(path.join(folder, name, below), () => Number(major));
    }),
  );
}

const serversOnPath = (searchPath = process.env["PATH"] ?? ""): readonly InstalledServer[] =>
  binFoldersOn(searchPath).flatMap((bin) => installedAt(bin, majorOf));

function installedAt(bin: string, major: (bin: string) => number | undefined): readonly InstalledServer[] {
  if (!isExecutable(path.join(bin, "initdb")) || !isExecutable(path.join(bin, "postgres"))) return [];
  const version = major(bin);
  return version === undefined ? [] : [{ kind: "installed", major: version, bin: realpathSync(bin) }];
}

function binFoldersOn(searchPath: string): readonly string[] {
  return searchPath
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .flatMap((folder) => {
      const told = isExecutable(path.join(folder, "pg_config")) ? asked(path.join(folder, "pg_config"), "--bindir") : undefined;
      // A wrapper on PATH may be a link to where the programs really are.
      const server = path.join(folder, "postgres");
      const linked = isExecutable(server) ? [path.dirname(realpathSync(server)), folder] : [];
      return told === undefined ? linked : [told, ...linked];
    });
}

function majorOf(bin: string): number | undefined {
  const version = /\(PostgreSQL\) (\d+)/.exec(asked(path.join(bin, "postgres"), "--version") ?? "")?.[1];
  return version === undefined ? undefined : Number(version);
}

function asked(file: string, question: string): string | undefined {
  const { status, stdout } = spawnSync(file, [question], {
    encoding: "utf8",
    timeout: 10_000,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return status === 0 ? stdout.trim() : undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
