import type { ReplicaState } from "../../wire/machine.ts";
import { type BackOffSettings, backOffMs } from "./back-off.ts";
import { type Probed, probeWords } from "./probe.ts";
import { spanWords } from "./span-words.ts";
import type { Readiness } from "./unit-spec.ts";

// One replica over its whole life, through any number of processes, as data and one pure function.
//
// 1. At most one process at a time: the next is started only after "exited".
// 2. It is told ready only after `successes` good looks in a row, and told unready before anything is done about it.
// 3. What was told ready is drained before it is asked to end, unless it has ended by itself.
// 4. After "stop" nothing is ever started again.

export type ReplicaMachine = {
  readonly state: ReplicaState;
  readonly sinceMs: number;
  /** When the process at hand was started. */
  readonly startedMs: number;
  readonly readyMs?: number;
  readonly wanted: boolean;
  readonly passes: number;
  readonly misses: number;
  /** Looks in a row in which it did not even live. */
  readonly dead: number;
  /** Why the last look failed. */
  readonly why?: string;
  /** Why it is being ended, when that is our doing. */
  readonly ending?: string;
  readonly exitsInRow: number;
  readonly exits: readonly number[];
  readonly portsTaken: number;
  readonly restarts: number;
  /** Why it counts as failed; until it is ready again. */
  readonly failure?: string;
};

export type ReplicaInput =
  | { readonly kind: "start" | "started" | "late" | "limit" | "fell" | "wake" | "stop" | "drained" | "again" }
  | { readonly kind: "probed"; readonly probed: Probed }
  | {
      readonly kind: "exited";
      readonly reason: string;
      /** Somebody else had its port: chance, and no fault of its own. */
      readonly portTaken?: boolean;
      /** It could not be started at all. */
      readonly hopeless?: boolean;
    };

export type ReplicaEffect =
  | { readonly do: "start" | "end" | "drain" }
  | { readonly do: "probe" | "wake" | "deadline"; readonly afterMs: number }
  | { readonly do: "tell"; readonly what: "ready" | "unready" | "failed" | "waiting"; readonly words: string };

export type ReplicaContext = {
  readonly nowMs: number;
  readonly readiness: Readiness;
  readonly restart: "always" | "never";
  readonly limitMs?: number;
  readonly backOff: BackOffSettings;
  /** Some replica of the unit once was ready: then it is worth trying on. */
  readonly unitWasReady: boolean;
};

export type ReplicaStep = { readonly machine: ReplicaMachine; readonly effects: readonly ReplicaEffect[] };

export function newReplica(nowMs: number): ReplicaMachine {
  return {
    state: "stopped",
    sinceMs: nowMs,
    startedMs: nowMs,
    wanted: true,
    passes: 0,
    misses: 0,
    dead: 0,
    exitsInRow: 0,
    exits: [],
    portsTaken: 0,
    restarts: 0,
  };
}

export function stepReplica(machine: ReplicaMachine, input: ReplicaInput, context: ReplicaContext): ReplicaStep {
  const { nowMs } = context;
  const { state } = machine;
  const to = (next: ReplicaState, changes: Partial<ReplicaMachine>, ...effects: ReplicaEffect[]): ReplicaStep => ({
    machine: { ...machine, ...changes, state: next, sinceMs: next === state ? machine.sinceMs : nowMs },
    effects,
  });
  const serves = state === "ready" || state === "unready";

  switch (input.kind) {
    case "start":
      return to("starting", {}, { do: "start" });
    case "started":
      return machine.wanted ? started(machine, context) : to("stopping", {}, { do: "end" });
    case "probed":
      return state === "starting" || serves ? probed(machine, input.probed, context) : to(state, {});
    case "late": {
      if (state !== "starting" || context.readiness.kind === "running") return to(state, {});
      const words = `did not ${probeWords(context.readiness)} within ${spanWords(context.readiness.startMs)} of its start`;
      return to("stopping", { ending: machine.why === undefined ? words : `${words}: ${machine.why}` }, { do: "end" });
    }
    case "limit":
      if (state !== "starting" && !serves) return to(state, {});
      return to("stopping", { ending: `was ended after its limit of ${spanWords(context.limitMs ?? 0)}` }, { do: "end" });
    case "fell":
      if (state === "ready") return to("stopping", {}, { do: "tell", what: "unready", words: "has ended" });
      return to(state === "backing-off" || state === "failed" || state === "stopped" ? state : "stopping", {});
    case "exited":
      return exited(machine, input, context);
    case "wake":
      if (state !== "backing-off" && state !== "failed") return to(state, {});
      return to("starting", { restarts: machine.restarts + 1 }, { do: "start" });
    case "again": {
      if (state !== "backing-off" && state !== "failed") return to(state, {});
      const { failure: _failure, ...rest } = machine;
      return {
        machine: { ...rest, state: "starting", sinceMs: nowMs, exitsInRow: 0, exits: [], restarts: machine.restarts + 1 },
        effects: [{ do: "start" }],
      };
    }
    case "stop":
      if (!machine.wanted) return to(state, {});
      if (serves) return to("draining", { wanted: false }, { do: "drain" });
      if (state === "starting") return to("stopping", { wanted: false }, { do: "end" });
      return to(state === "stopping" ? state : "stopped", { wanted: false });
    case "drained":
      return state === "draining" ? to("stopping", {}, { do: "end" }) : to(state, {});
  }
}

const quickMs = 25;

function started(machine: ReplicaMachine, context: ReplicaContext): ReplicaStep {
  const { readiness, nowMs } = context;
  const { ending: _ending, why: _why, readyMs: _readyMs, ...rest } = machine;
  const fresh: ReplicaMachine = { ...rest, state: "starting", sinceMs: nowMs, startedMs: nowMs, passes: 0, misses: 0, dead: 0 };
  if (readiness.kind === "running") return { machine: fresh, effects: [{ do: "probe", afterMs: readiness.afterMs ?? 0 }] };
  return {
    machine: fresh,
    effects: [
      { do: "deadline", afterMs: readiness.startMs },
      { do: "probe", afterMs: quickMs },
    ],
  };
}

function probed(machine: ReplicaMachine, { ready, live, why }: Probed, context: ReplicaContext): ReplicaStep {
  const { readiness, nowMs } = context;
  const http = readiness.kind === "http" ? readiness : { everyMs: 1_000, failures: 1, successes: 1 };
  const { why: _why, ...rest } = machine;
  const seen: ReplicaMachine = {
    ...rest,
    passes: ready ? machine.passes + 1 : 0,
    misses: ready ? 0 : machine.misses + 1,
    dead: live ? 0 : machine.dead + 1,
    ...(why !== undefined && { why }),
  };
  const watch: readonly ReplicaEffect[] = readiness.kind === "http" ? [{ do: "probe", afterMs: http.everyMs }] : [];

  if (machine.state !== "ready" && seen.passes >= http.successes) {
    const { failure: _failure, ...healed } = seen;
    const words = machine.state === "starting" ? `ready in ${spanWords(nowMs - machine.startedMs)}` : "ready again";
    return {
      machine: { ...healed, state: "ready", sinceMs: nowMs, readyMs: machine.readyMs ?? nowMs },
      effects: [{ do: "tell", what: "ready", words }, ...watch],
    };
  }
  if (machine.state === "starting") {
    // Often at first and ever more seldom, so that what starts fast is ready fast and what starts slowly is left alone.
    const patient = Math.max(quickMs, (nowMs - machine.startedMs) / 10);
    return { machine: seen, effects: [{ do: "probe", afterMs: Math.min(http.everyMs, seen.passes > 0 ? quickMs : patient) }] };
  }
  if (machine.state === "ready" && seen.misses >= http.failures) {
    const words = `did not ${probeWords(readiness)} ${seen.misses} times in a row: ${why ?? "no answer"}`;
    return {
      machine: { ...seen, state: "unready", sinceMs: nowMs },
      effects: [{ do: "tell", what: "unready", words }, ...watch],
    };
  }
  if (machine.state === "unready" && seen.dead >= 2 * http.failures) {
    const path = readiness.kind === "http" ? readiness.path : "";
    const ending = `did not answer GET ${path} ${seen.dead} times in a row: ${why ?? "no answer"}`;
    return { machine: { ...seen, state: "stopping", sinceMs: nowMs, ending }, effects: [{ do: "end" }] };
  }
  return { machine: seen, effects: watch };
}

const mostPortsTaken = 5;

function exited(
  machine: ReplicaMachine,
  input: Extract<ReplicaInput, { kind: "exited" }>,
  { nowMs, backOff, restart, unitWasReady }: ReplicaContext,
): ReplicaStep {
  const { readyMs, ending, ...rest } = machine;
  const reason = ending ?? input.reason;
  if (!machine.wanted || restart === "never")
    return { machine: { ...machine, wanted: false, state: "stopped", sinceMs: nowMs }, effects: [] };
  // Whoever has the port may even have answered for it, so that it was ready for a moment.
  const atItsStart = readyMs === undefined || nowMs - machine.startedMs < 5_000;
  if (input.portTaken && ending === undefined && atItsStart && machine.portsTaken < mostPortsTaken)
    return {
      machine: { ...rest, state: "starting", sinceMs: nowMs, portsTaken: machine.portsTaken + 1 },
      effects: [{ do: "start" }],
    };

  const wasSteady = readyMs !== undefined && nowMs - readyMs >= backOff.steadyMs;
  const exitsInRow = wasSteady ? 1 : machine.exitsInRow + 1;
  const exits = [...(wasSteady ? [] : machine.exits.filter((at) => nowMs - at < backOff.windowMs)), nowMs];
  const next = { ...rest, exitsInRow, exits, portsTaken: 0, sinceMs: nowMs };
  // What never worked has to be mended; what once did may be waiting for something else that will come back.
  const gaveUp = !unitWasReady && (exitsInRow >= backOff.exits || input.hopeless === true);
  if (!gaveUp && exits.length < backOff.exits) {
    const afterMs = backOffMs(exitsInRow, backOff);
    return {
      machine: { ...next, state: "backing-off" },
      effects: [
        { do: "wake", afterMs },
        { do: "tell", what: "waiting", words: `is started again in ${spanWords(afterMs)}` },
      ],
    };
  }
  const failure =
    input.hopeless === true || exitsInRow === 1 ? reason : `ended ${exitsInRow} times in a row; the last time it ${reason}`;
  const tell: ReplicaEffect = { do: "tell", what: "failed", words: failure };
  return {
    machine: { ...next, state: "failed", failure },
    effects: gaveUp ? [tell] : [tell, { do: "wake", afterMs: backOff.slowestMs }],
  };
}
