import type { Environment } from "../../spec/environment.ts";
import { scriptOf } from "../plan/script.ts";
import { type Setting, usualSetting } from "../plan/setting.ts";
import { pastOf } from "../run/prior.ts";
import type { Stage } from "../run/stage.ts";
import type { TrafficShape } from "../traffic/shape.ts";
import { type Life, usualLife } from "../world/life.ts";

export type StageOptions = {
  readonly environment: Environment;
  readonly services?: readonly string[];
  readonly latencyBoundsMs: readonly number[];
  readonly speed?: number;
  /** Of every service, and of those that are named. */
  readonly traffic: TrafficShape;
  readonly trafficOf?: Readonly<Record<string, TrafficShape>>;
  readonly life?: Partial<Omit<Life, "traffic">>;
  /** What one replica of each service bears. */
  readonly perReplica?: number;
  readonly setting?: Partial<Omit<Setting, "lives">>;
};

/** All that runs of one rehearsal share. */
export function stageOf(options: StageOptions): Stage {
  const {
    environment,
    services,
    latencyBoundsMs,
    speed,
    traffic,
    trafficOf = {},
    life = {},
    perReplica,
    setting: given = {},
  } = options;
  const script = scriptOf(environment, { latencyBoundsMs, ...(services && { services }), ...(speed && { speed }) });
  const lives = Object.fromEntries(
    script.changes
      .filter(({ serves }) => serves)
      .map(({ service }): [string, Life] => {
        const most = environment.services[service]?.scale?.max ?? 1_000;
        return [
          service,
          {
            ...usualLife,
            ...life,
            traffic: trafficOf[service] ?? traffic,
            ...(perReplica !== undefined && { capacity: { perReplica, most } }),
          },
        ];
      }),
  );
  const setting: Setting = { ...usualSetting, faults: [], ...given, lives };
  return { script, setting, past: pastOf(script, setting), shapes: new Map() };
}
