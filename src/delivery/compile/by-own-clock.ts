import type { Gate } from "../gate.ts";
import type { Plan } from "../plan.ts";

/**
 * A plan for a machine at speed, told by the policy's own clock. Most of it is as the policy says it. What no machine does faster, however fast
 * spans pass for it (a new process gets warm, a window wants requests), lasts so much longer by that clock.
 */
export function byOwnClock(plan: Plan, speed: number): Plan {
  const { comparison } = plan;
  return {
    ...plan,
    steps: plan.steps.map((step) => ({
      ...step,
      bakeMs: step.bakeMs * speed,
      deadlineMs: step.deadlineMs * speed,
      gates: step.gates.map((gate) => gateByOwnClock(gate, speed)),
    })),
    watches: plan.watches.map((gate) => gateByOwnClock(gate, speed)),
    ...(comparison && {
      comparison: { ...comparison, warmUpMs: comparison.warmUpMs * speed, windowMs: comparison.windowMs * speed },
    }),
    windowMs: plan.windowMs * speed,
    retireAfterMs: plan.retireAfterMs * speed,
    readyDeadlineMs: plan.readyDeadlineMs * speed,
    lookEveryMs: plan.lookEveryMs * speed,
  };
}

/** What a gate asks of signals is as it is written, at every speed. */
function gateByOwnClock(gate: Gate, speed: number): Gate {
  if (gate.gate === "approval") return { ...gate, expiresMs: gate.expiresMs * speed };
  if (gate.gate === "health") return { ...gate, everyMs: gate.everyMs * speed };
  if (gate.gate === "smoke") return { ...gate, timeoutMs: gate.timeoutMs * speed };
  return gate;
}
