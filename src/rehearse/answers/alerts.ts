import { advanceAlerts } from "../../signals/alerts/advance.ts";
import { type AlertState, noAlerts } from "../../signals/alerts/alert-state.ts";
import type { Script } from "../plan/script.ts";
import { refName } from "../../spec/derive.ts";
import type { Signals } from "./signals.ts";

/** The alerts that would take a release back, looked at as often as their rules say. */
export type Alerts = {
  /** When one is due. */
  readonly nextMs: () => number;
  round(signals: Signals, nowMs: number): void;
  readonly state: () => AlertState;
  readonly isFiring: () => boolean;
};

export function createAlerts(rules: Script["alerts"], startMs: number): Alerts {
  const due = rules.map((one) => ({ ...one, atMs: startMs + one.rule.everyMs }));
  let state = noAlerts;
  let firing = false;
  const next = () => due.reduce((least, { atMs }) => Math.min(least, atMs), Infinity);
  let nextMs = next();
  return {
    nextMs: () => nextMs,
    round(signals, nowMs) {
      const results = due.flatMap((one) => {
        if (nowMs < one.atMs) return [];
        one.atMs = nowMs + one.rule.everyMs;
        const { rule, condition } = one;
        const { holding } = condition.read(signals, nowMs);
        const service = refName(rule.when?.signal.of, "services");
        const labels: Record<string, string> = service === undefined ? {} : { service };
        return [{ rule, outcome: { ok: true as const, vector: holding === undefined ? [] : [{ labels, value: holding }] } }];
      });
      if (results.length === 0) return;
      ({ state } = advanceAlerts(state, results, nowMs));
      nextMs = next();
      firing = Object.values(state.alerts).some(({ phase }) => phase === "firing");
    },
    state: () => state,
    isFiring: () => firing,
  };
}
