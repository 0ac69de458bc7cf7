// A rollout of so many looks on a target that answers at once: what is measured is the engine and Postgres.

export const looksMachine = {
  kind: "bench",
  schemaVersion: 1,
  upcast: (stored) => stored,
  advance(run, observed, commands, nowMs) {
    const at = commands.length > 0 || run.waits ? run.at : run.at + 1;
    const over = at >= run.looks;
    const step = Math.floor(at / 10);
    const moved = step !== run.step;
    const entry = { atMs: nowMs, step, what: `${step * 10} %`, because: `error rate ${observed.errors} below 0.01` };
    return {
      run: {
        ...run,
        at,
        step,
        answers: { errors: { verdict: "pass", because: `${observed.errors} below 0.01`, atMs: nowMs } },
        record: moved ? [...run.record, entry] : run.record,
        ...(over ? { endedAtMs: nowMs } : {}),
      },
      effects: over ? [] : [{ effect: "route", service: "api", weight: step * 10 }],
      events: moved ? [{ kind: "bench.step", actor: { kind: "automation", name: "gantry" }, subject: run.id, data: entry }] : [],
      notices: [],
      replies: commands.map(({ id }) => ({ command: id, ok: true, because: "read" })),
      ...(over ? {} : { wakeAtMs: run.waits ? nowMs + 3_600_000 : nowMs }),
    };
  },
};

export const simulatedDriver = {
  machine: looksMachine,
  observe: (run) => Promise.resolve({ errors: (run.at % 7) / 1_000 }),
  carryOut: () => Promise.resolve(),
};

export function simulated(id, { looks = 60, waits = false } = {}) {
  return {
    schemaVersion: 1,
    id,
    kind: "bench",
    product: "bench",
    environment: id,
    startedBy: { kind: "person", name: "ada" },
    startedAtMs: Date.now(),
    exclusive: true,
    // About as much as a release of one service carries with it.
    plan: Array.from({ length: 5 }, (_, index) => ({
      name: `${index * 25} %`,
      weightPercent: index * 25,
      runs: true,
      workers: false,
      does: [],
      bakeMs: 600_000,
      gates: [
        {
          gate: "health",
          id: `health-${index}`,
          says: "/healthz of api answers",
          service: "api",
          path: "/healthz",
          everyMs: 5_000,
        },
      ],
      compares: true,
      deadlineMs: 600_000,
    })),
    looks,
    waits,
    at: 0,
    step: 0,
    answers: {},
    record: [],
  };
}
