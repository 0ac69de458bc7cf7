import { existsSync, readFileSync } from "node:fs";
import { GantryError } from "../lib/errors.ts";
import { writeWhole } from "../system/whole-file.ts";
import type { EnvironmentRoutes, Fence, ResourceProcessSpec, RevisionSpec, Split } from "../wire/machine.ts";

// What the agent has been told, as it is kept on disk: enough to go on after it was killed. What is secret is sealed in it.

export type KeptRevision = {
  readonly spec: RevisionSpec;
  /** Kept for going back to; nothing runs until something is routed to it. */
  readonly resting: boolean;
};

export type KeptService = { readonly split: Split; readonly revisions: Readonly<Record<string, KeptRevision>> };

export type KeptEnvironment = {
  readonly fence: Fence;
  readonly at: EnvironmentRoutes;
  readonly services: Readonly<Record<string, KeptService>>;
  readonly resources: Readonly<Record<string, ResourceProcessSpec>>;
};

export type KeptProcess = { readonly pid: number; readonly identity: string };

export type AgentState = {
  readonly schemaVersion: 1;
  readonly gatewayPort?: number;
  readonly environments: Readonly<Record<string, KeptEnvironment>>;
  readonly processes: readonly KeptProcess[];
  /** What all processes of this agent bear, also one that it had no time to write down. */
  readonly mark?: string;
};

export const nothingYet: AgentState = { schemaVersion: 1, environments: {}, processes: [] };
export const noRoutes: EnvironmentRoutes = { routes: [], ports: {} };
const noSplit: Split = { shares: [], tags: {} };

export function readState(file: string): AgentState {
  if (!existsSync(file)) return nothingYet;
  try {
    const state = JSON.parse(readFileSync(file, "utf8")) as AgentState;
    if (state.schemaVersion !== 1) throw new Error(`its schema is ${String(state.schemaVersion)}`);
    return state;
  } catch (error) {
    throw new GantryError("broken-state", `${file} cannot be read as the agent's state`, {
      hint: "move it away and run gantry up again: what ran is started anew",
      cause: error,
    });
  }
}

export function writeState(file: string, state: AgentState): void {
  writeWhole(file, `${JSON.stringify(state)}\n`);
}

/** The same state with one environment changed. */
export function withEnvironment(state: AgentState, key: string, change: (old: KeptEnvironment) => KeptEnvironment): AgentState {
  const old = state.environments[key] ?? { fence: { epoch: 0, sequence: 0 }, at: noRoutes, services: {}, resources: {} };
  return { ...state, environments: { ...state.environments, [key]: change(old) } };
}

/** The same environment with one of its services changed. */
export function withService(old: KeptEnvironment, name: string, change: (service: KeptService) => KeptService): KeptEnvironment {
  return { ...old, services: { ...old.services, [name]: change(old.services[name] ?? { split: noSplit, revisions: {} }) } };
}

/** The same state with one revision kept as this, or known no more. */
export function withRevision(
  state: AgentState,
  { environment, service, revision }: { readonly environment: string; readonly service: string; readonly revision: string },
  kept: KeptRevision | undefined,
): AgentState {
  return withEnvironment(state, environment, (old) =>
    withService(old, service, (one) => ({
      ...one,
      revisions: kept === undefined ? without(one.revisions, revision) : { ...one.revisions, [revision]: kept },
    })),
  );
}

export function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}
