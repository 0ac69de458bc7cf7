import { refName } from "../../spec/derive.ts";
import type { ConditionData } from "../measures/spec-data.ts";
import type { AlertRule } from "./ruleset.ts";

/** An alert before it has an expression: what the spec says, or what follows from a budget, a check or an SLO. */
export type Wanted = Pick<AlertRule, "name" | "severity" | "to" | "path"> &
  Partial<Pick<AlertRule, "keepFiringMs" | "everyMs" | "owner" | "runbook" | "description" | "labels" | "of">> & {
    readonly when: ConditionData;
  };

export function channelsOf(to: readonly unknown[]): readonly string[] {
  return [...new Set(to.flatMap((one) => refName(one, "channels") ?? []))];
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

/** A span as a spec writes it, in one unit: PromQL's "1h24m" is none of its words. */
export function spanInSpec(ms: number): `${number}${(typeof units)[number][0]}` {
  const [unit, size] = units.find(([, one]) => ms % one === 0) ?? ["ms", 1];
  return `${ms / size}${unit}`;
}
