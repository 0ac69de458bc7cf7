import type { Effect } from "../../../src/delivery/effect.ts";
import type { Answer } from "../../../src/delivery/gate.ts";
import type { Question } from "../../../src/delivery/gates/question.ts";
import type { Observed, RevisionSeen, ServiceSeen, Share, TaskSeen, TrafficSeen } from "../../../src/delivery/observed.ts";

// A target as a state of its own that changes with a clock which tests turn. What it is told is carried out at once; what that leads to
// (a revision becomes ready, or crashes) takes the time that its behaviour says.

export type Behaviour = {
  /** Absent: it never becomes ready. */
  readonly readyAfterMs?: number;
  /** Crashes so long after it became ready, each time. */
  readonly crashesAfterMs?: number;
  /** Gives up after so many crashes. */
  readonly givesUpAfter?: number;
  /** One replica fewer than wanted in these spans of the clock. */
  readonly loses?: readonly { readonly fromMs: number; readonly untilMs: number }[];
  /** Of its requests. */
  readonly errorShare?: number;
  readonly isSlow?: boolean;
};

type Machine = {
  state: RevisionSeen["state"];
  wanted: number;
  restarts: number;
  sinceMs: number;
  traffic: TrafficSeen;
  owedErrors: number;
};

type Place = { machines: Map<string, Machine>; shares: readonly Share[]; tags: Readonly<Record<string, string>> };

export type TargetOptions = {
  readonly serving: Readonly<Record<string, { readonly revision?: string; readonly replicas: number }>>;
  readonly behaviours?: Readonly<Record<string, Behaviour>>;
  readonly requestsPerSecond?: number;
  /** How long each task takes, and how it ends; by what it does, or by the end of its id. */
  readonly tasks?: (id: string) => { readonly lastsMs: number; readonly state: "passed" | "failed" };
};

const none: TrafficSeen = { requests: 0, errors: 0, latency: [0, 0] };

export type SimulatedTarget = ReturnType<typeof createSimulatedTarget>;

export function createSimulatedTarget({ serving, behaviours = {}, requestsPerSecond = 50, tasks }: TargetOptions) {
  const places = new Map<string, Place>();
  const running = new Map<string, { readonly sinceMs: number; cancelled: boolean }>();
  let nowMs = 0;
  for (const [service, { revision, replicas }] of Object.entries(serving)) {
    const machines = new Map<string, Machine>();
    if (revision !== undefined) machines.set(revision, { ...fresh(0, replicas), state: "ready" });
    places.set(service, { machines, shares: revision === undefined ? [] : [{ revision, weightPercent: 100 }], tags: {} });
  }
  const place = (service: string): Place => {
    const found = places.get(service);
    if (found === undefined) throw new Error(`no service ${service}`);
    return found;
  };
  const behaviour = (revision: string): Behaviour => behaviours[revision] ?? { readyAfterMs: 2_000 };
  const readyOf = (revision: string, machine: Machine): number => {
    if (machine.state !== "ready") return 0;
    const isFewer = behaviour(revision).loses?.some(({ fromMs, untilMs }) => nowMs >= fromMs && nowMs < untilMs) ?? false;
    return isFewer ? machine.wanted - 1 : machine.wanted;
  };

  function move(revision: string, machine: Machine): void {
    const { readyAfterMs, crashesAfterMs, givesUpAfter = Infinity } = behaviour(revision);
    for (;;) {
      if (machine.state === "starting" && readyAfterMs !== undefined && nowMs - machine.sinceMs >= readyAfterMs) {
        machine.state = "ready";
        machine.sinceMs += readyAfterMs;
      } else if (machine.state === "ready" && crashesAfterMs !== undefined && nowMs - machine.sinceMs >= crashesAfterMs) {
        machine.restarts += 1;
        machine.sinceMs += crashesAfterMs;
        machine.state = machine.restarts >= givesUpAfter ? "failed" : "starting";
        machine.traffic = none;
      } else return;
      if ((readyAfterMs ?? 1) === 0 && crashesAfterMs === 0) throw new Error("this would crash for ever at once");
    }
  }

  function serve({ machines, shares }: Place, ms: number): void {
    for (const { revision, weightPercent } of shares) {
      const machine = machines.get(revision);
      if (machine === undefined || readyOf(revision, machine) === 0) continue;
      const requests = Math.round((requestsPerSecond * ms * weightPercent) / 100_000);
      const { errorShare = 0, isSlow = false } = behaviour(revision);
      machine.owedErrors += requests * errorShare;
      const errors = Math.floor(machine.owedErrors);
      machine.owedErrors -= errors;
      const [fast = 0, slow = 0] = machine.traffic.latency;
      machine.traffic = {
        requests: machine.traffic.requests + requests,
        errors: machine.traffic.errors + errors,
        latency: isSlow ? [fast, slow + requests] : [fast + requests, slow],
      };
    }
  }

  return {
    /** Lets time pass. */
    pass(untilMs: number): void {
      const ms = Math.max(0, untilMs - nowMs);
      for (const one of places.values()) serve(one, ms);
      nowMs = Math.max(nowMs, untilMs);
      for (const { machines } of places.values()) for (const [revision, machine] of machines) move(revision, machine);
    },

    carryOut(effects: readonly Effect[]): void {
      for (const effect of effects) {
        if (effect.effect === "task") {
          if (!running.has(effect.task.id)) running.set(effect.task.id, { sinceMs: nowMs, cancelled: false });
        } else if (effect.effect === "cancel") {
          const task = running.get(effect.task);
          if (task !== undefined) task.cancelled = true;
        } else if (effect.effect === "start") {
          const { machines } = place(effect.service);
          const found = machines.get(effect.revision);
          if (found === undefined || found.state === "idle") {
            const replicas = effect.replicas ?? serving[effect.service]?.replicas ?? 1;
            machines.set(effect.revision, { ...fresh(nowMs, replicas), traffic: found?.traffic ?? none });
          } else if (effect.replicas !== undefined) found.wanted = effect.replicas;
        } else if (effect.effect === "route") {
          places.set(effect.service, { ...place(effect.service), shares: effect.shares, tags: effect.tags });
        } else if (effect.effect === "rest" || effect.effect === "remove") {
          const machine = place(effect.service).machines.get(effect.revision);
          if (machine !== undefined) machine.state = "idle";
        }
      }
    },

    services(): Readonly<Record<string, ServiceSeen>> {
      return Object.fromEntries(
        [...places].map(([service, { machines, shares }]) => [
          service,
          {
            shares,
            revisions: Object.fromEntries(
              [...machines].map(([revision, machine]) => [
                revision,
                { state: machine.state, ready: readyOf(revision, machine), wanted: machine.wanted, restarts: machine.restarts },
              ]),
            ),
          },
        ]),
      );
    },

    tags: (service: string) => place(service).tags,

    /** Sees what is asked for; `answer` says what gates are told, undefined where nobody can tell. */
    observe(questions: readonly Question[], answer: (question: Question) => Answer | undefined): Observed {
      const answers: Record<string, Answer> = {};
      const seenTasks: Record<string, TaskSeen> = {};
      const traffic: Record<string, Record<string, TrafficSeen>> = {};
      for (const question of questions) {
        if (question.ask === "gate" || question.ask === "health") {
          const found = answer(question);
          if (found !== undefined) answers[question.id] = found;
        } else if (question.ask === "task") {
          const task = running.get(question.id);
          if (task === undefined) continue;
          const { lastsMs, state } = tasks?.(question.id) ?? { lastsMs: 1_000, state: "passed" };
          if (task.cancelled) seenTasks[question.id] = { state: "failed", because: "cancelled" };
          else if (nowMs - task.sinceMs < lastsMs) seenTasks[question.id] = { state: "running", because: "running" };
          else seenTasks[question.id] = { state, because: state === "passed" ? "exit status 0" : "exit status 1" };
        } else {
          const { machines } = place(question.service);
          traffic[question.service] = Object.fromEntries(
            question.revisions.flatMap((revision) => {
              const machine = machines.get(revision);
              return machine === undefined ? [] : [[revision, machine.traffic] as const];
            }),
          );
        }
      }
      return { atMs: nowMs, services: this.services(), traffic, answers, tasks: seenTasks };
    },

    /** Ids of the tasks that were ever begun. */
    begun: (): readonly string[] => [...running.keys()],
  };
}

function fresh(sinceMs: number, wanted: number): Machine {
  return { state: "starting", wanted, restarts: 0, sinceMs, traffic: none, owedErrors: 0 };
}
