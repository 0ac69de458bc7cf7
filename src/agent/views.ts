import type { EnvironmentView, JobView, RevisionView, ServiceView } from "../wire/machine.ts";
import type { Gateway, RevisionKey } from "./gateway/gateway.ts";
import type { Scaler } from "./scaler.ts";
import type { KeptEnvironment, KeptRevision } from "./state.ts";
import type { Supervisor } from "./supervisor/supervisor.ts";
import { resourceKey, unitKey } from "./units.ts";

// What the agent tells of what it holds together: what it was told, what runs of it, and what goes through it.

type Seen = { readonly supervisor: Supervisor; readonly gateway: Gateway; readonly scaler: Scaler };

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

export function environmentView(
  seen: Seen,
  environment: string,
  kept: KeptEnvironment,
  jobs: readonly JobView[],
): EnvironmentView {
  return {
    environment,
    fence: kept.fence,
    services: Object.entries(kept.services).map(([service, { split, revisions }]): ServiceView => {
      const port = kept.at.ports[service];
      return {
        service,
        split,
        ...(port === undefined ? {} : { port }),
        paused: seen.gateway.paused(environment, service),
        parked: seen.gateway.parked(environment, service),
        revisions: Object.entries(revisions).map(([revision, one]) =>
          revisionView(seen, { environment, service, revision }, one),
        ),
      };
    }),
    resources: Object.keys(kept.resources).flatMap((name) =>
      (seen.supervisor.view(resourceKey(environment, name))?.replicas ?? []).map((one) => ({ ...one, name })),
    ),
    jobs,
  };
}
