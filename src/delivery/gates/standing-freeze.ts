import type { Gate } from "../gate.ts";
import type { Step } from "../plan.ts";
import type { Release } from "../release.ts";

type Freeze = Extract<Gate, { readonly gate: "freeze" }>;

/**
 * Whoever begins a freeze by hand means what is on its way as well, and no plan knows of it: it is asked before traffic moves, and before a
 * database is changed. Nothing where the step itself asks it.
 */
export function standingFreeze({ plan, at }: Pick<Release, "plan" | "at">): Freeze | undefined {
  const [step, next] = [plan.steps[at], plan.steps[at + 1]];
  if (step === undefined || next === undefined) return undefined;
  const action = actionOf(step, next, plan.strategy);
  if (action === undefined || step.gates.some((gate) => gate.gate === "freeze" && gate.action === action)) return undefined;
  return { gate: "freeze", id: `${step.name}: freeze begun of ${action}`, says: `no freeze stops this ${action}`, action };
}

function actionOf(step: Step, next: Step, strategy: Release["plan"]["strategy"]): Freeze["action"] | undefined {
  if (next.does.some((deed) => deed.step === "migrate")) return "migrate";
  if (next.weightPercent <= step.weightPercent) return undefined;
  return strategy === "rollback" ? "rollback" : "promote";
}
