import { byOwnClock } from "../../delivery/compile/by-own-clock.ts";
import { withAlerts } from "../../delivery/compile/with-alerts.ts";
import { compilePlan } from "../../delivery/compile/compile-plan.ts";
import { orderOf } from "../../delivery/compile/order-of.ts";
import type { Plan } from "../../delivery/plan.ts";
import type { Change } from "../../delivery/release.ts";
import { isGrave, subjectOf } from "../../signals/alerts/begun-since.ts";
import type { Gate } from "../../delivery/gate.ts";
import type { ConditionData } from "../../signals/measures/spec-data.ts";
import { recordedMs } from "../../signals/measures/shape.ts";
import type { AlertRule } from "../../signals/rules/ruleset.ts";
import { rulesOf } from "../../signals/rules/rules-of.ts";
import type { Environment } from "../../spec/environment.ts";
import { isListening } from "../../spec/is-listening.ts";
import { type Condition, conditionOf, sloOf } from "../answers/reading.ts";
import type { SloSeries } from "../answers/series-of.ts";

/** What is rehearsed, made ready once for all runs. */
export type Script = {
  readonly environment: Environment;
  readonly plan: Plan;
  readonly changes: readonly Change[];
  /** By the id of the gate. */
  readonly conditions: ReadonlyMap<string, Condition>;
  readonly alerts: readonly { readonly rule: AlertRule; readonly condition: Condition }[];
  /** Those that gates ask about: what they record is kept. */
  readonly slos: readonly SloSeries[];
  /** All SLOs whose budget a release may burn. */
  readonly budgets: readonly SloSeries[];
  /** How far back anything looks. */
  readonly looksBackMs: number;
  readonly needsLatency: boolean;
  readonly boundsMs: readonly number[];
  /** Gates that nothing here can answer: they are taken to pass. */
  readonly assumed: readonly string[];
};

export type ScriptOptions = {
  /** Which of its services are released; all of them where nothing is said. */
  readonly services?: readonly string[];
  readonly latencyBoundsMs: readonly number[];
  /** Of the machine that is to do it, where it is one at speed: some things it does no faster. */
  readonly speed?: number;
};

export function scriptOf(environment: Environment, { services, latencyBoundsMs, speed = 1 }: ScriptOptions): Script {
  const changes = changesOf(environment, services);
  const compiled = compilePlan(environment, changes, { speed, latencyBoundsMs });
  const plan = withAlerts(byOwnClock(compiled, speed), changes);
  const revisions = Object.fromEntries(changes.map(({ service, to }) => [service, to]));
  const gates = [...plan.watches, ...plan.steps.flatMap((step) => step.gates)];
  const conditions = new Map<string, Condition>();
  const slos = new Map<string, SloSeries>();
  const assumed: string[] = [];
  let looksBackMs = 0;
  for (const gate of gates) {
    if (gate.gate === "signal") {
      const found = conditionOf(gate.condition as ConditionData, environment, { revisions, passesWhen: gate.passesWhen });
      if (found === undefined) assumed.push(gate.says);
      else conditions.set(gate.id, found);
    } else if (gate.gate === "burn") {
      const slo = sloOf(gate.slo, environment);
      if (slo === undefined) assumed.push(gate.says);
      else slos.set(gate.slo, slo);
      looksBackMs = Math.max(looksBackMs, gate.withinMs);
    } else if (isTakenToPass(gate)) assumed.push(gate.says);
  }
  const watched = gates.some(({ gate }) => gate === "alerts") ? alertsAbout(environment, changes) : [];
  const all = [...conditions.values(), ...watched.map(({ condition }) => condition)];
  return {
    environment,
    plan,
    changes,
    conditions,
    alerts: watched,
    slos: [...slos.values()],
    budgets: Object.keys(environment.slos).flatMap((name) => sloOf(name, environment) ?? []),
    looksBackMs: Math.max(recordedMs, looksBackMs, ...all.map((one) => one.looksBackMs)),
    needsLatency: all.some((one) => one.needsLatency),
    boundsMs: latencyBoundsMs,
    assumed: [...new Set(assumed)],
  };
}

/** Checks, signatures, migrations and other environments are as they should be: what is rehearsed is what comes after. */
function isTakenToPass({ gate }: Gate): boolean {
  return gate === "green" || gate === "check" || gate === "clean" || gate === "signed" || gate === "migrated";
}

/** Those that would take the release back, as far as a rehearsal can tell what they measure. */
function alertsAbout(environment: Environment, changes: readonly Change[]): Script["alerts"] {
  const names = changes.map(({ service }) => service);
  return rulesOf(environment).alerts.flatMap((rule) => {
    const about = subjectOf(rule);
    if (!isGrave(rule) || rule.when === undefined || about === undefined || !names.includes(about)) return [];
    const { for: _, ...when } = rule.when;
    const condition = conditionOf(when, environment, { revisions: {}, passesWhen: "false" });
    return condition === undefined ? [] : [{ rule, condition }];
  });
}

function changesOf({ services }: Environment, asked?: readonly string[]): readonly Change[] {
  const released = Object.fromEntries(Object.entries(services).filter(([name]) => asked === undefined || asked.includes(name)));
  const order = orderOf(released);
  return Object.entries(released).map(([service, one]) => ({
    service,
    from: `${service}-1`,
    to: `${service}-2`,
    version: "v2",
    artifact: "sha256:2",
    after: order[service] ?? [],
    serves: isListening(one),
    replicas: Math.max(1, one.scale?.min ?? 1),
  }));
}
