import type { Plan, Step } from "../plan.ts";

/** Back: the old revisions run and are ready, and then all traffic at once. */
export function compileRollback({ frozen }: { readonly frozen: boolean }): Plan {
  const step: Step = {
    name: "start",
    weightPercent: 0,
    runs: true,
    workers: false,
    does: [],
    bakeMs: 0,
    gates: frozen ? [{ gate: "freeze", id: "start: freeze", says: "no freeze stops a rollback", action: "rollback" }] : [],
    compares: false,
    deadlineMs: 60_000,
  };
  return {
    strategy: "rollback",
    steps: [step, { ...step, name: "100%", weightPercent: 100, workers: true, gates: [] }],
    watches: [],
    windowMs: 0,
    retireAfterMs: 0,
    readyDeadlineMs: 600_000,
    lookEveryMs: 1_000,
    mostRestarts: 5,
  };
}
