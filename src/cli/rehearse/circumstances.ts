import { readFileSync, statSync } from "node:fs";
import { type Circumstances, circumstancesOf } from "../../rehearse/campaign/circumstances.ts";
import { parseRecorded, parseTraffic, wrong } from "../../rehearse/traffic/parse-traffic.ts";
import type { TrafficShape } from "../../rehearse/traffic/shape.ts";
import { latencyBoundsMs } from "../../wire/traffic.ts";
import type { Given } from "../command.ts";

const mostBytes = 16 * 2 ** 20;

/** What the command line says of the circumstances: its traffic may be a file. */
export function readCircumstances({ options }: Pick<Given, "options">, services: readonly string[]): Circumstances {
  return circumstancesOf(options, services, { latencyBoundsMs, shapeOf });
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
