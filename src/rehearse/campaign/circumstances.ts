import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { parseDurationMs, parseShare } from "../../lib/quantities.ts";
import { shown } from "../../lib/text.ts";
import type { StageOptions } from "./stage-of.ts";
import type { Fault } from "../faults/fault.ts";
import { parseFault } from "../faults/parse-fault.ts";
import { usualSetting } from "../plan/setting.ts";
import type { TrafficShape } from "../traffic/shape.ts";
import type { Environment } from "../../spec/environment.ts";

// What somebody says of the circumstances, on a command line or to the server: read, and refused where it says nothing.

/** Options by the names that `gantry rehearse` has for them. */
export type Options = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export type Reading = {
  readonly latencyBoundsMs: readonly number[];
  /** What is said of traffic, as its shape. */
  readonly shapeOf: (text: string) => TrafficShape;
};

export type Circumstances = Omit<StageOptions, "environment">;

export function circumstancesOf(
  options: Options,
  services: readonly string[],
  { latencyBoundsMs, shapeOf }: Reading,
): Circumstances {
  const faults = listOf(options["fault"]).flatMap((one) => parseFault(one) ?? []);
  const { traffic, trafficOf } = trafficOfAll(listOf(options["traffic"]), shapeOf);
  const perReplica = numberOf(options["capacity"], { name: "capacity", suffix: "rps", least: 0.001, most: 1e7 });
  const errorRate = shareOption(options["base-errors"], "base-errors");
  const bursts = shareOption(options["bursts"], "bursts");
  const users = numberOf(options["users"], { name: "users", suffix: "", least: 1, most: 1e9 });
  return {
    ...(services.length > 0 && { services }),
    latencyBoundsMs,
    traffic,
    trafficOf,
    ...(perReplica !== undefined && { perReplica }),
    life: {
      ...(errorRate !== undefined && { errorRate }),
      ...(bursts !== undefined && { bursts }),
      ...(users !== undefined && { users: Math.round(users) }),
    },
    setting: { faults, ...peopleOf(options["approvals"]), ...startOf(options["start"]) },
  };
}

/** Faults and traffic as they were written. */
export function saidOf({ traffic, trafficOf = {}, setting }: Circumstances): {
  readonly faults: readonly string[];
  readonly traffic: string;
} {
  const others = Object.entries(trafficOf).map(([service, { text }]) => `${service} ${text}`);
  return { faults: (setting?.faults ?? []).map(({ text }) => text), traffic: [traffic.text, ...others].join(", ") };
}

/** Names that the environment does not have are refused, wherever they are said. */
export function requireServices(environment: Environment, { services = [], trafficOf = {}, setting }: Circumstances): void {
  const known = Object.keys(environment.services);
  const faults: readonly Fault[] = setting?.faults ?? [];
  for (const name of [...services, ...Object.keys(trafficOf), ...faults.flatMap(({ service }) => service ?? [])])
    if (!known.includes(name))
      throw new UserError("unknown-service", `${environment.environment} has no service ${shown(name)}`, {
        hint: didYouMean(name, known) ?? `one of: ${known.join(", ")}`,
      });
}

export function listOf(given: Options[string]): readonly string[] {
  return Array.isArray(given) ? (given as readonly string[]) : typeof given === "string" ? [given] : [];
}

const usualTraffic = "50rps";

function trafficOfAll(
  given: readonly string[],
  shapeOf: Reading["shapeOf"],
): { traffic: TrafficShape; trafficOf: Record<string, TrafficShape> } {
  const trafficOf: Record<string, TrafficShape> = {};
  let traffic: TrafficShape | undefined;
  for (const one of given) {
    const named = /^([a-z][a-z0-9-]*)=(.+)$/.exec(one);
    const [name, text] = [named?.[1], named?.[2]];
    if (name !== undefined && text !== undefined && text !== "") trafficOf[name] = shapeOf(text);
    else traffic = shapeOf(one);
  }
  return { traffic: traffic ?? shapeOf(usualTraffic), trafficOf };
}

function peopleOf(given: Options[string]): { approvedAfterMs?: number } {
  if (given === "never") return { approvedAfterMs: Infinity };
  if (typeof given !== "string") return {};
  const ms = parseDurationMs(given);
  if (ms === undefined)
    throw new UserError("usage", `--approvals ${shown(given)} says nothing`, { hint: "write it as --approvals 20m, or never" });
  return { approvedAfterMs: ms };
}

function startOf(given: Options[string]): { startMs?: number } {
  if (typeof given !== "string") return {};
  const ms = Date.parse(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(given) ? `${given}Z` : given);
  if (!Number.isFinite(ms) || Math.abs(ms - usualSetting.startMs) > 100 * 365 * 86_400_000)
    throw new UserError("usage", `--start ${shown(given)} is no time`, { hint: "write it as --start 2028-02-29T09:00, in UTC" });
  return { startMs: ms };
}

function shareOption(given: Options[string], name: string): number | undefined {
  if (typeof given !== "string") return undefined;
  const share = parseShare(given);
  if (share === undefined || share > 1)
    throw new UserError("usage", `--${name} ${shown(given)} is no share`, { hint: `write it as --${name} 0.1%` });
  return share;
}

export function numberOf(
  given: Options[string],
  {
    name,
    suffix,
    least,
    most,
  }: { readonly name: string; readonly suffix: string; readonly least: number; readonly most: number },
): number | undefined {
  if (typeof given !== "string") return undefined;
  const text = suffix !== "" && given.endsWith(suffix) ? given.slice(0, -suffix.length) : given;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new UserError("usage", `--${name} ${shown(given)} is not from ${least} to ${most}`, {
      hint: `write it as --${name} ${least >= 1 ? least : 1}${suffix}`,
    });
  return value;
}

/** What gives the same again, whatever the defaults become. */
export function commandOf(
  words: readonly string[],
  options: Options,
  { seed, runs }: { readonly seed: number; readonly runs: number },
): string {
  const skipped = ["json", "html", "config", "debug", "seed", "runs", "threads"];
  const said = Object.entries(options).flatMap(([name, value]) => {
    if (skipped.includes(name) || value === undefined || value === false) return [];
    return (Array.isArray(value) ? (value as readonly string[]) : [value]).map((one) =>
      one === true ? `--${name}` : `--${name} ${String(one)}`,
    );
  });
  return ["gantry rehearse", ...words, ...said, `-n ${runs}`, `--seed ${seed}`].join(" ");
}
