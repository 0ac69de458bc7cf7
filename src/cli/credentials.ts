import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { UserError } from "../lib/errors.ts";
import { isLoopback } from "../lib/loopback.ts";
import { writeWhole } from "../system/whole-file.ts";

// By what this user is known to servers elsewhere: a file that only they can read.

type Kept = Readonly<Record<string, string>>;

/** `https://gantry.example.com`; a token goes over the network only where nobody on the way can read it. */
export function serverUrl(text: string): string {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    url = undefined;
  }
  const isHere = url !== undefined && isLoopback(url.hostname);
  if (url === undefined || !(url.protocol === "https:" || (url.protocol === "http:" && isHere)))
    throw new UserError("usage", `${JSON.stringify(text.slice(0, 200))} is no address of a server`, {
      hint: "as https://gantry.example.com; http only on this machine",
    });
  return url.origin;
}

/** The token for a server: of the environment, else what `gantry login` kept. */
export function credentialsFor(named: string): { readonly url: string; readonly token: string } {
  const url = serverUrl(named);
  const token = process.env["GANTRY_TOKEN"] ?? read()[url];
  if (token !== undefined && token !== "") return { url, token };
  throw new UserError("not-signed-in", `nobody is known to ${url} here`, { hint: `gantry login ${url}` });
}

export function keepToken(url: string, token: string): void {
  const file = fileOf();
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeWhole(file, `${JSON.stringify({ ...read(), [url]: token }, undefined, 2)}\n`, 0o600);
}

function read(): Kept {
  const file = fileOf();
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Kept;
  } catch {
    return {};
  }
}

function fileOf(): string {
  const { XDG_CONFIG_HOME: config } = process.env;
  return path.join(config === undefined || config === "" ? path.join(homedir(), ".config") : config, "gantry", "servers.json");
}
