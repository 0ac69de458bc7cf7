import type { Observed, RevisionSeen, ServiceSeen, TrafficSeen } from "../../../delivery/observed.ts";
import type { EnvironmentView, RevisionView } from "../../../wire/machine.ts";
import type { RevisionTraffic } from "../../../wire/traffic.ts";

// What the agent tells, in the words of a run.

export type Looking = {
  readonly services: readonly string[];
  /** Services whose revisions are kept to be run at their times: they are ready as soon as they are known. */
  readonly atTimes: ReadonlySet<string>;
  /** Of those, what nobody is to count on any more: by `service/revision`. */
  readonly putAway: (subject: string) => boolean;
  /** Why something that was asked for is not there: by `service/revision`. */
  readonly troubles: ReadonlyMap<string, string>;
};

export function servicesSeen(
  view: EnvironmentView | undefined,
  { services, atTimes, putAway, troubles }: Looking,
): Observed["services"] {
  const seen: Record<string, ServiceSeen> = {};
  for (const service of services) {
    const one = view?.services.find((each) => each.service === service);
    const revisions: Record<string, RevisionSeen> = {};
    for (const [subject, reason] of troubles) {
      const [name, revision] = subject.split("/");
      if (name === service && revision !== undefined)
        revisions[revision] = { state: "failed", ready: 0, wanted: 1, restarts: 0, reason };
    }
    for (const revision of one?.revisions ?? []) {
      if (atTimes.has(service)) {
        if (!putAway(`${service}/${revision.revision}`))
          revisions[revision.revision] = { state: "ready", ready: 1, wanted: 1, restarts: 0 };
      } else if (revision.resting !== true)
        // What rests is no capacity: it has to be started before anybody counts on it.
        revisions[revision.revision] = revisionSeen(revision);
    }
    seen[service] = {
      revisions,
      shares: (one?.split.shares ?? []).map(({ revision, weight }) => ({ revision, weightPercent: weight })),
    };
  }
  return seen;
}

const mostTail = 20;

function revisionSeen({ state, reason, replicas, wanted }: RevisionView): RevisionSeen {
  const last = replicas
    .flatMap(({ lastExit }) => lastExit ?? [])
    .toSorted((a, b) => (a.at < b.at ? 1 : -1))
    .at(0);
  const why = reason ?? (state === "ready" ? undefined : last?.reason);
  return {
    state,
    ready: replicas.filter((one) => one.state === "ready").length,
    wanted,
    restarts: replicas.reduce((sum, one) => sum + one.restarts, 0),
    ...(why === undefined ? {} : { reason: why }),
    ...(last === undefined || last.tail.length === 0 ? {} : { tail: last.tail.slice(-mostTail) }),
  };
}

export function trafficSeen(
  all: readonly RevisionTraffic[],
  environment: string,
  services: readonly string[],
): Observed["traffic"] {
  const seen: Record<string, Record<string, TrafficSeen>> = {};
  for (const { environment: where, service, revision, requests, latency, users } of all) {
    if (where !== environment || !services.includes(service)) continue;
    (seen[service] ??= {})[revision] = {
      requests: Object.values(requests).reduce((sum, one) => sum + one, 0),
      errors: (requests["5xx"] ?? 0) + (requests["0xx"] ?? 0),
      latency: latency.counts,
      ...(users === undefined ? {} : { users }),
    };
  }
  return seen;
}
