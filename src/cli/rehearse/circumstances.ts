import { readFileSync, statSync } from "node:fs";
import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { parseDurationMs, parseShare } from "../../lib/quantities.ts";
import { shown } from "../../lib/text.ts";
import type { StageOptions } from "../../rehearse/campaign/stage-of.ts";
import type { Fault } from "../../rehearse/faults/fault.ts";
import { parseFault } from "../../rehearse/faults/parse-fault.ts";
import { usualSetting } from "../../rehearse/plan/setting.ts";
import { parseRecorded, parseTraffic, wrong } from "../../rehearse/traffic/parse-traffic.ts";
import type { TrafficShape } from "../../rehearse/traffic/shape.ts";
import type { Environment } from "../../spec/environment.ts";
import { latencyBoundsMs } from "../../wire/traffic.ts";
import type { Given } from "../command.ts";

// What the command line says of the circumstances, read and refused where it says nothing.

export type Circumstances = Omit<StageOptions, "environment">;

export function circumstancesOf({ options }: Pick<Given, "options">, services: readonly string[]): Circumstances {
  const faults = listOf(options["fault"]).flatMap((one) => parseFault(one) ?? []);
  const { traffic, trafficOf } = trafficOfAll(listOf(options["traffic"]));
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

export function listOf(given: Given["options"][string]): readonly string[] {
  return Array.isArray(given) ? (given as readonly string[]) : typeof given === "string" ? [given] : [];
}

const usualTraffic = "50rps";
const mostBytes = 16 * 2 ** 20;

function trafficOfAll(given: readonly string[]): { traffic: TrafficShape; trafficOf: Record<string, TrafficShape> } {
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

export function shapeOf(text: string): TrafficShape {
  const known = parseTraffic(text);
  if (known !== undefined) return known;
  const size = statSync(text, { throwIfNoEntry: false });
  if (size === undefined || !size.isFile())
    throw wrong(
      text,
      "write it as 50rps, diurnal:20..200rps, spikes:50rps,x4,every=1h,for=5m, or name a file of seconds,requests a second",
    );
  if (size.size > mostBytes) throw wrong(text, "it is larger than 16 MiB");
  return parseRecorded(readFileSync(text, "utf8"), text);
}

function peopleOf(given: Given["options"][string]): { approvedAfterMs?: number } {
  if (given === "never") return { approvedAfterMs: Infinity };
  if (typeof given !== "string") return {};
  const ms = parseDurationMs(given);
  if (ms === undefined)
    throw new UserError("usage", `--approvals ${shown(given)} says nothing`, { hint: "write it as --approvals 20m, or never" });
  return { approvedAfterMs: ms };
}

function startOf(given: Given["options"][string]): { startMs?: number } {
  if (typeof given !== "string") return {};
  const ms = Date.parse(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(given) ? `${given}Z` : given);
  if (!Number.isFinite(ms) || Math.abs(ms - usualSetting.startMs) > 100 * 365 * 86_400_000)
    throw new UserError("usage", `--start ${shown(given)} is no time`, { hint: "write it as --start 2028-02-29T09:00, in UTC" });
  return { startMs: ms };
}

function shareOption(given: Given["options"][string], name: string): number | undefined {
  if (typeof given !== "string") return undefined;
  const share = parseShare(given);
  if (share === undefined || share > 1)
    throw new UserError("usage", `--${name} ${shown(given)} is no share`, { hint: `write it as --${name} 0.1%` });
  return share;
}

export function numberOf(
  given: Given["options"][string],
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
