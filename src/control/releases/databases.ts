import type { Release } from "../../delivery/release.ts";
import { databaseAt } from "../../targets/local/providers/postgres.ts";
import type { Platform } from "../platform.ts";
import { portsFor } from "../ports.ts";
import { providing } from "../provide.ts";
import type { Material } from "./material.ts";

/** A database of the environment that a release goes to; undefined where a resource is none. */
export async function databaseOf(
  platform: Platform,
  { environment: key }: Pick<Release, "environment">,
  { environment, root }: Pick<Material, "environment" | "root">,
  name: string,
): Promise<Awaited<ReturnType<typeof databaseAt>> | undefined> {
  const resource = environment.resources[name];
  if (resource?.kind !== "postgres") return undefined;
  const { context } = providing(platform, {
    environment,
    key,
    root,
    tell: () => {},
    ports: portsFor({}, undefined),
    migrates: false,
  });
  return databaseAt(name, resource, context);
}
