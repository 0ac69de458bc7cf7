import { value } from "../node.ts";
import type { Channel } from "./channel.ts";
import { Gate } from "./people.ts";
import type { ResourceStep } from "./resource.ts";
import type { AnyService } from "./service.ts";
import type { Condition } from "./signal.ts";
import type { Duration, Percent } from "./units.ts";

/** Anything that can be required: a gate, a condition on a signal, a step of a resource. */
export type Requirement = Gate | Condition | ResourceStep;

/** How a release takes traffic. */
export class Strategy {
  readonly kind = "strategy";
  constructor(strategy: string, data: object, written: { given?: unknown; args?: Record<string, number> }) {
    value(this, { strategy, ...data }, written);
  }
}

export type Step = { readonly to: Percent; readonly bake: Duration; readonly requires?: readonly Requirement[] };

export type ReleaseOptions = {
  /** Must hold before new code gets traffic, and after everything in `before` was done. */
  readonly requires?: readonly Requirement[];
  /** Done first, in this order: snapshots, migrations. */
  readonly before?: readonly ResourceStep[];
  /** Must hold at the end, and in canaries at the end of every step. */
  readonly after?: readonly Requirement[];
  /** Taken back by itself when any of these comes true, or when any step fails. */
  readonly rollbackOn?: readonly (Condition | "any failure")[];
  /** The old revision stays able to serve for this long. */
  readonly rollbackWindow?: Duration;
  readonly notify?: readonly Channel[];
  /** The new revision held against the old one. */
  readonly compare?: {
    readonly tolerance?: number;
    readonly falseAlarms?: Percent;
    readonly misses?: Percent;
    readonly warmUp?: Duration;
  };
};

/** A growing share of the traffic, each step proved before the next. The last step, to 100 %, is implied. */
export function canary(steps: readonly Step[], options: ReleaseOptions = {}): Strategy {
  return new Strategy("canary", { steps, ...options }, { given: options, args: { steps: 0 } });
}

export type BlueGreenOptions = ReleaseOptions & {
  /** Where the new colour can be seen before it takes traffic. */
  readonly preview?: string;
  /** The old colour goes after this long. */
  readonly retireAfter?: Duration;
};

/** The new version beside the old one, and then all traffic at once. */
export function blueGreen(options: BlueGreenOptions = {}): Strategy {
  return new Strategy("blue-green", options, { given: options });
}

export type RollingOptions = ReleaseOptions & { readonly surge?: number | Percent; readonly unavailable?: number | Percent };

/** Instance by instance. */
export function rolling(options: RollingOptions = {}): Strategy {
  return new Strategy("rolling", options, { given: options });
}

/** Stop the old, start the new; there is a gap. */
export function recreate(options: ReleaseOptions = {}): Strategy {
  return new Strategy("recreate", options, { given: options });
}

export type HealthyOptions = {
  readonly path?: `/${string}`;
  readonly every?: Duration;
  readonly tries?: number;
  readonly inARow?: number;
};

/** The service answers at its health path. */
export function healthy(of: AnyService, options: HealthyOptions = {}): Gate {
  return new Gate({ gate: "health", of, ...options }, { given: options, args: { of: 0 } });
}

/** A command that must succeed against what was just released. */
export function smoke(command: string, options: { readonly timeout?: Duration } = {}): Gate {
  return new Gate({ gate: "smoke", command, ...options }, { given: options, args: { command: 0 } });
}
