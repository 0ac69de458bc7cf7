import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { ResourceGrant, ResourcePrincipal, ResourceServerConfig } from "../../src/wire/resources.ts";

export const adminToken = "admin-token-for-the-tests";

export function principal(environment: string, service: string, grants: readonly ResourceGrant[]): ResourcePrincipal {
  return {
    accessKeyId: `GK_${environment}_${service}`,
    secretKey: `secret-of-${environment}-${service}-0123456789`,
    environment,
    service,
    grants,
  };
}

const nothing: ResourceServerConfig = {
  schemaVersion: 1,
  adminToken,
  principals: [],
  buckets: [],
  queues: [],
  topics: [],
  keys: [],
  mailboxes: [],
};

export type ResourceServer = {
  readonly folder: string;
  readonly port: () => number;
  readonly smtpPort: () => number;
  readonly url: () => string;
  readonly pid: () => number;
  /** What it said. */
  readonly lines: readonly string[];
  readonly configure: (config: Partial<ResourceServerConfig>) => void;
  readonly start: (options?: { readonly fileSizeBlocks?: number }) => Promise<void>;
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>;
  /** Ends it and leaves nothing behind. */
  readonly remove: () => Promise<void>;
};

/** The real process, bundled as it is shipped, with folders of its own. */
export async function resourceServer(config: Partial<ResourceServerConfig>): Promise<ResourceServer> {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-resources-"));
  const entry = path.join(folder, "resources.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../../src/resources/main.ts", import.meta.url))],
    outfile: entry,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "warning",
  });
  const file = path.join(folder, "resources.json");
  const lines: string[] = [];
  let child: ChildProcess | undefined;
  let ports = { port: 0, smtpPort: 0 };

  function configure(next: Partial<ResourceServerConfig>): void {
    writeFileSync(file, JSON.stringify({ ...nothing, ...next }), { mode: 0o600 });
  }
  async function kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }
  configure(config);

  return {
    folder,
    lines,
    configure,
    kill,
    port: () => ports.port,
    smtpPort: () => ports.smtpPort,
    url: () => `http://127.0.0.1:${ports.port}`,
    pid: () => child?.pid ?? 0,
    start: async ({ fileSizeBlocks } = {}) => {
      const env = {
        PATH: process.env["PATH"] ?? "",
        PORT: String(ports.port),
        SMTP_PORT: String(ports.smtpPort),
        GANTRY_RESOURCES_FOLDER: path.join(folder, "state"),
        GANTRY_RESOURCES_FILE: file,
        GANTRY_MACHINE_KEY_FILE: path.join(folder, "machine.key"),
      };
      const command =
        fileSizeBlocks === undefined
          ? ([process.execPath, [entry]] as const)
          : (["/bin/sh", ["-c", `ulimit -f ${fileSizeBlocks}; exec "$0" "$1"`, process.execPath, entry]] as const);
      const started = spawn(command[0], command[1], { env, stdio: ["ignore", "pipe", "pipe"] });
      child = started;
      started.stderr.on("data", (text: Buffer) => lines.push(text.toString()));
      ports = await new Promise((resolve, reject) => {
        started.once("exit", () => reject(new Error(`it ended: ${lines.join("\n")}`)));
        createInterface(started.stdout).on("line", (line) => {
          lines.push(line);
          const said = JSON.parse(line) as { message: string; port: number; smtpPort: number };
          if (said.message === "ready") resolve(said);
        });
      });
    },
    remove: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
