import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Release } from "../../src/delivery/release.ts";
import type { PlatformStatus } from "../../src/wire/up.ts";
import type { Project } from "./platform.ts";

export type Shop = Pick<Project, "folder" | "run" | "json">;

/** Writes another version of the services over the one that is there. */
export function writeVersion(
  { folder }: Shop,
  version: string,
  {
    failingShare = 0,
    health = 200,
    crashes = "never",
    leakMiB = 0,
  }: { failingShare?: number; health?: number; crashes?: string; leakMiB?: number } = {},
): void {
  const file = path.join(folder, "services/answers.ts");
  const text = readFileSync(file, "utf8")
    .replace(/version = "[^"]*"/, `version = "${version}"`)
    .replace(/failingShare = [\d.]+/, `failingShare = ${failingShare}`)
    .replace(/health = \d+/, `health = ${health}`)
    .replace(/leakMiB = \d+/, `leakMiB = ${leakMiB}`)
    .replace(/crashes: "never" \| "at start" = "[^"]*"/, `crashes: "never" | "at start" = "${crashes}"`);
  writeFileSync(file, text);
}

export async function portOf(project: Shop, environment: string, service: string): Promise<number> {
  const status = await project.json<PlatformStatus>("status", environment);
  const port = status.environments[0]?.services.find((one) => one.service === service)?.port;
  if (port === undefined) throw new Error(`${service} has no port in ${environment}`);
  return port;
}

/** What serves, with its share of the traffic. */
export async function serving(project: Shop, environment: string, service: string): Promise<Readonly<Record<string, number>>> {
  const status = await project.json<PlatformStatus>("status", environment);
  const found = status.environments[0]?.services.find((one) => one.service === service);
  return Object.fromEntries(
    (found?.revisions ?? []).filter(({ weight }) => weight > 0).map(({ revision, weight }) => [revision, weight]),
  );
}

export type Told = {
  readonly ok: boolean;
  readonly release: Release;
  readonly error?: { readonly code: string; readonly message: string };
};

/** Runs a command that is about a release, whatever its status. */
export async function told(project: Shop, ...args: string[]): Promise<Told & { readonly status: number | null }> {
  const { status, out, err } = await project.run(...args, "--json");
  try {
    return { ...(JSON.parse(out) as Told), status };
  } catch {
    throw new Error(`gantry ${args.join(" ")} ended with ${status}: ${out}${err}`);
  }
}
