import { durationText } from "../measures/promql-text.ts";
import { percentText } from "../measures/value-words.ts";
import type { SloRule } from "../rules/ruleset.ts";

export type AskedBurn = {
  readonly slo: Pick<SloRule, "name" | "target" | "windowMs">;
  readonly below: number;
  readonly withinMs: number;
  readonly speed: number;
};

export type JudgedBurn = {
  readonly verdict: "pass" | "fail" | "inconclusive";
  readonly because: string;
  readonly evidence?: { readonly burnt: number; readonly times: number; readonly below: number };
};

/** How much of the whole budget of an SLO was burnt within a span: so many times too fast, for that part of the SLO's own window. */
export function judgeBurn(
  { slo, below, withinMs, speed }: AskedBurn,
  bad: number | undefined,
  all: number | undefined,
): JudgedBurn {
  const said = durationText(withinMs);
  if (all === undefined || !(all > 0))
    return {
      verdict: "inconclusive",
      because: `nothing was asked in the last ${said}: nobody knows how ${slo.name} does`,
    };
  const times = (bad ?? 0) / all / (1 - slo.target);
  const burnt = times * Math.min(1, withinMs / speed / slo.windowMs);
  return {
    verdict: burnt < below ? "pass" : "fail",
    because: `${percentText(burnt)} of the budget of ${slo.name} was burnt in the last ${said}, ${burnt < below ? "below" : "and not below"} ${percentText(below)}`,
    evidence: { burnt, times, below },
  };
}
