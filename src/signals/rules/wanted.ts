import { inOneUnit } from "../../lib/quantities.ts";
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

/** A span as a spec writes it, in one unit: PromQL's "1h24m" is none of its words. */
export function spanInSpec(ms: number) {
  return inOneUnit(ms, ["d", "h", "m", "s"]);
}
