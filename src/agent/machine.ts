import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { ConflictError, GantryError } from "../lib/errors.ts";
import { freePort } from "../system/free-port.ts";
import { endOrphans } from "../system/process-identity.ts";
import { writeWhole } from "../system/whole-file.ts";
import { machineKey, unseal } from "../system/sealed.ts";
import type {
  EnvironmentRoutes,
  Fence,
  JobSpec,
  JobView,
  MachineView,
  ResourceProcessSpec,
  RevisionSpec,
  RevisionView,
  Split,
} from "../wire/machine.ts";
import type { TrafficSnapshot } from "../wire/traffic.ts";
import { createAccessLogs } from "./access-logs.ts";
import { type Gateway, type RevisionKey, createGateway } from "./gateway/gateway.ts";
import { createJobs } from "./jobs.ts";
import { createScaler } from "./scaler.ts";
import { startWith } from "./scaling.ts";
import {
  type AgentState,
  type KeptRevision,
  noSplit,
  readState,
  withEnvironment,
  withService,
  without,
  writeState,
} from "./state.ts";
import { type Supervisor, createSupervisor } from "./supervisor/supervisor.ts";
import type { SupervisorEvent } from "./supervisor/supervisor-event.ts";
import { jobUnit, resourceKey, resourceUnit, revisionOf, revisionUnit, unitKey } from "./units.ts";
import { environmentView, revisionView } from "./views.ts";

// The one who holds an environment's machines together. Whose state: the agent's; `agent.json` is its only copy on disk.
//
// 1. What it was told is on disk before it answers, so that after a kill it goes on with exactly that.
// 2. A replica gets traffic only while it is ready; before it is stopped it is taken out of the gateway and drained.
// 3. A change that bears a lower epoch than one seen before, or in the same epoch a lower sequence than one of the same thing, is refused.
// 4. What is routed to and asleep is woken by the first request, which waits meanwhile.

export type MachineOptions = {
  readonly stateFile: string;
  readonly logFolder: string;
  readonly machineKeyFile: string;
  /** What somebody asked for; else the one that it had the last time, else the usual one. */
  readonly preferredGatewayPort: number | undefined;
  readonly portFile: string;
};

export type Happening = {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly subject: string;
  readonly text: string;
};

export type Machine = Awaited<ReturnType<typeof createMachine>>;

const remembered = 1_000;
const usualGatewayPort = 4600;

export async function createMachine(options: MachineOptions) {
  const key = machineKey(options.machineKeyFile);
  const startedAt = new Date().toISOString();
  let state = readState(options.stateFile);
  const happenings: Happening[] = [];
  const jobs = createJobs();
  let seq = 0;

  const happened = (kind: string, subject: string, text: string) => {
    happenings.push({ seq: (seq += 1), at: new Date().toISOString(), kind, subject, text });
    if (happenings.length > remembered) happenings.shift();
  };
  const keep = (next: AgentState) => {
    writeState(options.stateFile, next);
    state = next;
  };

  // Whatever a former self left running is nobody's child any more: it cannot be watched, so it is ended and started anew.
  const ended = await endOrphans(state.processes, state.mark === undefined ? {} : { mark: state.mark });
  if (ended.length > 0) happened("orphans-ended", "agent", `ended ${ended.length} processes that a former agent had left`);

  const mark = randomUUID();
  keep({ ...state, processes: [], mark });

  const accessLogs = createAccessLogs(options.logFolder);
  const gateway: Gateway = await createGateway({
    port: await freePort(state.gatewayPort, options.preferredGatewayPort, lastPort(options.portFile), usualGatewayPort),
    onWanted: (revision) => wake(revision),
    onAccess: (line) => accessLogs.write(line),
  });
  const supervisor: Supervisor = createSupervisor({
    logFolder: options.logFolder,
    mark,
    onEvent: (event) => react(event),
    beforeStop: async (unit, replica) => {
      const revision = revisionOf(unit);
      if (revision === undefined) return;
      gateway.removeEndpoint(revision, replica);
      const kept = keptRevision(revision);
      await gateway.drained(revision, { id: replica, deadlineMs: kept?.spec.drainMs ?? 30_000 });
    },
    pidsChanged: () => keepProcesses(),
  });
  const scaler = createScaler({
    gateway,
    supervisor,
    revisions: () => runningRevisions(),
    most: (environment) => state.environments[environment]?.at.mostReplicas,
  });

  function keepProcesses(): void {
    if (closing) return;
    const processes = supervisor.pids().map(({ pid, identity }) => ({ pid, identity }));
    keep({ ...state, processes });
  }

  function keptRevision({ environment, service, revision }: RevisionKey): KeptRevision | undefined {
    return state.environments[environment]?.services[service]?.revisions[revision];
  }

  function* runningRevisions() {
    for (const [environment, { services }] of Object.entries(state.environments))
      for (const [service, { revisions }] of Object.entries(services))
        for (const [revision, kept] of Object.entries(revisions)) yield { key: { environment, service, revision }, ...kept };
  }

  function react(event: SupervisorEvent): void {
    happened(event.kind, event.key, "reason" in event ? event.reason : "");
    const revision = revisionOf(event.key);
    if (event.kind === "job-ended") return jobs.end(event.key, event);
    if (revision === undefined) return;
    if (event.kind !== "unit-failed") giveEndpoints(revision);
    if (event.kind === "unit-failed") gateway.fail(revision, event.reason);
  }

  function giveEndpoints(revision: RevisionKey): void {
    if (!keptRevision(revision)?.spec.listens) return;
    const replicas = supervisor.view(unitKey(revision))?.replicas ?? [];
    gateway.setEndpoints(
      revision,
      replicas.flatMap(({ id, state, port }) => (state === "ready" && port !== undefined ? [{ id, port }] : [])),
    );
  }

  function wake(revision: RevisionKey): void {
    const kept = keptRevision(revision);
    if (!kept) return gateway.fail(revision, "this revision is not here any more");
    const view = supervisor.view(unitKey(revision));
    if (view?.failed !== undefined) return gateway.fail(revision, view.failed);
    if ((view?.replicas.length ?? 0) > 0) return;
    const replicas = Math.max(1, Math.min(startWith(kept.spec.scale), scaler.room(revision.environment)));
    scaler.woken(revision, replicas);
    supervisor.put(unit(revision, kept), replicas);
  }

  function unit(revision: RevisionKey, { spec }: KeptRevision) {
    return revisionUnit(revision, spec, secretsOf(spec.sealedEnv));
  }

  function secretsOf(sealed: string | undefined): Readonly<Record<string, string>> {
    return sealed === undefined ? {} : (JSON.parse(unseal(sealed, key)) as Record<string, string>);
  }

  /** Takes note of who changes something, or refuses whoever was overtaken. */
  function admit(environment: string, subject: string, fence: Fence): void {
    fenced(environment, subject, fence, (same) => same);
  }

  // Changes of different things may overtake each other on their way, so within an epoch each thing has a sequence of its own.
  const sequences = new Map<string, Fence>();

  function fenced(environment: string, subject: string, fence: Fence, change: (state: AgentState) => AgentState): void {
    const name = `${environment} ${subject}`;
    const epoch = state.environments[environment]?.fence.epoch ?? 0;
    const last = sequences.get(name);
    if (fence.epoch < epoch || (last !== undefined && last.epoch === fence.epoch && fence.sequence < last.sequence))
      throw new ConflictError("fenced-off", `somebody else has changed ${environment} since`, {
        hint: "look at it again with gantry status",
      });
    sequences.set(name, fence);
    keep(withEnvironment(change(state), environment, (old) => ({ ...old, fence })));
  }

  async function configureGateway(): Promise<void> {
    await gateway.configure({
      environments: Object.fromEntries(
        Object.entries(state.environments).map(([environment, { at, services }]) => [
          environment,
          { ...at, services: Object.fromEntries(Object.entries(services).map(([name, { split }]) => [name, { split }])) },
        ]),
      ),
    });
    if (state.gatewayPort === gateway.port) return;
    keep({ ...state, gatewayPort: gateway.port });
    writeWhole(options.portFile, `${gateway.port}\n`);
  }

  const seen = { supervisor, gateway, scaler };
  let closing = false;

  const machine = {
    port: () => gateway.port,
    happenings: (after: number): readonly Happening[] => happenings.filter((one) => one.seq > after),
    traffic: (): TrafficSnapshot => gateway.traffic(),

    /** Goes on with what the state on disk says. */
    async resume(): Promise<void> {
      await configureGateway();
      // One that cannot be started again, as its secrets do not open any more, keeps none of the others from it.
      const start = (subject: string, work: () => void): void => {
        try {
          work();
        } catch (error) {
          happened("not-resumed", subject, error instanceof Error ? error.message : "it cannot be started");
        }
      };
      for (const [environment, { resources }] of Object.entries(state.environments))
        for (const spec of Object.values(resources))
          start(spec.name, () => supervisor.put(resourceUnit(environment, spec, secretsOf(spec.sealedEnv)), 1));
      for (const { key: revision, ...kept } of runningRevisions())
        if (!kept.resting) start(revision.revision, () => supervisor.put(unit(revision, kept), startWith(kept.spec.scale)));
      scaler.start();
    },

    async route(environment: string, fence: Fence, at: EnvironmentRoutes): Promise<void> {
      fenced(environment, "routes", fence, (old) => withEnvironment(old, environment, (kept) => ({ ...kept, at })));
      await configureGateway();
    },

    /** Starts a revision off the path of any request. */
    put(revision: RevisionKey, fence: Fence, spec: RevisionSpec): void {
      const old = keptRevision(revision);
      if (old && JSON.stringify(withoutSeal(old.spec)) !== JSON.stringify(withoutSeal(spec)))
        throw new ConflictError("revision-changed", `${revision.revision} is there already and is something else`, {
          hint: "another configuration is another revision",
        });
      fenced(revision.environment, unitKey(revision), fence, (now) =>
        withEnvironment(now, revision.environment, (kept) =>
          withService(kept, revision.service, (service) => ({
            ...service,
            revisions: { ...service.revisions, [revision.revision]: { spec, resting: false } },
          })),
        ),
      );
      const view = supervisor.view(unitKey(revision));
      if (view !== undefined && view.failed === undefined && view.replicas.length > 0) return;
      const replicas = scaler.makeRoom(revision.environment, startWith(spec.scale));
      if (replicas < 1)
        throw new ConflictError("at-limit", `${revision.environment} has as many replicas as it may have`, {
          hint: "raise limits.pods of the environment, or have fewer services in it",
        });
      scaler.woken(revision, replicas);
      supervisor.put(unit(revision, { spec, resting: false }), replicas);
    },

    /** Resolves when a revision is ready, and fails with its last words when it will not be. */
    async ready(revision: RevisionKey, timeoutMs: number, signal?: AbortSignal): Promise<RevisionView> {
      const result = await supervisor.until(unitKey(revision), "ready", { timeoutMs, ...(signal ? { signal } : {}) });
      if (!result.ok) {
        throw new GantryError("not-ready", `${revision.service} ${result.reason}`, {
          hint:
            result.tail.length > 0
              ? `its last lines:\n${result.tail.join("\n")}`
              : "it wrote nothing. It has to listen on 127.0.0.1 at the port in PORT, and to answer its health path",
        });
      }
      giveEndpoints(revision);
      const kept = keptRevision(revision);
      if (!kept) throw unknownRevision(revision);
      return revisionView(seen, revision, kept);
    },

    async split(environment: string, service: string, fence: Fence, split: Split): Promise<void> {
      const kept = state.environments[environment]?.services[service];
      const named = [...split.shares.map((one) => one.revision), ...Object.values(split.tags)];
      const unknown = named.find((one) => kept?.revisions[one] === undefined);
      if (unknown !== undefined)
        throw new ConflictError("unknown-revision", `${service} has no revision ${unknown} in ${environment}`, {
          hint: "start it first",
        });
      const sum = split.shares.reduce((all, one) => all + one.weight, 0);
      if (split.shares.length > 0 && Math.abs(sum - 100) > 1e-6)
        throw new ConflictError("bad-split", `the weights of ${service} come to ${sum}, not 100`, {
          hint: "give all of the traffic to somebody",
        });
      fenced(environment, `split ${service}`, fence, (old) =>
        withEnvironment(old, environment, (now) => withService(now, service, (one) => ({ ...one, split }))),
      );
      await configureGateway();
    },

    /** Drains a revision and stops it; it stays known, and starts again when something is routed to it. */
    async rest(revision: RevisionKey, fence: Fence): Promise<void> {
      const kept = keptRevision(revision);
      if (!kept) return;
      refuseRouted(revision, "put to rest");
      fenced(revision.environment, unitKey(revision), fence, (old) =>
        withEnvironment(old, revision.environment, (now) =>
          withService(now, revision.service, (service) => ({
            ...service,
            revisions: { ...service.revisions, [revision.revision]: { ...kept, resting: true } },
          })),
        ),
      );
      await supervisor.remove(unitKey(revision));
    },

    /** Drains a revision, stops it and forgets it. */
    async remove(revision: RevisionKey, fence: Fence): Promise<void> {
      if (!keptRevision(revision)) return;
      refuseRouted(revision, "removed");
      admit(revision.environment, unitKey(revision), fence);
      await supervisor.remove(unitKey(revision));
      gateway.forget(revision);
      keep(
        withEnvironment(state, revision.environment, (now) =>
          withService(now, revision.service, (service) => ({
            ...service,
            revisions: without(service.revisions, revision.revision),
          })),
        ),
      );
    },

    async restart(revision: RevisionKey, fence: Fence): Promise<void> {
      if (!keptRevision(revision)) throw unknownRevision(revision);
      admit(revision.environment, unitKey(revision), fence);
      if (supervisor.view(unitKey(revision))) await supervisor.restart(unitKey(revision));
    },

    /** How many replicas there are to be, within what the revision allows: what control asks for, by the depth of a queue. */
    scale(revision: RevisionKey, fence: Fence, replicas: number): void {
      const kept = keptRevision(revision);
      if (!kept) throw unknownRevision(revision);
      admit(revision.environment, unitKey(revision), fence);
      const wanted = Math.max(
        kept.spec.scale.idleMs === undefined ? kept.spec.scale.min : 0,
        Math.min(kept.spec.scale.max, replicas),
      );
      if (wanted > 0 && supervisor.view(unitKey(revision)) === undefined) supervisor.put(unit(revision, kept), wanted);
      else supervisor.scale(unitKey(revision), wanted);
      scaler.told(revision, wanted);
    },

    async putResource(environment: string, fence: Fence, spec: ResourceProcessSpec, timeoutMs: number): Promise<void> {
      const unit = resourceUnit(environment, spec, secretsOf(spec.sealedEnv));
      const old = state.environments[environment]?.resources[spec.name];
      // Sealed text differs each time; what is in it is told apart by `configuration`.
      if (old && JSON.stringify(withoutSeal(old)) !== JSON.stringify(withoutSeal(spec))) await supervisor.remove(unit.key);
      fenced(environment, spec.name, fence, (now) =>
        withEnvironment(now, environment, (kept) => ({ ...kept, resources: { ...kept.resources, [spec.name]: spec } })),
      );
      supervisor.put(unit, 1);
      const result = await supervisor.until(unit.key, "ready", { timeoutMs });
      if (!result.ok)
        throw new GantryError("not-ready", `${spec.name} ${result.reason}`, {
          hint: result.tail.length > 0 ? `its last lines:\n${result.tail.join("\n")}` : "it wrote nothing",
        });
    },

    /** A service that has no revisions any more. */
    async removeService(environment: string, service: string, fence: Fence): Promise<void> {
      const kept = state.environments[environment]?.services[service];
      if (!kept || Object.keys(kept.revisions).length > 0) return;
      fenced(environment, `split ${service}`, fence, (old) =>
        withEnvironment(old, environment, (now) => ({ ...now, services: without(now.services, service) })),
      );
      await configureGateway();
    },

    async removeResource(environment: string, name: string, fence: Fence): Promise<void> {
      if (!state.environments[environment]?.resources[name]) return;
      admit(environment, name, fence);
      await supervisor.remove(resourceKey(environment, name));
      keep(withEnvironment(state, environment, (now) => ({ ...now, resources: without(now.resources, name) })));
    },

    runJob(environment: string, fence: Fence, spec: JobSpec): JobView {
      const { run, service, revision, limitMs } = spec;
      const kept = keptRevision({ environment, service, revision });
      if (!kept) throw unknownRevision({ environment, service, revision });
      const unit = jobUnit(environment, spec, kept.spec, secretsOf(kept.spec.sealedEnv), limitMs);
      const known = jobs.get(unit.key);
      if (known) return known;
      admit(environment, unit.key, fence);
      const view: JobView = { run, service, revision, startedAt: new Date().toISOString() };
      jobs.begin(unit.key, environment, view);
      supervisor.put(unit, 1);
      return view;
    },

    /** A revision whose only use is to be run as a job: it is kept, and nothing runs. */
    keepForJobs(revision: RevisionKey, fence: Fence, spec: RevisionSpec): void {
      fenced(revision.environment, unitKey(revision), fence, (now) =>
        withEnvironment(now, revision.environment, (kept) =>
          withService(kept, revision.service, (service) => ({
            ...service,
            revisions: { ...service.revisions, [revision.revision]: { spec, resting: true } },
          })),
        ),
      );
    },

    /** New requests wait, and those who ask for its health are told that it lives. */
    pause(environment: string, service: string, fence: Fence, forMs: number): void {
      admit(environment, `pause ${service}`, fence);
      const probePath = Object.values(state.environments[environment]?.services[service]?.revisions ?? {})[0]?.spec.health?.path;
      gateway.pause(environment, service, { forMs, ...(probePath === undefined ? {} : { probePath }) });
    },
    resumeTraffic(environment: string, service: string, fence: Fence): void {
      admit(environment, `pause ${service}`, fence);
      gateway.resume(environment, service);
    },

    /** Takes an environment down: no new requests, those in flight finish, then everything stops. */
    async removeEnvironment(environment: string, fence: Fence): Promise<void> {
      if (!state.environments[environment]) return;
      admit(environment, "all", fence);
      const kept = state.environments[environment];
      keep({ ...state, environments: { ...state.environments, [environment]: { ...kept, at: { routes: [], ports: {} } } } });
      await configureGateway();
      const units = supervisor.keys().filter((one) => one.startsWith(`${environment}/`));
      // Services first: they may still need their resources to end well.
      await Promise.all(units.filter((one) => !one.startsWith(`${environment}/resource:`)).map((one) => supervisor.remove(one)));
      await Promise.all(units.filter((one) => one.startsWith(`${environment}/resource:`)).map((one) => supervisor.remove(one)));
      jobs.forget(environment);
      keep({ ...state, environments: without(state.environments, environment) });
      await configureGateway();
      await accessLogs.forget(environment);
    },

    view(): MachineView {
      return {
        schemaVersion: 1,
        pid: process.pid,
        startedAt,
        gatewayPort: gateway.port,
        environments: Object.entries(state.environments).map(([name, kept]) => environmentView(seen, name, kept, jobs.of(name))),
      };
    },

    /** At once and without mercy, for the moment before the agent itself falls. */
    killNow: (): void => supervisor.killNow(),

    /** Stops everything; with `forget`, as nothing is to be gone on with. */
    async close({ forget }: { readonly forget: boolean }): Promise<void> {
      closing = true;
      scaler.stop();
      await supervisor.close({ drain: true });
      await gateway.close();
      await accessLogs.close();
      if (forget) await rm(options.stateFile, { force: true });
      else writeState(options.stateFile, { ...state, processes: [] });
    },
  };

  function refuseRouted(revision: RevisionKey, what: string): void {
    const split = state.environments[revision.environment]?.services[revision.service]?.split ?? noSplit;
    const share = split.shares.find((one) => one.revision === revision.revision)?.weight ?? 0;
    if (share > 0)
      throw new ConflictError("still-serving", `${revision.revision} gets ${share} % of the traffic and cannot be ${what}`, {
        hint: "give its share to another revision first",
      });
  }

  function unknownRevision({ environment, service, revision }: RevisionKey) {
    return new ConflictError("unknown-revision", `${service} has no revision ${revision} in ${environment}`, {
      hint: "gantry status lists those there are",
    });
  }

  return machine;
}

function lastPort(file: string): number | undefined {
  const port = existsSync(file) ? Number(readFileSync(file, "utf8")) : NaN;
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

/** Sealed text differs each time that the same is sealed. */
function withoutSeal<T extends { readonly sealedEnv?: string }>(spec: T): Omit<T, "sealedEnv"> {
  const { sealedEnv: _, ...rest } = spec;
  return rest;
}
