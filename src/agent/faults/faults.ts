import { UserError } from "../../lib/errors.ts";
import { signalGroup } from "../../system/process-group.ts";
import { isRunning, type KnownProcess } from "../../system/process-identity.ts";
import type { FaultsView, InjectedFault } from "../../wire/faults.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { Injected } from "../gateway/injected.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import { resourceKey, revisionOf } from "../units.ts";

// Makes things go wrong on purpose, and puts them back.
//
// 1. Whatever is injected has a lease: where nobody asks for it again in time, it is over. Nobody has to be alive to put it back.
// 2. Nothing of it is kept: an agent that was killed knows of no faults, and what it had stopped its successor ends and starts anew.
// 3. A process that was stopped is let go on only if it is still the same one.

type Kept = {
  readonly fault: InjectedFault;
  readonly since: number;
  hits: number;
  active: boolean;
  done: boolean;
  stopped: Map<number, KnownProcess>;
  /** Of what stands still again and again: when it changes next. */
  turnAt: number;
};

type Day = { readonly asked: string; readonly kept: readonly Kept[]; until: number };

export type Faults = ReturnType<typeof createFaults>;

const everyMs = 50;
const breathMs = 50;
const mostFaults = 20;
const longestLeaseMs = 60_000;

export function createFaults({
  gateway,
  supervisor,
  remark,
}: {
  readonly gateway: Gateway;
  readonly supervisor: Supervisor;
  readonly remark: (text: string) => void;
}) {
  const days = new Map<string, Day>();
  let timer: NodeJS.Timeout | undefined;

  const look = (): void => {
    const now = performance.now();
    for (const [environment, day] of days) {
      if (now >= day.until) end(environment, "nobody asked for it any more");
      else for (const one of day.kept) step(environment, one, now);
    }
  };

  /** The units that a fault is about. */
  const unitsOf = (environment: string, fault: InjectedFault): readonly string[] => {
    if ("resource" in fault && fault.resource !== undefined) return [resourceKey(environment, fault.resource)];
    const except = new Set("except" in fault ? fault.except : []);
    return supervisor.keys().filter((key) => {
      const revision = revisionOf(key);
      if (revision?.environment !== environment || except.has(revision.revision)) return false;
      return "service" in fault && revision.service === fault.service;
    });
  };

  /** Their processes, with how long each has been in its state. */
  const replicasOf = (environment: string, { fault }: Kept) =>
    unitsOf(environment, fault).flatMap((key) => {
      const processes = new Map(supervisor.pids().flatMap((one) => (one.key === key ? [[one.replica, one] as const] : [])));
      return (supervisor.view(key)?.replicas ?? []).flatMap((replica) => {
        const process = processes.get(replica.id);
        return process === undefined ? [] : [{ replica, process, forMs: Date.now() - Date.parse(replica.since) }];
      });
    });

  const step = (environment: string, one: Kept, now: number): void => {
    const { fault } = one;
    const waitsForReady = "except" in fault && fault.except !== undefined;
    const readyMs = waitsForReady
      ? Math.max(-1, ...replicasOf(environment, one).map(({ replica, forMs }) => (replica.state === "ready" ? forMs : -1)))
      : now - one.since;
    const wasActive = one.active;
    const over = fault.forMs !== undefined && readyMs >= fault.fromMs + fault.forMs;
    one.active = readyMs >= 0 && readyMs >= fault.fromMs && !over;
    switch (fault.fault) {
      case "errors":
      case "latency":
        return;
      case "crash":
        for (const { replica, process, forMs } of replicasOf(environment, one))
          if (replica.state === "ready" && forMs >= fault.fromMs) strike(one, process);
        return;
      case "crash-at-start":
        for (const { replica, process } of replicasOf(environment, one)) if (replica.state === "starting") strike(one, process);
        return;
      case "kill": {
        const [first] = one.active && !one.done ? replicasOf(environment, one) : [];
        if (first === undefined) return;
        one.done = true;
        strike(one, first.process);
        return;
      }
      case "down":
        if (one.active) for (const { process } of replicasOf(environment, one)) strike(one, process);
        return;
      case "pause": {
        if (wasActive && !one.active) letGo(one);
        const [first] = one.active && !one.done ? replicasOf(environment, one) : [];
        if (first === undefined) return;
        one.done = true;
        stop(one, first.process);
        return;
      }
      case "slow":
        if (!one.active) letGo(one);
        else if (now >= one.turnAt) {
          const still = one.stopped.size > 0;
          if (still) letGo(one);
          else for (const { process } of replicasOf(environment, one)) stop(one, process);
          one.turnAt = now + (still ? breathMs : fault.stillMs);
        }
    }
  };

  const strike = (one: Kept, process: KnownProcess): void => {
    if (!isRunning(process) || !signalGroup(process.pid, "SIGKILL")) return;
    one.hits += 1;
  };
  const stop = (one: Kept, { pid, identity }: KnownProcess): void => {
    if (!isRunning({ pid, identity }) || !signalGroup(pid, "SIGSTOP")) return;
    one.stopped.set(pid, { pid, identity });
    one.hits += 1;
  };
  const letGo = (one: Kept): void => {
    for (const process of one.stopped.values()) if (isRunning(process)) signalGroup(process.pid, "SIGCONT");
    one.stopped.clear();
  };

  /** What the gateway is to do with the requests of each service. */
  const tellGateway = (environment: string, before: Day | undefined, day: Day | undefined): void => {
    const services = new Set<string>();
    for (const { fault } of [...(before?.kept ?? []), ...(day?.kept ?? [])])
      if (fault.fault === "errors" || fault.fault === "latency") services.add(fault.service);
    for (const service of services)
      gateway.inject(
        environment,
        service,
        (day?.kept ?? []).flatMap((one): Injected[] => {
          const { fault } = one;
          if ((fault.fault !== "errors" && fault.fault !== "latency") || fault.service !== service) return [];
          const except = new Set(fault.except);
          return [
            {
              share: fault.share ?? 0,
              times: fault.times ?? 1,
              applies: (revision) => one.active && !except.has(revision),
              hit: () => void (one.hits += 1),
            },
          ];
        }),
      );
  };

  const end = (environment: string, why: string | undefined): void => {
    const day = days.get(environment);
    if (day === undefined) return;
    days.delete(environment);
    for (const one of day.kept) {
      one.active = false;
      letGo(one);
      // What failed too often while it was struck is tried again at once.
      for (const key of unitsOf(environment, one.fault)) supervisor.again(key);
    }
    tellGateway(environment, day, undefined);
    if (days.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    if (why !== undefined) remark(`what was made to go wrong in ${environment} is put back: ${why}`);
  };

  return {
    /** Makes these go wrong for as long as the lease; asked again with the same, they go on. */
    put(environment: string, faults: readonly InjectedFault[], leaseMs: number): FaultsView {
      if (faults.length > mostFaults || !(leaseMs > 0 && leaseMs <= longestLeaseMs))
        throw new UserError(
          "usage",
          `at most ${mostFaults} faults at a time, for at most a minute until they are asked for again`,
        );
      const known = days.get(environment);
      const asked = JSON.stringify(faults);
      const now = performance.now();
      if (known?.asked === asked) known.until = now + leaseMs;
      else {
        end(environment, undefined);
        const kept = faults.map((fault): Kept => ({
          fault,
          since: now,
          hits: 0,
          active: false,
          done: false,
          stopped: new Map(),
          turnAt: 0,
        }));
        const day: Day = { asked, kept, until: now + leaseMs };
        if (kept.length > 0) days.set(environment, day);
        tellGateway(environment, known, day);
        timer ??= setInterval(look, everyMs);
        look();
      }
      return this.view(environment);
    },
    end: (environment: string): void => end(environment, undefined),
    /** Before anything is drained: what stands still could not end. */
    endAll(): void {
      for (const environment of days.keys()) end(environment, undefined);
    },
    view(environment: string): FaultsView {
      const day = days.get(environment);
      return {
        faults: (day?.kept ?? []).map(({ fault: { text }, active, hits }) => ({ text, active, hits })),
        leftMs: day === undefined ? 0 : Math.max(0, Math.round(day.until - performance.now())),
      };
    },
  };
}
