import { call } from "../../system/json-over-socket.ts";
import type { FaultsView, InjectedFault } from "../../wire/faults.ts";
import type {
  EnvironmentRoutes,
  Fence,
  JobSpec,
  JobView,
  MachineState,
  ResourceProcessSpec,
  RevisionSpec,
  RevisionView,
  Split,
} from "../../wire/machine.ts";
import type { TrafficSnapshot } from "../../wire/traffic.ts";
import { rememberedState } from "./remembered-state.ts";

/** The agent as control speaks to it. Every change bears the next number of this control process. */
export type AgentClient = ReturnType<typeof agentClient>;

export function agentClient(socket: string, nextFence: () => Fence) {
  const ask = <Answer>(method: "GET" | "PUT" | "POST", path: string, body?: unknown, signal?: AbortSignal) =>
    call<Answer>({ socket, method, path, ...(body === undefined ? {} : { body }), ...(signal ? { signal } : {}) });
  const at = (environment: string, service?: string, revision?: string) =>
    `/v1/environments/${encodeURIComponent(environment)}` +
    (service === undefined ? "" : `/services/${encodeURIComponent(service)}`) +
    (revision === undefined ? "" : `/revisions/${encodeURIComponent(revision)}`);
  return {
    state: rememberedState((known) => ask<MachineState>("GET", `/v1/state?known=${known.join(",")}`)),
    traffic: () => ask<TrafficSnapshot>("GET", "/v1/traffic"),
    route: (environment: string, routes: EnvironmentRoutes) =>
      ask<void>("PUT", `${at(environment)}/routes`, { fence: nextFence(), at: routes }),
    admit: (environment: string) => ask<void>("POST", `${at(environment)}/fence`, { fence: nextFence() }),
    putRevision: (
      environment: string,
      service: string,
      spec: RevisionSpec,
      more: { readonly replicas?: number; readonly awakeMs?: number } = {},
    ) =>
      ask<void>("PUT", at(environment, service, spec.revision), {
        fence: nextFence(),
        spec,
        ...more,
      }),
    keepForJobs: (environment: string, service: string, spec: RevisionSpec) =>
      ask<void>("PUT", `${at(environment, service, spec.revision)}/job`, { fence: nextFence(), spec }),
    ready: (environment: string, service: string, revision: string, timeoutMs: number, signal?: AbortSignal) =>
      ask<RevisionView>("POST", `${at(environment, service, revision)}/ready`, { timeoutMs }, signal),
    split: (environment: string, service: string, split: Split) =>
      ask<void>("PUT", `${at(environment, service)}/split`, { fence: nextFence(), split }),
    rest: (environment: string, service: string, revision: string) =>
      ask<void>("POST", `${at(environment, service, revision)}/rest`, { fence: nextFence() }),
    wake: (environment: string, service: string, revision: string) =>
      ask<void>("POST", `${at(environment, service, revision)}/wake`, { fence: nextFence() }),
    removeRevision: (environment: string, service: string, revision: string) =>
      ask<void>("POST", `${at(environment, service, revision)}/remove`, { fence: nextFence() }),
    restart: (environment: string, service: string, revision: string) =>
      ask<void>("POST", `${at(environment, service, revision)}/restart`, { fence: nextFence() }),
    scale: (environment: string, service: string, revision: string, replicas: number) =>
      ask<void>("POST", `${at(environment, service, revision)}/scale`, { fence: nextFence(), replicas }),
    putResource: (environment: string, spec: ResourceProcessSpec, timeoutMs = 30_000) =>
      ask<void>("PUT", `${at(environment)}/resources/${encodeURIComponent(spec.name)}`, { fence: nextFence(), spec, timeoutMs }),
    removeResource: (environment: string, name: string) =>
      ask<void>("POST", `${at(environment)}/resources/${encodeURIComponent(name)}/remove`, { fence: nextFence() }),
    removeService: (environment: string, service: string) =>
      ask<void>("POST", `${at(environment, service)}/remove`, { fence: nextFence() }),
    runJob: (environment: string, spec: JobSpec) => ask<JobView>("POST", `${at(environment)}/jobs`, { fence: nextFence(), spec }),
    pause: (environment: string, service: string, forMs: number) =>
      ask<void>("POST", `${at(environment, service)}/pause`, { fence: nextFence(), forMs }),
    resume: (environment: string, service: string) =>
      ask<void>("POST", `${at(environment, service)}/resume`, { fence: nextFence() }),
    putFaults: (environment: string, faults: readonly InjectedFault[], leaseMs: number) =>
      ask<FaultsView>("PUT", `${at(environment)}/faults`, { fence: nextFence(), faults, leaseMs }),
    faults: (environment: string) => ask<FaultsView>("GET", `${at(environment)}/faults`),
    removeEnvironment: (environment: string) => ask<void>("POST", `${at(environment)}/remove`, { fence: nextFence() }),
    stop: (forget: boolean) => ask<void>("POST", "/v1/stop", { forget }),
  };
}
