import { readdir } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../lib/errors.ts";

// Where the lines of services are kept: `<folder>/<environment>/<service>.log`, and what was rotated out of it as `.log.1`, the
// newest, `.log.2` and so on. One JSON document a line.

const usable = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/;

/** Names come from outside and become files: none leads out of the folder. */
export function logFile(folder: string, environment: string, service: string): string {
  for (const name of [environment, service])
    if (!usable.test(name))
      throw new UserError("bad-log-name", `${JSON.stringify(name.slice(0, 100))} cannot be the name of a log`, {
        hint: "letters, digits, '.', '_' and '-', at most 100, and no '.' or '-' at the beginning",
      });
  return path.join(folder, environment, `${service}.log`);
}

/** The gateway's own log of an environment. No service can be called so: a name begins with a letter. */
export const requestLog = "_gateway";

/** The logs to read for one service or all, with the gateway's where it is asked for. */
export async function logsFor(
  folder: string,
  {
    environment,
    service,
    requests = false,
  }: { readonly environment: string; readonly service?: string; readonly requests?: boolean },
): Promise<readonly string[]> {
  const all = await loggedServices(folder, environment);
  const named = service === undefined ? all.filter((one) => one !== requestLog) : [service];
  return requests ? [...named, requestLog] : named;
}

/** The services that have a log in an environment. */
async function loggedServices(folder: string, environment: string): Promise<readonly string[]> {
  let names: readonly string[];
  try {
    names = await readdir(path.dirname(logFile(folder, environment, "any")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const services = names.map((name) => /^(.+)\.log(?:\.\d+)?$/.exec(name)?.[1]).filter((name) => name !== undefined);
  return [...new Set(services)].filter((service) => usable.test(service)).toSorted();
}

export function rotatedFile(file: string, number: number): string {
  return number === 0 ? file : `${file}.${number}`;
}

/** A file can be found up to this number, whatever the writer's setting was. */
export const mostRotated = 100;
