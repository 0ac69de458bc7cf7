import { rm } from "node:fs/promises";
import { ConflictError } from "../lib/errors.ts";
import type { Fence } from "../wire/machine.ts";
import type { RevisionKey } from "./gateway/gateway.ts";
import {
  type AgentState,
  type KeptEnvironment,
  type KeptRevision,
  type KeptService,
  readState,
  withEnvironment,
  writeState,
} from "./state.ts";

// Keeps what the agent has been told: in memory, on disk, and by whom.
//
// 1. A change is on disk before it is in force.
// 2. A change that bears a lower epoch than one seen before of the environment is refused; so is, within an epoch, one with a lower
//    sequence than one of the same subject. Changes of different subjects may overtake each other on their way.

export type Keeper = ReturnType<typeof createKeeper>;

export function createKeeper(file: string) {
  let state = readState(file);
  const sequences = new Map<string, Fence>();

  const keep = (change: (state: AgentState) => AgentState): void => {
    const next = change(state);
    writeState(file, next);
    state = next;
  };

  /** Changes something on behalf of whoever was not overtaken. */
  function change(environment: string, subject: string, fence: Fence, work: (state: AgentState) => AgentState): void {
    const name = `${environment}/${subject}`;
    const epoch = state.environments[environment]?.fence.epoch ?? 0;
    const last = sequences.get(name);
    if (fence.epoch < epoch || (last !== undefined && last.epoch === fence.epoch && fence.sequence < last.sequence))
      throw new ConflictError("fenced-off", `somebody else has changed ${environment} since`, {
        hint: "look at it again with gantry status",
      });
    sequences.set(name, fence);
    keep((now) => withEnvironment(work(now), environment, (old) => ({ ...old, fence })));
  }

  const service = (of: Omit<RevisionKey, "revision">): KeptService | undefined =>
    state.environments[of.environment]?.services[of.service];

  return {
    get state(): AgentState {
      return state;
    },
    environment: (name: string): KeptEnvironment | undefined => state.environments[name],
    service,
    revision: (key: RevisionKey): KeptRevision | undefined => service(key)?.revisions[key.revision],
    /** All that it was told to keep, also those that rest. */
    *revisions(): Generator<KeptRevision & { readonly key: RevisionKey }> {
      for (const [environment, { services }] of Object.entries(state.environments))
        for (const [service, { revisions }] of Object.entries(services))
          for (const [revision, kept] of Object.entries(revisions)) yield { key: { environment, service, revision }, ...kept };
    },
    keep,
    change,
    /** Takes note of who is about to do something, or refuses whoever was overtaken. */
    admit: (environment: string, subject: string, fence: Fence): void => change(environment, subject, fence, (same) => same),
    forget: (): Promise<void> => rm(file, { force: true }),
  };
}
