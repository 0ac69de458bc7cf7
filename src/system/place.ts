import { createHash } from "node:crypto";
import { chmodSync, existsSync, lstatSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import path from "node:path";
import { GantryError } from "../lib/errors.ts";
import { usable } from "./usable.ts";

/** Where the local platform of one product lives: everything it keeps, and where its processes are spoken to. */
export type Place = {
  /** The spec's folder. */
  readonly root: string;
  /** `.gantry` beside the spec: what is kept. */
  readonly folder: string;
  readonly artifacts: string;
  readonly logs: string;
  readonly postgres: string;
  readonly resources: string;
  readonly secrets: string;
  readonly agentState: string;
  /** The port of the hosts, kept when everything else has ended. */
  readonly gatewayPort: string;
  readonly agentSocket: string;
  readonly agentLock: string;
  readonly serverSocket: string;
  readonly serverLock: string;
  /** Is there where the control database is not here, but was given to `gantry server`. */
  readonly databaseGiven: string;
  /** The key that seals what is kept; outside of the project, so that a copy of the folder opens nothing. */
  readonly machineKey: string;
};

/** The place of the product whose spec is in this folder. Makes nothing. */
export function placeOf(root: string): Place {
  const real = realpathSync(root);
  const folder = path.join(real, ".gantry");
  const id = createHash("sha256").update(real).digest("hex").slice(0, 12);
  const at = (...names: string[]) => path.join(folder, ...names);
  const socket = (name: string) => path.join(runtimeFolder(), `${id}-${name}.sock`);
  const config = process.env["XDG_CONFIG_HOME"] || path.join(homedir(), ".config");
  return {
    root: real,
    folder,
    artifacts: at("artifacts"),
    logs: at("logs"),
    postgres: at("postgres"),
    resources: at("resources"),
    secrets: at("secrets"),
    agentState: at("agent.json"),
    gatewayPort: at("gateway-port"),
    agentSocket: socket("agent"),
    agentLock: at("locks", "agent"),
    serverSocket: socket("server"),
    serverLock: at("locks", "server"),
    databaseGiven: at("database-is-given"),
    machineKey: path.join(config, "gantry", "key"),
  };
}

/** Makes the folders of a place, readable by their owner only. */
export function preparePlace(place: Place): void {
  for (const folder of [place.folder, place.artifacts, place.logs, place.resources])
    usable(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  const ignore = path.join(place.folder, ".gitignore");
  if (!existsSync(ignore)) writeFileSync(ignore, "*\n");
  prepareRuntimeFolder(path.dirname(place.agentSocket));
}

/** A socket's path may have 107 bytes, so it is kept short: not in the project, but where the system keeps such things. */
function runtimeFolder(): string {
  const given = process.env["XDG_RUNTIME_DIR"];
  if (given && given.length < 60) return path.join(given, "gantry");
  return path.join(tmpdir().length < 40 ? tmpdir() : "/tmp", `gantry-${userInfo().uid}`);
}

function prepareRuntimeFolder(folder: string): void {
  usable(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  const found = lstatSync(folder);
  // In a folder that everybody may write to, somebody else could have made it first.
  if (!found.isDirectory() || found.uid !== userInfo().uid)
    throw new GantryError("unsafe-folder", `${folder} belongs to somebody else`, {
      hint: "remove it, or set XDG_RUNTIME_DIR to a folder of your own",
    });
  chmodSync(folder, 0o700);
}
