import type { z } from "zod";
import type { rehearsalAsked } from "../../api/schema/rehearsal.ts";
import {
  type Circumstances,
  type Options,
  circumstancesOf,
  commandOf,
  requireServices,
  saidOf,
} from "../../rehearse/campaign/circumstances.ts";
import { parseTraffic, wrong } from "../../rehearse/traffic/parse-traffic.ts";
import type { Environment } from "../../spec/environment.ts";
import { latencyBoundsMs } from "../../wire/traffic.ts";

export type Asked = z.output<typeof rehearsalAsked>;

export type Made = {
  readonly circumstances: Circumstances;
  readonly faults: readonly string[];
  readonly traffic: string;
  /** What gives the same on a command line. */
  readonly command: string;
};

/** What is asked for, in the words of `gantry rehearse`; refused where it says nothing, or nothing of this environment. */
export function madeOf(environment: Environment, asked: Asked): Made {
  const { faults, traffic, services, runs, seed, advise, approvals, capacity, baseErrors, bursts, users, start } = asked;
  const options: Options = {
    ...(faults.length === 0 ? {} : { fault: faults }),
    ...(traffic.length === 0 ? {} : { traffic }),
    approvals,
    capacity,
    "base-errors": baseErrors,
    bursts,
    users,
    start,
    advise,
  };
  const circumstances = circumstancesOf(options, services, { latencyBoundsMs, shapeOf });
  requireServices(environment, circumstances);
  const command = commandOf([environment.environment, ...services], options, { runs, seed });
  return { circumstances, ...saidOf(circumstances), command };
}

/** Nobody names a file of this machine over the network. */
function shapeOf(text: string) {
  const known = parseTraffic(text);
  if (known !== undefined) return known;
  throw wrong(text, "write it as 50rps, diurnal:20..200rps, or spikes:50rps,x4,every=1h,for=5m");
}
