import type { Plan, Step } from "../plan.ts";

/** Back: the old revisions run and are ready, and then all traffic at once. */
export function compileRollback(): Plan {
  const step: Step = {
    name: "start",
    weightPercent: 0,
    runs: true,
    workers: false,
    does: [],
    bakeMs: 0,
    gates: [],
    compares: false,
    deadlineMs: 60_000,
  };
  return {
    strategy: "rollback",
    steps: [step, { ...step, name: "100%", weightPercent: 100, workers: true }],
    watches: [],
    windowMs: 0,
    retireAfterMs: 0,
    readyDeadlineMs: 600_000,
    lookEveryMs: 1_000,
    mostRestarts: 5,
  };
}
