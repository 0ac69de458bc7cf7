import type { RevisionSeen } from "../../delivery/observed.ts";
import type { Behaviour } from "./behaviour.ts";

/** The machines of one revision. */
export type Machine = {
  state: RevisionSeen["state"];
  wanted: number;
  restarts: number;
  sinceMs: number;
};

export function startedAt(sinceMs: number, wanted: number): Machine {
  return { state: "starting", wanted, restarts: 0, sinceMs };
}

/** When it changes by itself next. */
export function changesAtMs({ state, sinceMs }: Machine, behaviour: Behaviour): number {
  const { readyAfterMs = Infinity, crashesAfterMs = Infinity, diesAfterMs = Infinity } = behaviour;
  if (state === "starting") return sinceMs + Math.min(readyAfterMs, diesAfterMs);
  return state === "ready" ? sinceMs + crashesAfterMs : Infinity;
}

/** Changes as it does by itself until then; whether it crashed. */
export function move(machine: Machine, behaviour: Behaviour, nowMs: number): boolean {
  const { readyAfterMs = Infinity, diesAfterMs = Infinity, givesUpAfter = Infinity } = behaviour;
  let crashed = false;
  for (let atMs = changesAtMs(machine, behaviour); atMs <= nowMs; atMs = changesAtMs(machine, behaviour)) {
    const isReady = machine.state === "starting" && readyAfterMs <= diesAfterMs;
    if (atMs === machine.sinceMs && !isReady) throw new RangeError("this would crash for ever at once");
    machine.sinceMs = atMs;
    if (isReady) machine.state = "ready";
    else {
      crashed = true;
      machine.restarts += 1;
      machine.state = machine.restarts >= givesUpAfter ? "failed" : "starting";
    }
  }
  return crashed;
}

export function readyOf({ state, wanted }: Machine, { loses }: Behaviour, nowMs: number): number {
  if (state !== "ready") return 0;
  const isFewer = loses?.some(({ fromMs, untilMs }) => nowMs >= fromMs && nowMs < untilMs) ?? false;
  return isFewer ? wanted - 1 : wanted;
}
