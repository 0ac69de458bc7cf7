import type { AlertRule, LeftOut, Recording } from "../../signals/rules/ruleset.ts";
import { rulesOf } from "../../signals/rules/rules-of.ts";
import { type SignalWarning, warningsOf } from "../../signals/rules/warnings.ts";
import type { Environment } from "../../spec/environment.ts";
import { cloudHeld } from "../../synth/monitoring/cloud.ts";
import { type Held, heldBy } from "../../synth/monitoring/held.ts";
import { watchesOf } from "../../synth/monitoring/watches.ts";
import type { Subject } from "../../synth/subject.ts";

export type HeldAlert = Omit<AlertRule, "kind" | "when"> & {
  /** The back ends that the spec's tools name; none where nothing of them watches the environment. */
  readonly held: readonly Held[];
};

export type EnvironmentSignals = {
  readonly environment: string;
  readonly recordings: readonly Recording[];
  readonly alerts: readonly HeldAlert[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly SignalWarning[];
};

/** What is recorded and what rings in each environment, and what holds it. */
export function signalsOf(subject: Subject, asked: readonly Environment[]): readonly EnvironmentSignals[] {
  const watches = watchesOf(subject);
  return asked.map((environment) => {
    // What somebody else runs is watched by nothing of ours.
    const watch = watches.find((one) => one.environment === environment);
    const rules = watch?.rules ?? rulesOf(environment);
    return {
      environment: environment.environment,
      recordings: rules.recordings,
      alerts: rules.alerts.map((rule) => {
        const { kind: _, when: __, ...rest } = rule;
        return { ...rest, held: watch === undefined ? [] : heldBy(watch, rule, cloudHeld) };
      }),
      leftOut: rules.leftOut,
      warnings: warningsOf(rules, environment),
    };
  });
}
