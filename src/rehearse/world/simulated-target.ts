import type { Effect } from "../../delivery/effect.ts";
import type { Answer } from "../../delivery/gate.ts";
import type { Question, TrafficQuestion } from "../../delivery/gates/question.ts";
import type { Observed, RevisionSeen, ServiceSeen, Share, TaskSeen, TrafficSeen } from "../../delivery/observed.ts";
import type { Behaviour } from "./behaviour.ts";
import { type Machine, changesAtMs, move, readyOf, startedAt } from "./machine.ts";
import { steadyTraffic } from "./steady-traffic.ts";
import type { Side, TrafficSource } from "./traffic-source.ts";

// A target without machines: state of its own that changes with a clock which its driver turns. What it is told is carried out at once; what
// that leads to (a revision becomes ready, or crashes) takes the time that its behaviour says.

type Place = { machines: Map<string, Machine>; shares: readonly Share[]; tags: Readonly<Record<string, string>> };

export type TargetOptions = {
  readonly serving: Readonly<Record<string, { readonly revision?: string; readonly replicas: number }>>;
  readonly behaviours?: Readonly<Record<string, Behaviour>>;
  readonly requestsPerSecond?: number;
  /** Where requests come from; without it as many in each second. */
  readonly traffic?: TrafficSource;
  /** How long each task takes, and how it ends; by what it does, or by the end of its id. */
  readonly tasks?: (id: string) => { readonly lastsMs: number; readonly state: "passed" | "failed" };
  readonly startMs?: number;
};

export type SimulatedTarget = ReturnType<typeof createSimulatedTarget>;

export function createSimulatedTarget(options: TargetOptions) {
  const { serving, behaviours = {}, requestsPerSecond = 50, tasks, startMs = 0 } = options;
  const source = options.traffic ?? steadyTraffic(requestsPerSecond, behaviours);
  const places = new Map<string, Place>();
  const running = new Map<string, { readonly sinceMs: number; cancelled: boolean }>();
  let nowMs = startMs;
  /** Until when requests have been told of. */
  let toldMs = startMs;
  let changes = 0;
  let foreseen = { changes: -1, ms: 0 };
  /** Who answers, and what is seen of it: the same until something changes. */
  let answering: { readonly changes: number; readonly sides: ReadonlyMap<string, readonly Side[]> } | undefined;
  let shown: { readonly changes: number; readonly services: Readonly<Record<string, ServiceSeen>> } | undefined;
  for (const [service, { revision, replicas }] of Object.entries(serving)) {
    const machines = new Map<string, Machine>();
    if (revision !== undefined) machines.set(revision, { ...startedAt(startMs, replicas), state: "ready" });
    places.set(service, { machines, shares: revision === undefined ? [] : [{ revision, weightPercent: 100 }], tags: {} });
  }
  const place = (service: string): Place => {
    const found = places.get(service);
    if (found === undefined) throw new Error(`no service ${service}`);
    return found;
  };
  const behaviour = (revision: string): Behaviour => behaviours[revision] ?? usual;

  /** When something changes by itself next. */
  function nextMs(): number {
    if (foreseen.changes === changes && foreseen.ms > nowMs) return foreseen.ms;
    let least = Infinity;
    for (const { machines } of places.values())
      for (const [revision, machine] of machines) {
        least = Math.min(least, changesAtMs(machine, behaviour(revision)));
        for (const { fromMs, untilMs } of behaviour(revision).loses ?? [])
          for (const ms of [fromMs, untilMs]) if (ms > nowMs) least = Math.min(least, ms);
      }
    foreseen = { changes, ms: least };
    return least;
  }

  function sidesNow(): ReadonlyMap<string, readonly Side[]> {
    if (answering?.changes === changes) return answering.sides;
    const sides = new Map<string, readonly Side[]>();
    for (const [service, { machines, shares }] of places) {
      if (shares.length === 0) continue;
      const of = shares.map(({ revision, weightPercent }): Side => {
        const machine = machines.get(revision);
        const ready = machine === undefined ? 0 : readyOf(machine, behaviour(revision), toldMs);
        return { revision, weightPercent, ready, sinceMs: machine?.sinceMs ?? toldMs };
      });
      sides.set(service, of);
    }
    answering = { changes, sides };
    return sides;
  }

  /** Tells of the requests until now, before anything about them changes. */
  function settle(): void {
    if (nowMs === toldMs) return;
    for (const [service, sides] of sidesNow()) source.flow(service, toldMs, nowMs, sides);
    toldMs = nowMs;
  }

  function answeredBy({ service, revisions }: TrafficQuestion): Readonly<Record<string, TrafficSeen>> {
    const { machines } = place(service);
    const of: Record<string, TrafficSeen> = {};
    for (const revision of revisions) if (machines.has(revision)) of[revision] = source.seen(service, revision);
    return of;
  }

  function servicesNow(): Readonly<Record<string, ServiceSeen>> {
    if (shown?.changes === changes) return shown.services;
    const services: Record<string, ServiceSeen> = {};
    for (const [service, { machines, shares }] of places) {
      const revisions: Record<string, RevisionSeen> = {};
      for (const [revision, machine] of machines) {
        const { state, wanted, restarts } = machine;
        revisions[revision] = { state, ready: readyOf(machine, behaviour(revision), nowMs), wanted, restarts };
      }
      services[service] = { shares, revisions };
    }
    shown = { changes, services };
    return services;
  }

  return {
    /** Lets time pass. */
    pass(untilMs: number): void {
      for (let next = nextMs(); next <= untilMs; next = nextMs()) {
        nowMs = Math.max(nowMs, next);
        settle();
        for (const [service, { machines }] of places)
          for (const [revision, machine] of machines)
            if (move(machine, behaviour(revision), nowMs)) source.crashed(service, revision);
        changes += 1;
      }
      nowMs = Math.max(nowMs, untilMs);
    },

    /** All requests until now are told of. */
    settle,
    /** Somebody else has told of them. */
    settled(): void {
      toldMs = nowMs;
    },
    nextMs,
    /** Grows with everything that becomes different. */
    changes: () => changes,

    carryOut(effects: readonly Effect[]): void {
      const changing = (): void => {
        settle();
        changes += 1;
      };
      for (const effect of effects) {
        if (effect.effect === "task") {
          if (running.has(effect.task.id)) continue;
          changing();
          running.set(effect.task.id, { sinceMs: nowMs, cancelled: false });
        } else if (effect.effect === "cancel") {
          const task = running.get(effect.task);
          if (task === undefined || task.cancelled) continue;
          changing();
          task.cancelled = true;
        } else if (effect.effect === "start") {
          const { machines } = place(effect.service);
          const found = machines.get(effect.revision);
          if (found === undefined || found.state === "idle") {
            changing();
            machines.set(effect.revision, startedAt(nowMs, effect.replicas ?? serving[effect.service]?.replicas ?? 1));
          } else if (effect.replicas !== undefined && effect.replicas !== found.wanted) {
            changing();
            found.wanted = effect.replicas;
          }
        } else if (effect.effect === "route") {
          const before = place(effect.service);
          if (isAsBefore(before.shares, effect.shares) && isSameTags(before.tags, effect.tags)) continue;
          changing();
          const { machines } = before;
          places.set(effect.service, { machines, shares: effect.shares, tags: effect.tags });
        } else if (effect.effect === "rest" || effect.effect === "remove") {
          const machine = place(effect.service).machines.get(effect.revision);
          if (machine === undefined || machine.state === "idle") continue;
          changing();
          machine.state = "idle";
        }
      }
    },

    services: servicesNow,

    tags: (service: string) => place(service).tags,

    /** What these have answered, and nothing else. */
    traffic(questions: readonly TrafficQuestion[]): Observed["traffic"] {
      if (source.counts === "at once") settle();
      const traffic: Record<string, Readonly<Record<string, TrafficSeen>>> = {};
      for (const question of questions) traffic[question.service] = answeredBy(question);
      return traffic;
    },

    /** Sees what is asked for; `answer` says what gates are told, undefined where nobody can tell. */
    observe(questions: readonly Question[], answer: (question: Question) => Answer | undefined): Observed {
      const answers: Record<string, Answer> = {};
      const seenTasks: Record<string, TaskSeen> = {};
      const traffic: Record<string, Readonly<Record<string, TrafficSeen>>> = {};
      if (source.counts === "at once") settle();
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
        } else traffic[question.service] = answeredBy(question);
      }
      return { atMs: nowMs, services: servicesNow(), traffic, answers, tasks: seenTasks };
    },

    /** Ids of the tasks that were ever begun. */
    begun: (): readonly string[] => [...running.keys()],
  };
}

const usual: Behaviour = { readyAfterMs: 2_000 };

function isAsBefore(before: readonly Share[], wanted: readonly Share[]): boolean {
  return (
    before.length === wanted.length &&
    before.every(
      ({ revision, weightPercent }, at) => revision === wanted[at]?.revision && weightPercent === wanted[at].weightPercent,
    )
  );
}

function isSameTags(before: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(wanted);
  return names.length === Object.keys(before).length && names.every((name) => before[name] === wanted[name]);
}
