import { type StageOptions, stageOf } from "../../src/rehearse/campaign/stage-of.ts";
import { parseFault } from "../../src/rehearse/faults/parse-fault.ts";
import type { Setting } from "../../src/rehearse/plan/setting.ts";
import type { Stage } from "../../src/rehearse/run/stage.ts";
import { parseTraffic } from "../../src/rehearse/traffic/parse-traffic.ts";
import { wrong } from "../../src/rehearse/traffic/parse-traffic.ts";
import type { Environment } from "../../src/spec/environment.ts";
import { latencyBoundsMs } from "../../src/wire/traffic.ts";

type Given = {
  readonly faults?: readonly string[];
  readonly traffic?: string;
  readonly setting?: Partial<Omit<Setting, "lives" | "faults">>;
} & Partial<Pick<StageOptions, "services" | "life" | "perReplica" | "latencyBoundsMs">>;

export function stageFor(environment: Environment, { faults = [], traffic = "50rps", setting = {}, ...more }: Given): Stage {
  const shape = parseTraffic(traffic);
  if (shape === undefined) throw wrong(traffic, "in a test");
  const parsed = faults.flatMap((one) => parseFault(one) ?? []);
  return stageOf({ environment, latencyBoundsMs, traffic: shape, setting: { ...setting, faults: parsed }, ...more });
}

/** One canary for an hour at this share, with nothing but the comparison to take it back. */
export function hourAt(environment: Environment, share: string): Environment {
  return {
    ...environment,
    alerts: {},
    release: { strategy: "canary", steps: [{ to: share, bake: "62m" }], rollbackWindow: "1m" },
  };
}
