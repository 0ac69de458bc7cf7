import { createHash } from "node:crypto";
import type { EnvironmentView, JobView, MachineState, ReplicaView, RevisionView, ServiceView } from "../wire/machine.ts";
import type { Gateway, RevisionKey } from "./gateway/gateway.ts";
import type { Scaler } from "./scaler.ts";
import type { KeptEnvironment, KeptRevision, KeptService } from "./state.ts";
import type { Supervisor } from "./supervisor/supervisor.ts";
import { resourceKey, unitKey } from "./units.ts";

// What the agent tells of what it holds together: what it was told, what runs of it, and what goes through it. It is asked several times a second,
// in the process that passes every request on, and mostly nothing has changed.
//
// 1. A service of which nothing runs is looked at once, until it is told something else.
// 2. An environment that is as somebody knows it already is not told again: its digest says so.

type Seen = { readonly supervisor: Supervisor; readonly gateway: Gateway; readonly scaler: Scaler };
type Told = { readonly view: EnvironmentView; readonly digest: string };

export function revisionView(
  { supervisor, gateway, scaler }: Seen,
  key: RevisionKey,
  { spec, resting }: KeptRevision,
): RevisionView {
  const seen = supervisor.view(unitKey(key));
  const replicas = (seen?.replicas ?? []).map((one) => ({ ...one, inFlight: gateway.inFlight(key, one.id) }));
  const ready = replicas.some((one) => one.state === "ready");
  const failed = seen?.failed;
  return {
    revision: key.revision,
    state: failed === undefined ? (ready ? "ready" : replicas.length === 0 ? "idle" : "starting") : "failed",
    ...(failed === undefined ? {} : { reason: failed }),
    ...(resting ? { resting: true } : {}),
    replicas,
    wanted: seen === undefined ? 0 : scaler.wanted(key),
    scale: spec.scale,
    ...(seen?.coldStartMs === undefined ? {} : { coldStartMs: seen.coldStartMs }),
  };
}

export function createViews(seen: Seen) {
  const { supervisor, gateway } = seen;
  const atRest = new WeakMap<KeptService, ServiceView>();
  let told: ReadonlyMap<string, Told> = new Map();

  const serviceView = (environment: string, service: string, kept: KeptService, port: number | undefined): ServiceView => {
    const paused = gateway.paused(environment, service);
    const parked = gateway.parked(environment, service);
    const rests =
      !paused &&
      parked === 0 &&
      Object.keys(kept.revisions).every((revision) => !supervisor.has(unitKey({ environment, service, revision })));
    const before = rests ? atRest.get(kept) : undefined;
    if (before !== undefined && before.port === port) return before;
    const view: ServiceView = {
      service,
      split: kept.split,
      ...(port === undefined ? {} : { port }),
      paused,
      parked,
      revisions: Object.entries(kept.revisions).map(([revision, one]) =>
        revisionView(seen, { environment, service, revision }, one),
      ),
    };
    if (rests) atRest.set(kept, view);
    return view;
  };

  const environmentView = (environment: string, kept: KeptEnvironment, jobs: readonly JobView[]): Told => {
    const view: EnvironmentView = {
      environment,
      fence: kept.fence,
      services: Object.entries(kept.services).map(([service, one]) =>
        serviceView(environment, service, one, kept.at.ports[service]),
      ),
      resources: Object.keys(kept.resources).flatMap((name) =>
        (supervisor.view(resourceKey(environment, name))?.replicas ?? []).map((one) => ({ ...one, name })),
      ),
      jobs,
    };
    const before = told.get(environment);
    if (before !== undefined && isSame(before.view, view)) return before;
    return { view, digest: createHash("sha256").update(JSON.stringify(view)).digest("base64url").slice(0, 20) };
  };

  return {
    /** All there is; of environments whose digest is known only that they are as they were. */
    state(
      environments: Readonly<Record<string, KeptEnvironment>>,
      jobsOf: (environment: string) => readonly JobView[],
      known: ReadonlySet<string>,
    ): MachineState["environments"] {
      told = new Map(Object.entries(environments).map(([name, kept]) => [name, environmentView(name, kept, jobsOf(name))]));
      return Array.from(told, ([environment, { view, digest }]) =>
        known.has(digest) ? { environment, digest } : { ...view, digest },
      );
    },
  };
}

/** What rests is the same object; what runs is looked at anew each time, and is another one. */
function isSame(a: EnvironmentView, b: EnvironmentView): boolean {
  return (
    a.fence === b.fence &&
    isSameList(a.services, b.services) &&
    isSameList<ReplicaView>(a.resources, b.resources) &&
    isSameList(a.jobs, b.jobs)
  );
}

function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
