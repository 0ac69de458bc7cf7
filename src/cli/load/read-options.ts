import { readFileSync, statSync } from "node:fs";
import { UserError } from "../../lib/errors.ts";
import { parseDurationMs } from "../../lib/quantities.ts";
import { shown } from "../../lib/text.ts";
import { listOf, numberOf } from "../../rehearse/campaign/circumstances.ts";
import { rateAt } from "../../rehearse/traffic/shape.ts";
import type { Given } from "../command.ts";
import { shapeOf } from "../rehearse/circumstances.ts";
import type { Rate } from "./arrivals.ts";
import type { Load } from "./drive.ts";
import type { Target } from "./generator.ts";

// What the command line says of a load, read and refused where it says nothing.

export type Asked = Omit<Load, "target"> & {
  readonly target: Omit<Target, "port">;
  /** As it is told: `50/s`. */
  readonly rateText: string;
  readonly settleMs: number;
};

const mostPerSecond = 20_000;
const longestMs = 86_400_000;
const mostBodyBytes = 1_048_576;
const usual = { rps: "10", forMs: 10_000, connections: 256, timeoutMs: 30_000 } as const;

export function askedLoad({ options }: Pick<Given, "options">): Asked {
  const forMs = spanOf(options["for"], "for", longestMs) ?? usual.forMs;
  const { rate, rateText } = rateOf(options, forMs);
  const timeoutMs = spanOf(options["timeout"], "timeout", 300_000) ?? usual.timeoutMs;
  const connections = numberOf(options["connections"], { name: "connections", suffix: "", least: 1, most: 2_000 });
  const seed = numberOf(options["seed"], { name: "seed", suffix: "", least: 0, most: 2 ** 53 - 1 });
  return {
    target: targetOf(options),
    rate,
    rateText,
    forMs,
    timeoutMs,
    connections: Math.round(connections ?? usual.connections),
    seed: seed ?? 1,
    even: options["even"] === true,
    settleMs: spanOf(options["settle"], "settle", longestMs) ?? 0,
  };
}

function rateOf(options: Given["options"], forMs: number): { readonly rate: Rate; readonly rateText: string } {
  const { rps, ramp } = options;
  if (typeof ramp === "string") {
    if (rps !== undefined) throw new UserError("usage", "--rps and --ramp say the same thing", { hint: "give one of them" });
    const [, from, to] = /^(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)(?:rps)?$/.exec(ramp) ?? [];
    const [least, most] = [Number(from), Number(to)];
    if (!(least >= 0 && most >= 0 && Math.max(least, most) > 0) || Math.max(least, most) > mostPerSecond)
      throw new UserError("usage", `--ramp ${shown(ramp)} says nothing`, {
        hint: `write it as --ramp 10..200; at most ${mostPerSecond.toLocaleString("en-US")} a second`,
      });
    return { rate: (sinceMs) => least + (most - least) * Math.min(1, sinceMs / forMs), rateText: `${least} to ${most}/s` };
  }
  const text = typeof rps === "string" ? rps : usual.rps;
  const shape = shapeOf(/^\d+(\.\d+)?$/.test(text) ? `${text}rps` : text);
  const beganMs = Date.now();
  const rate: Rate = (sinceMs) => Math.min(mostPerSecond, rateAt(shape, beganMs + sinceMs, sinceMs));
  if (shape.shape === "constant" && shape.perSecond > mostPerSecond)
    throw new UserError("usage", `--rps ${shown(text)} is more than one process sends`, {
      hint: `at most ${mostPerSecond.toLocaleString("en-US")}`,
    });
  return { rate, rateText: shape.shape === "constant" ? `${shape.perSecond}/s` : shape.text };
}

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** What the connection itself says is not for anybody to say otherwise. */
const ownHeaders = new Set([
  "connection",
  "content-length",
  "transfer-encoding",
  "upgrade",
  "keep-alive",
  "expect",
  "te",
  "trailer",
]);

function targetOf(options: Given["options"]): Asked["target"] {
  const paths = listOf(options["path"]);
  for (const one of paths)
    if (!/^\/[\x21-\x7e]*$/.test(one) || one.length > 4_096)
      throw new UserError("usage", `--path ${shown(one)} is no path`, {
        hint: "it begins with a slash, as --path /api/documents",
      });
  const method = typeof options["method"] === "string" ? options["method"].toUpperCase() : "GET";
  if (!methods.includes(method))
    throw new UserError("usage", `--method ${shown(options["method"])} is none`, { hint: `one of: ${methods.join(", ")}` });
  const headers = Object.fromEntries(
    listOf(options["header"]).map((one): [string, string] => {
      const [, name, value] = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+):\s*([\t\x20-\x7e]*)$/.exec(one) ?? [];
      if (name === undefined || value === undefined || ownHeaders.has(name.toLowerCase()))
        throw new UserError("usage", `--header ${shown(one)} cannot be sent`, { hint: 'write it as --header "x-user: 42"' });
      return [name.toLowerCase(), value];
    }),
  );
  return { paths: paths.length > 0 ? paths : ["/"], method, headers, ...bodyOf(options["body"]) };
}

function bodyOf(given: Given["options"][string]): { readonly body?: string } {
  if (typeof given !== "string") return {};
  if (!given.startsWith("@")) return { body: given };
  const file = given.slice(1);
  const size = statSync(file, { throwIfNoEntry: false });
  if (size === undefined || !size.isFile() || size.size > mostBodyBytes)
    throw new UserError("usage", `--body ${shown(given)} is no file of at most 1 MiB`);
  return { body: readFileSync(file, "utf8") };
}

export function spanOf(given: Given["options"][string], name: string, mostMs: number): number | undefined {
  if (typeof given !== "string") return undefined;
  const ms = parseDurationMs(given);
  if (ms === undefined || ms <= 0 || ms > mostMs)
    throw new UserError("usage", `--${name} ${shown(given)} is no such span`, { hint: `write it as --${name} 30s` });
  return ms;
}
