import { atSpeed } from "../promql/at-speed.ts";
import { parsePromql } from "../promql/parse.ts";
import { printPromql } from "../promql/print.ts";
import type { Ruleset } from "./ruleset.ts";

/** Nothing is looked at more often than this, however fast time runs. */
const leastEveryMs = 250;

/**
 * The rules for a world that runs `speed` times faster: what a policy waits for and looks back on is divided. Thresholds, floors and
 * what a day, a month and a certificate are stay as they are.
 */
export function rulesAtSpeed(rules: Ruleset, speed: number): Ruleset {
  if (speed === 1) return rules;
  const span = (ms: number) => ms / speed;
  const every = (ms: number) => Math.max(leastEveryMs, span(ms));
  return {
    ...rules,
    everyMs: every(rules.everyMs),
    recordings: rules.recordings.map((one) => ({ ...one, expr: faster(one.expr, speed) })),
    alerts: rules.alerts.map((one) => ({
      ...one,
      expr: faster(one.expr, speed),
      forMs: span(one.forMs),
      keepFiringMs: span(one.keepFiringMs),
      everyMs: every(one.everyMs),
    })),
    slos: rules.slos.map((one) => ({ ...one, windowMs: span(one.windowMs) })),
  };
}

function faster(text: string, speed: number): string {
  const parsed = parsePromql(text);
  return parsed.ok ? printPromql(atSpeed(parsed.expr, speed)) : text;
}
