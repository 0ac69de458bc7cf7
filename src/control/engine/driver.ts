import type { Machine, Run } from "../../delivery/machine.ts";
import type { Fence } from "../../wire/machine.ts";

/** What the engine needs to move one kind of run: how it decides, how it sees, how what it wants is done. */
export type Driver<R extends Run, Observed, Effect> = {
  readonly machine: Machine<R, Observed, Effect>;
  /**
   * Looks at what the run asks. Throws nothing: what cannot be seen is absent. When the signal comes, somebody has asked something of the
   * run and waits: it answers with what it has seen so far.
   */
  readonly observe: (run: R, nowMs: number, signal: AbortSignal) => Promise<Observed>;
  /**
   * Makes it so. The target refuses a fence that is lower than one it has seen, by a failure with the code `fenced-off`. When the signal
   * comes, something else is wanted by now, or somebody else has the run.
   */
  readonly carryOut: (run: R, effects: readonly Effect[], fence: Fence, signal: AbortSignal) => Promise<void>;
};

export type AnyDriver = Driver<Run, unknown, unknown>;

export type AnyMachine = Machine<Run, unknown, unknown>;

/** One of several kinds: each gets only what it has itself read, seen and decided. */
export function anyDriver<R extends Run, Observed, Effect>(driver: Driver<R, Observed, Effect>): AnyDriver {
  return {
    machine: anyMachine(driver.machine),
    observe: (run, nowMs, signal) => driver.observe(run as R, nowMs, signal),
    carryOut: (run, effects, fence, signal) => driver.carryOut(run as R, effects as readonly Effect[], fence, signal),
  };
}

export function anyMachine<R extends Run, Observed, Effect>(machine: Machine<R, Observed, Effect>): AnyMachine {
  return {
    kind: machine.kind,
    schemaVersion: machine.schemaVersion,
    upcast: machine.upcast,
    advance: (run, observed, commands, nowMs) => machine.advance(run as R, observed as Observed, commands, nowMs),
    missed: (run, ms) => machine.missed?.(run as R, ms) ?? run,
  };
}
