import type { Plan } from "../plan.ts";

/** A plan as a sentence or two, as a document would say it. */
export function describePlan(plan: Plan): string {
  return plan.steps.map(({ name }) => name).join(" → ");
}
