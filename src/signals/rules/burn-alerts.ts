import { durationMs } from "../../lib/quantities.ts";
import type { ConditionData } from "../measures/spec-data.ts";
import { durationText } from "../measures/promql-text.ts";
import type { SloRule } from "./ruleset.ts";
import { type Wanted, spanInSpec } from "./wanted.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** How fast, over how long, for an SLO over 30 days: what is gone then is 2, 5, 10 and 10 % of the month's budget. */
export const burns = [
  { factor: 14.4, longMs: hourMs, severity: "critical" },
  { factor: 6, longMs: 6 * hourMs, severity: "critical" },
  { factor: 3, longMs: dayMs, severity: "warning" },
  { factor: 1, longMs: 3 * dayMs, severity: "warning" },
] as const;
const usualWindowMs = 30 * dayMs;
/** A window has to hold two of what its recordings are taken over. */
const leastMs = 600_000;

export type Burn = { readonly factor: number; readonly longMs: number; readonly severity: "critical" | "warning" };

/**
 * The windows in which an SLO's burn can be told: those for 30 days, stretched to its own window, without any that could never ring:
 * when everything fails the budget burns at 1 / (1 − target), and no faster.
 */
export function burnsOf({ target, windowMs }: Pick<SloRule, "target" | "windowMs">): readonly Burn[] {
  const stretch = windowMs / usualWindowMs;
  return burns
    .map(({ factor, longMs, severity }) => ({ factor, longMs: Math.round((longMs * stretch) / 60_000) * 60_000, severity }))
    .filter(({ factor, longMs }) => factor * (1 - target) < 1 - 1e-9 && longMs >= leastMs);
}

/**
 * Where a spec has an alert on how fast a budget burns, the other windows are watched as well, and tell whoever that one tells: a
 * slow burn empties the budget just as surely. An SLO that no alert is about is only shown.
 */
export function burnAlerts(written: readonly Wanted[], slos: readonly SloRule[]): readonly Wanted[] {
  return slos.flatMap((slo) => {
    const own = written.filter(({ when }) => when.signal.measure === "burnRate" && when.signal.of?.ref === `slos.${slo.name}`);
    const [first] = own;
    if (first === undefined) return [];
    const to = [...new Set(own.flatMap((one) => one.to))];
    return burnsOf(slo)
      .filter(({ factor, longMs }) => !own.some(({ when }) => covers(when, factor, longMs)))
      .map(({ factor, longMs, severity }): Wanted => {
        const over = durationText(longMs);
        return {
          name: `${slo.name} burns ${factor}× over ${over}`,
          when: {
            kind: "condition",
            signal: { kind: "signal", measure: "burnRate", of: { ref: `slos.${slo.name}` }, over: spanInSpec(longMs) },
            is: "above",
            value: factor,
          },
          severity,
          to,
          path: first.path,
          ...(first.owner === undefined ? {} : { owner: first.owner }),
          ...(first.runbook === undefined ? {} : { runbook: first.runbook }),
        };
      });
  });
}

/** Whether an alert of the spec rings whenever this one would. */
function covers({ signal, value, is }: ConditionData, factor: number, longMs: number): boolean {
  if (typeof value !== "number" || (is !== "above" && is !== "atLeast")) return false;
  return value <= factor && durationMs(signal.over ?? "1h") === longMs;
}
