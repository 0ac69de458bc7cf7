import { nextAfter } from "../lib/cron.ts";
import type { Environment } from "../spec/environment.ts";
import { hostOf, sharedHostOf } from "../targets/local/names.ts";
import type { MachineView, RevisionView, ServiceView } from "../wire/machine.ts";
import type { RevisionTraffic } from "../wire/traffic.ts";
import type { EnvironmentStatus, PlatformStatus, ServiceStatus } from "../wire/up.ts";
import type { EnvironmentRow } from "../store/store.ts";

// What is there, from what control knows and what the agent sees.

export type Seen = {
  readonly product: string;
  readonly root: string;
  readonly rows: readonly EnvironmentRow[];
  /** Undefined where the agent does not answer. */
  readonly machine: MachineView | undefined;
  readonly traffic: readonly RevisionTraffic[];
  readonly unwatched: (environment: string) => EnvironmentStatus["unwatched"];
};

/** By environment and service. */
type TrafficOf = ReadonlyMap<string, readonly RevisionTraffic[]>;

export function platformStatus({ product, root, rows, machine, traffic, unwatched }: Seen): PlatformStatus {
  const trafficOf = new Map<string, RevisionTraffic[]>();
  for (const one of traffic) {
    const key = `${one.environment} ${one.service}`;
    const others = trafficOf.get(key);
    if (others === undefined) trafficOf.set(key, [one]);
    else others.push(one);
  }
  return {
    product,
    root,
    ...(machine ? { gatewayPort: machine.gatewayPort } : {}),
    agent: machine ? { running: true, pid: machine.pid, since: machine.startedAt } : { running: false },
    environments: rows.map((row) => {
      const said = unwatched(row.name);
      return { ...environmentStatus(row, machine, trafficOf), ...(said === undefined ? {} : { unwatched: said }) };
    }),
  };
}

function environmentStatus(row: EnvironmentRow, machine: MachineView | undefined, traffic: TrafficOf): EnvironmentStatus {
  const data = row.data as Environment;
  const view = machine?.environments.find((one) => one.environment === row.name);
  const shared =
    view && machine && Object.values(data.services).some((one) => one.kind === "frontend" || one.kind === "proxy" || one.paths);
  return {
    environment: row.name,
    ...(row.previewOf === null ? {} : { previewOf: row.previewOf }),
    state: row.state,
    speed: row.speed,
    ...(shared ? { url: `http://${sharedHostOf(row.name)}:${machine.gatewayPort}` } : {}),
    ...(row.expiresAt ? { expiresAt: row.expiresAt.toISOString() } : {}),
    services: (view?.services ?? []).map((one) =>
      serviceStatus(row.name, data, one, { port: machine?.gatewayPort ?? 0, traffic }),
    ),
    resources: (view?.resources ?? []).map(({ name, state, pid, port }) => ({
      name,
      state,
      ...(pid === undefined ? {} : { pid }),
      ...(port === undefined ? {} : { port }),
    })),
  };
}

type Counted = { readonly requests: number; readonly errors: number };
type Made = Counted & {
  readonly data: Environment;
  readonly port: number;
  readonly untilMs: number;
  readonly status: ServiceStatus;
};

/** What was made of a service that is as it was (`remembered-state.ts`): a thousand of them are looked at each second, and few have changed. */
const made = new WeakMap<ServiceView, Made>();

function serviceStatus(
  key: string,
  data: Environment,
  view: ServiceView,
  { port, traffic }: { readonly port: number; readonly traffic: TrafficOf },
): ServiceStatus {
  const mine = traffic.get(`${key} ${view.service}`) ?? [];
  const requests = sum(mine.flatMap((one) => Object.values(one.requests)));
  const errors = sum(mine.flatMap((one) => [one.requests["5xx"] ?? 0, one.requests["0xx"] ?? 0]));
  const now = new Date();
  const before = made.get(view);
  if (
    before?.data === data &&
    before.port === port &&
    before.requests === requests &&
    before.errors === errors &&
    now.getTime() < before.untilMs
  )
    return before.status;
  const status = serviceStatusNow(key, data, view, { port, requests, errors, now });
  const untilMs = status.next === undefined ? Infinity : Date.parse(status.next);
  made.set(view, { data, port, requests, errors, untilMs, status });
  return status;
}

function serviceStatusNow(
  key: string,
  data: Environment,
  view: ServiceView,
  { port, requests, errors, now }: Counted & { readonly port: number; readonly now: Date },
): ServiceStatus {
  const about = data.services[view.service];
  const weightOf = (revision: string) => view.split.shares.find((one) => one.revision === revision)?.weight ?? 0;
  const serving = view.revisions.filter((one) => weightOf(one.revision) > 0);
  const next = about?.schedule === undefined ? undefined : nextAfter(about.schedule, now);
  const reason = serving.find((one) => one.reason !== undefined)?.reason;
  return {
    service: view.service,
    kind: about?.kind ?? "service",
    state: about?.kind === "cron" ? "scheduled" : view.paused ? "paused" : stateOf(serving),
    ...(reason === undefined ? {} : { reason }),
    ...(view.port === undefined ? {} : { url: `http://${hostOf(view.service, key)}:${port}`, port: view.port }),
    revisions: view.revisions.map((one) => ({
      revision: one.revision,
      weight: weightOf(one.revision),
      state: one.state,
      ready: one.replicas.filter((replica) => replica.state === "ready").length,
      replicas: one.replicas.length,
      most: one.scale.max,
      inFlight: sum(one.replicas.map((replica) => replica.inFlight)),
      restarts: sum(one.replicas.map((replica) => replica.restarts)),
      ...(one.coldStartMs === undefined ? {} : { coldStartMs: one.coldStartMs }),
    })),
    ...(view.port === undefined ? {} : { requests, errors }),
    ...(next ? { next: next.toISOString() } : {}),
  };
}

function stateOf(serving: readonly RevisionView[]): string {
  const states = serving.map((one) => one.state);
  for (const state of ["failed", "starting", "ready", "idle"]) if (states.includes(state as RevisionView["state"])) return state;
  return "stopped";
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
