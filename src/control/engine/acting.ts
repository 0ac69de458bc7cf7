import { setTimeout as sleep } from "node:timers/promises";
import type { Run } from "../../delivery/machine.ts";
import type { AnyDriver } from "./driver.ts";
import type { Fences } from "./fences.ts";

/** What is being carried out of a run, one thing at a time: what is wanted by now takes the place of what was. */
export type Acting = {
  /** Resolves when it is begun, not when it is done; where the very same is on its way already, that goes on. */
  want(run: Run, effects: readonly unknown[]): Promise<void>;
  readonly busy: () => boolean;
  /** Why the last came to nothing. */
  readonly problem: () => string | undefined;
  /** Resolves when nothing is on its way. */
  settled(): Promise<void>;
  /** Nothing is begun any more, and what is on its way is told to stop. */
  stop(): void;
};

export type ActingParts = {
  readonly driver: AnyDriver;
  readonly fences: Fences;
  /** Whether the lease surely holds. */
  readonly mayAct: () => boolean;
  /** Whether it is still ours by the database, where the target says that it is not. */
  readonly stillOurs: () => Promise<boolean>;
  readonly onError: (error: unknown) => void;
};

/** What takes longer is begun again: it is either hanging, or idempotent and nearly there. */
const longestMs = 60_000;
const patienceMs = 1_000;

export function createActing({ driver, fences, mayAct, stillOurs, onError }: ActingParts): Acting {
  let current: { readonly text: string; readonly abort: AbortController; readonly ended: Promise<void> } | undefined;
  let problem: string | undefined;

  const carryOut = async (run: Run, effects: readonly unknown[], signal: AbortSignal): Promise<void> => {
    try {
      await driver.carryOut(run, effects, fences.next(), signal);
      problem = undefined;
    } catch (error) {
      if (signal.aborted) return;
      // The target has seen a higher number. Either somebody else has the run, or somebody who has not any more was quicker.
      if ((error as { readonly code?: unknown }).code === "fenced-off") {
        if (await stillOurs().catch(() => false)) await fences.raise();
        return;
      }
      problem = error instanceof Error ? error.message : String(error);
      onError(error);
    }
  };

  return {
    async want(run, effects) {
      const text = JSON.stringify(effects);
      if (current !== undefined && current.text === text) return;
      current?.abort.abort();
      // What does not stop is overtaken: its number is lower.
      if (current !== undefined) await Promise.race([current.ended, sleep(patienceMs)]);
      if (effects.length === 0 || !mayAct()) return;
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), longestMs);
      const mine = {
        text,
        abort,
        ended: carryOut(run, effects, abort.signal).finally(() => {
          clearTimeout(timer);
          if (current === mine) current = undefined;
        }),
      };
      current = mine;
    },
    busy: () => current !== undefined,
    problem: () => problem,
    settled: async () => current?.ended,
    stop: () => current?.abort.abort(),
  };
}
