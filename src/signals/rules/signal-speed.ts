import type { Ruleset } from "./ruleset.ts";
import { windowsOf } from "./windows.ts";

/** How fast time runs for what is measured, and why no faster. */
export type SignalSpeed = {
  readonly asked: number;
  readonly effective: number;
  /** What keeps it below what was asked. */
  readonly because?: {
    /** The alert or recording. */
    readonly rule: string;
    readonly metric: string;
    readonly windowMs: number;
    readonly everyMs: number;
    /** So many samples the window has to hold. */
    readonly samples: number;
  };
};

/**
 * Windows are divided by the speed, and what they look at is sampled no more often for it: the shortest of them has to hold some
 * samples all the same. `everyMsOf` tells how often a metric is sampled at speed; undefined where that is divided as well.
 */
export function signalSpeed(
  { recordings, alerts }: Ruleset,
  asked: number,
  everyMsOf: (metric: string) => number | undefined,
): SignalSpeed {
  let found: SignalSpeed = { asked, effective: asked };
  const rules = [
    ...recordings.map(({ record, labels, expr }) => ({ rule: labels["slo"] ?? record, expr })),
    ...alerts.map(({ name, expr }) => ({ rule: name, expr })),
  ];
  for (const { rule, expr } of rules)
    for (const { metric, windowMs, samples } of windowsOf(expr)) {
      const everyMs = everyMsOf(metric);
      if (everyMs === undefined) continue;
      const most = Math.max(1, Math.floor(windowMs / (samples * everyMs)));
      if (most < found.effective) found = { asked, effective: most, because: { rule, metric, windowMs, everyMs, samples } };
    }
  return found;
}
