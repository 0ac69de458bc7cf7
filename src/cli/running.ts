import { existsSync } from "node:fs";
import type { Client } from "../api/client.ts";
import type { Routes } from "../api/routes.ts";
import { UserError } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import { findSpec } from "../load/load.ts";
import type { PlatformStatus } from "../wire/up.ts";
import { namedApi, serverNamed } from "./api.ts";
import type { Given } from "./command.ts";
import { type LocalPlatform, type Platform, localPlatform, requireServer } from "./platform.ts";
import { readSpec } from "./read-spec.ts";

export type Running = {
  readonly platform: Platform;
  readonly product: string;
  /** Those that are up, previews too. */
  readonly environments: readonly string[];
};

export type RunningHere = Running & { readonly platform: LocalPlatform };

/** Whoever answers a command, and about which product: the server that is named, else that of this folder. */
export async function reach(given: Given): Promise<Pick<Running, "platform" | "product">> {
  const named = serverNamed(given);
  if (named === undefined) return reachHere(given);
  const { url, api } = namedApi(named);
  const product = await productOn(api, given);
  const { remotePlatform } = await import("./remote/remote-platform.ts");
  return { platform: remotePlatform(api, { server: url, product, isForEyes: given.options["json"] !== true }), product };
}

async function reachHere(given: Given): Promise<Pick<RunningHere, "platform" | "product">> {
  const { file, data } = await readSpec(given);
  const platform = localPlatform(file);
  await requireServer(platform);
  return { platform, product: String(data["name"] ?? "") };
}

/** What was named, what the spec here is about, or the only one that may be seen there. */
async function productOn(api: Client<Routes>, given: Given): Promise<string> {
  const { product } = given.options;
  if (typeof product === "string") return product;
  if (given.options["config"] !== undefined || isSpecHere()) return String((await readSpec(given)).data["name"] ?? "");
  const { items } = await api("GET /v1/products");
  const [first, second] = items;
  if (first !== undefined && second === undefined) return first.product;
  throw new UserError("usage", first === undefined ? "nothing that runs there may be seen" : "say which product is meant", {
    hint:
      first === undefined ? "gantry whoami shows what you may do" : `--product ${items.map((one) => one.product).join(" | ")}`,
  });
}

function isSpecHere(): boolean {
  try {
    return existsSync(findSpec(process.cwd()));
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** What runs of the product, where a command is about what runs. */
export async function whatRuns(given: Given): Promise<Running> {
  const reached = await reach(given);
  return { ...reached, environments: await upIn(reached) };
}

/** What runs on this machine, where it is its files and processes that matter. */
export async function whatRunsHere(given: Given): Promise<RunningHere> {
  const reached = await reachHere(given);
  return { ...reached, environments: await upIn(reached) };
}

async function upIn({ platform, product }: Pick<Running, "platform" | "product">): Promise<readonly string[]> {
  const status = await platform.get<Pick<PlatformStatus, "environments">>(`/v1/status?${queryText({ product })}`);
  return status.environments.filter((one) => one.state === "up").map((one) => one.environment);
}

/** The one that was named, or the only one there is. */
export function oneOf({ environments, platform: { server } }: Running, named: string | undefined): string {
  const [first, second] = environments;
  if (named === undefined && first !== undefined && second === undefined) return first;
  if (named !== undefined && environments.includes(named)) return named;
  if (named === undefined)
    throw new UserError("usage", first === undefined ? "nothing is up" : "say which environment is meant", {
      hint: first !== undefined ? `--env ${environments.join(" | ")}` : server === undefined ? "gantry up starts it" : notSeen,
    });
  throw new UserError(
    "unknown-environment",
    `${JSON.stringify(named)} is not up ${server === undefined ? "here" : `on ${server}`}`,
    {
      hint: didYouMean(named, environments) ?? (server === undefined ? "gantry status shows what is" : notSeen),
    },
  );
}

const notSeen = "gantry status --server shows what you may see there, gantry whoami --server what you may do";

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
