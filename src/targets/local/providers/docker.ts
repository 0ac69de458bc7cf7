import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ResourceProcessSpec } from "../../../wire/machine.ts";
import { onPath } from "./on-path.ts";

const run = promisify(execFile);

/** Whether there is a Docker engine that answers; the command alone starts nothing. */
export async function dockerRuns(): Promise<boolean> {
  const docker = onPath(["docker"]);
  if (docker === undefined) return false;
  return run(docker, ["version", "--format", "{{.Server.Version}}"], { timeout: 5_000 }).then(
    ({ stdout }) => stdout.trim() !== "",
    () => false,
  );
}

export type Container = {
  readonly product: string;
  readonly key: string;
  readonly name: string;
  readonly image: string;
  readonly port: number;
  readonly containerPort: number;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | number | boolean>>;
  /** Passed on from the process's own environment, so that no argument holds a secret. */
  readonly secretNames: readonly string[];
};

/** A container in the foreground: it lives as long as the process that the agent watches, and leaves nothing behind. */
export function dockerSpec(container: Container): Omit<ResourceProcessSpec, "folder"> {
  const { product, key, name, image, port, containerPort, args, env, secretNames } = container;
  const variables = Object.entries(env).filter(([variable]) => !secretNames.includes(variable));
  return {
    name,
    command: [
      onPath(["docker"]) ?? "docker",
      "run",
      "--rm",
      "--init",
      `--name=gantry-${product}-${key.replaceAll(".", "_")}-${name}`,
      `--label=gantry.product=${product}`,
      `--label=gantry.environment=${key}`,
      `--publish=127.0.0.1:${port}:${containerPort}`,
      ...variables.map(([variable, value]) => `--env=${variable}=${String(value)}`),
      ...secretNames.map((variable) => `--env=${variable}`),
      image,
      ...args,
    ],
    env: {},
    port,
    drainMs: 15_000,
  };
}
