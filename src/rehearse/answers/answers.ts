import type { Answer, Gate } from "../../delivery/gate.ts";
import { heldFreezes } from "../../delivery/freezes.ts";
import type { Question } from "../../delivery/gates/question.ts";
import { durationMs } from "../../lib/quantities.ts";
import { begunSince, begunText } from "../../signals/alerts/begun-since.ts";
import { type ReadCondition, judgeCondition } from "../../signals/measures/judge-condition.ts";
import { judgeBurn } from "../../signals/slo/judge-burn.ts";
import type { Script } from "../plan/script.ts";
import type { SimulatedTarget } from "../world/simulated-target.ts";
import type { Alerts } from "./alerts.ts";
import type { Condition } from "./reading.ts";
import type { Signals } from "./signals.ts";

/** What the questions of a release are answered in a rehearsal. */
export type Answers = {
  of(question: Question, nowMs: number): Answer | undefined;
  /** Whether any watch ever could; where not, nobody has to ask. */
  readonly mayFail: boolean;
  /** A watch that would take the release back, were it looked at now. */
  fails(nowMs: number): boolean;
};

export function createAnswers(
  { plan, conditions, slos, environment, alerts: rules }: Script,
  {
    signals,
    alerts,
    target,
    startMs,
  }: { readonly signals: Signals; readonly alerts: Alerts; readonly target: SimulatedTarget; readonly startMs: number },
): Answers {
  const heldSinceMs = new Map<string, number>();
  const alertRules = rules.map(({ rule }) => rule);

  /** Each time that a condition is asked tells since when it has held. */
  function ask(id: string, condition: Condition, nowMs: number): ReadCondition {
    const read = condition.read(signals, nowMs);
    if (read.holding === undefined) heldSinceMs.delete(id);
    else if (!heldSinceMs.has(id)) heldSinceMs.set(id, nowMs);
    return read;
  }

  function gateAnswer(gate: Gate, nowMs: number): Answer {
    const told = (verdict: Answer["verdict"], because: string): Answer => ({ verdict, because, atMs: nowMs });
    switch (gate.gate) {
      case "signal": {
        const condition = conditions.get(gate.id);
        if (condition === undefined) return told("pass", assumed);
        const read = ask(gate.id, condition, nowMs);
        const { for: span } = condition.asked.condition;
        const is = nowMs - (heldSinceMs.get(gate.id) ?? nowMs) >= (span === undefined ? 0 : durationMs(span)) ? "yes" : "no";
        const { verdict, because } = judgeCondition(condition.asked, read, { is });
        return told(verdict, because);
      }
      case "burn": {
        const slo = slos.find(({ name }) => name === gate.slo);
        if (slo === undefined) return told("pass", assumed);
        const burnt = signals.burnt(slo, nowMs, gate.withinMs);
        const { verdict, because } = judgeBurn(
          { slo, below: gate.below, withinMs: gate.withinMs, speed: 1 },
          burnt?.bad,
          burnt?.all,
        );
        return told(verdict, because);
      }
      case "alerts": {
        const found = begunSince(alerts.state(), alertRules, { services: gate.services, sinceMs: startMs });
        return found.length === 0 ? told("pass", "no alert about it fires") : told("fail", begunText(found, nowMs));
      }
      case "freeze": {
        const [held] = heldFreezes(environment.freezes, gate.action, nowMs);
        if (held !== undefined) return told("fail", `${held.name} stops a ${gate.action}: ${held.because}`);
        return told("pass", `nothing stops a ${gate.action} now`);
      }
      default:
        return told("pass", assumed);
    }
  }

  /** Most watches at most times: nothing is put into words for those. */
  function surelyPasses(gate: Gate, nowMs: number): boolean {
    if (gate.gate === "alerts") return !alerts.isFiring();
    if (gate.gate !== "signal" || gate.passesWhen !== "false") return false;
    const condition = conditions.get(gate.id);
    return condition === undefined || ask(gate.id, condition, nowMs).holding === undefined;
  }

  function canFail({ gate, id, ...of }: Gate): boolean {
    if (gate === "alerts") return alertRules.length > 0;
    if (gate === "signal") return conditions.has(id);
    return gate === "freeze" || (gate === "burn" && "slo" in of && slos.some(({ name }) => name === of.slo));
  }

  return {
    of(question, nowMs) {
      if (question.ask === "gate") return gateAnswer(question.gate, nowMs);
      if (question.ask !== "health") return undefined;
      const { service } = question.gate;
      const seen = question.revision === undefined ? undefined : target.services()[service]?.revisions[question.revision];
      // What is not released serves as it did before.
      const isUp = question.revision === undefined || (seen?.state === "ready" && seen.ready > 0);
      return { verdict: isUp ? "pass" : "fail", because: `${service} ${isUp ? "answers" : "does not answer"}`, atMs: nowMs };
    },
    mayFail: plan.watches.some(canFail),
    fails(nowMs) {
      let failed = false;
      // Each is asked, as a look would: how long a condition has held is told by having been asked.
      for (const gate of plan.watches)
        if (!surelyPasses(gate, nowMs) && gateAnswer(gate, nowMs).verdict === "fail") failed = true;
      return failed;
    },
  };
}

const assumed = "taken to be so";
