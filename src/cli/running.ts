import { UserError } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import type { PlatformStatus } from "../wire/up.ts";
import type { Given } from "./command.ts";
import { type LocalPlatform, localPlatform, requireServer } from "./platform.ts";
import { readSpec } from "./read-spec.ts";

export type Running = {
  readonly platform: LocalPlatform;
  readonly product: string;
  /** Those that are up, previews too. */
  readonly environments: readonly string[];
};

/** What runs here of the product, where a command is about what runs. */
export async function whatRuns(given: Given): Promise<Running> {
  const { file, data } = await readSpec(given);
  const product = String(data["name"] ?? "");
  const platform = localPlatform(file);
  await requireServer(platform);
  const status = await platform.get<PlatformStatus>(`/v1/status?product=${encodeURIComponent(product)}`);
  return {
    platform,
    product,
    environments: status.environments.filter((one) => one.state === "up").map((one) => one.environment),
  };
}

/** The one that was named, or the only one there is. */
export function oneOf({ environments }: Running, named: string | undefined): string {
  const [first, second] = environments;
  if (named === undefined && first !== undefined && second === undefined) return first;
  if (named !== undefined && environments.includes(named)) return named;
  if (named === undefined)
    throw new UserError("usage", first === undefined ? "nothing is up" : "say which environment is meant", {
      hint: first === undefined ? "gantry up starts it" : `--env ${environments.join(" | ")}`,
    });
  throw new UserError("unknown-environment", `${JSON.stringify(named)} is not up here`, {
    hint: didYouMean(named, environments) ?? "gantry status shows what is",
  });
}

/** The named ones, or all. */
export function someOf(running: Running, named: readonly string[]): readonly string[] {
  return named.length === 0 ? running.environments : named.map((name) => oneOf(running, name));
}

/** `a=b&c=d`, without what is not given. */
export function queryText(values: Readonly<Record<string, string | number | undefined>>): string {
  return new URLSearchParams(
    Object.entries(values).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, String(value)]])),
  ).toString();
}
