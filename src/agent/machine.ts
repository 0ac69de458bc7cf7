import { randomUUID } from "node:crypto";
import { UserError } from "../lib/errors.ts";
import { type PathMatchers, createPathMatchers } from "../lib/path-patterns.ts";
import { count } from "../lib/text.ts";
import { freePort } from "../system/free-port.ts";
import { endOrphans } from "../system/process-identity.ts";
import { machineKey, unseal } from "../system/sealed.ts";
import type { EnvironmentRoutes, Fence, JobSpec, JobView, MachineState, ResourceProcessSpec, Split } from "../wire/machine.ts";
import type { TrafficSnapshot } from "../wire/traffic.ts";
import type { InjectedFault } from "../wire/faults.ts";
import { createAccessLogs } from "./access-logs.ts";
import { createFaults } from "./faults/faults.ts";
import { type Gateway, type RevisionKey, createGateway } from "./gateway/gateway.ts";
import { createJobs } from "./jobs.ts";
import { createKeeper } from "./keeper.ts";
import { keepPort, lastPort } from "./last-port.ts";
import { notReady, refuseBadSplit, unknownRevision } from "./refusals.ts";
import { createRevisions } from "./revisions.ts";
import { createScaler } from "./scaler.ts";
import { startWith } from "./scaling.ts";
import { type KeptRevision, noRoutes, withEnvironment, withService, without } from "./state.ts";
import { type Supervisor, createSupervisor } from "./supervisor/supervisor.ts";
import type { SupervisorEvent } from "./supervisor/supervisor-event.ts";
import type { UnitSpec } from "./supervisor/unit-spec.ts";
import { jobUnit, resourceKey, resourceUnit, revisionOf, revisionUnit, unitKey, withoutSeal } from "./units.ts";
import { createViews } from "./views.ts";

// The one who holds an environment's machines together. What it was told, and by whom, is the keeper's.
//
// 1. What it was told is on disk before it answers, so that after a kill it goes on with exactly that.
// 2. A replica gets traffic only while it is ready; before it is stopped it is taken out of the gateway and drained.
// 3. What is routed to and asleep is woken by the first request, which waits meanwhile.

export type MachineOptions = {
  readonly stateFile: string;
  readonly logFolder: string;
  readonly machineKeyFile: string;
  /** What somebody asked for; else the one that it had the last time, else the usual one. */
  readonly preferredGatewayPort: number | undefined;
  readonly portFile: string;
  /** Writes down what nobody asked for and somebody may want to know. */
  readonly remark: (text: string) => void;
};

export type Machine = Awaited<ReturnType<typeof createMachine>>;

const usualGatewayPort = 4600;

export async function createMachine(options: MachineOptions) {
  const key = machineKey(options.machineKeyFile);
  const startedAt = new Date().toISOString();
  const keeper = createKeeper(options.stateFile);
  const jobs = createJobs();
  const { remark } = options;

  // Whatever a former self left running is nobody's child any more: it cannot be watched, so it is ended and started anew.
  const former = keeper.state;
  const ended = await endOrphans(former.processes, former.mark === undefined ? {} : { mark: former.mark });
  if (ended.length > 0) remark(`ended ${count(ended.length, "process", "processes")} that a former agent had left`);

  const mark = randomUUID();
  keeper.keep((state) => ({ ...state, processes: [], mark }));

  const accessLogs = createAccessLogs(options.logFolder);
  const gateway: Gateway = await createGateway({
    port: await freePort(former.gatewayPort, options.preferredGatewayPort, lastPort(options.portFile), usualGatewayPort),
    onWanted: (revision) => wake(revision),
    onAccess: (line) => accessLogs.write(line),
  });
  let unlogged: ReadonlyMap<string, PathMatchers> = new Map();
  const supervisor: Supervisor = createSupervisor({
    logFolder: options.logFolder,
    mark,
    onEvent: (event) => react(event),
    beforeStop: async (unit, replica) => {
      const revision = revisionOf(unit);
      if (revision === undefined) return;
      gateway.removeEndpoint(revision, replica);
      const kept = keeper.revision(revision);
      await gateway.drained(revision, { id: replica, deadlineMs: kept?.spec.drainMs ?? 30_000 });
    },
    pidsChanged: () => keepProcesses(),
    log: { unlogged: (environment, service) => unlogged.get(environment)?.get(service) },
  });
  const scaler = createScaler({
    gateway,
    supervisor,
    revisions: () => keeper.revisions(),
    most: (environment) => keeper.environment(environment)?.at.mostReplicas,
  });

  const faults = createFaults({ gateway, supervisor, remark });

  function keepProcesses(): void {
    if (closing) return;
    const processes = supervisor.pids().map(({ pid, identity }) => ({ pid, identity }));
    keeper.keep((state) => ({ ...state, processes }));
  }

  function react(event: SupervisorEvent): void {
    const revision = revisionOf(event.key);
    if (event.kind === "job-ended") return jobs.end(event.key, event);
    if (revision === undefined) return;
    if (event.kind === "unit-failed") gateway.fail(revision, event.reason);
    else giveEndpoints(revision);
  }

  function giveEndpoints(revision: RevisionKey): void {
    if (!keeper.revision(revision)?.spec.listens) return;
    const replicas = supervisor.view(unitKey(revision))?.replicas ?? [];
    gateway.setEndpoints(
      revision,
      replicas.flatMap(({ id, state, port }) => (state === "ready" && port !== undefined ? [{ id, port }] : [])),
    );
  }

  function wake(revision: RevisionKey): void {
    const kept = keeper.revision(revision);
    if (!kept) return gateway.fail(revision, "this revision is not here any more");
    const view = supervisor.view(unitKey(revision));
    if (view?.failed !== undefined) return gateway.fail(revision, view.failed);
    if ((view?.replicas.length ?? 0) > 0) return;
    const replicas = Math.max(1, Math.min(startWith(kept.spec.scale), scaler.room(revision.environment)));
    scaler.woken(revision, replicas);
    supervisor.put(unit(revision, kept), replicas);
  }

  function unit(revision: RevisionKey, { spec }: Pick<KeptRevision, "spec">): UnitSpec {
    return revisionUnit(revision, spec, secretsOf(spec.sealedEnv));
  }

  function secretsOf(sealed: string | undefined): Readonly<Record<string, string>> {
    return sealed === undefined ? {} : (JSON.parse(unseal(sealed, key)) as Record<string, string>);
  }

  async function configureGateway(): Promise<void> {
    unlogged = new Map(
      Object.entries(keeper.state.environments).map(([name, { at }]) => [name, createPathMatchers(at.unlogged ?? [])]),
    );
    await gateway.configure({
      environments: Object.fromEntries(
        Object.entries(keeper.state.environments).map(([environment, { at, services }]) => [
          environment,
          { ...at, services: Object.fromEntries(Object.entries(services).map(([name, { split }]) => [name, { split }])) },
        ]),
      ),
    });
    if (keeper.state.gatewayPort === gateway.port) return;
    keeper.keep((state) => ({ ...state, gatewayPort: gateway.port }));
    keepPort(options.portFile, gateway.port);
  }

  const seen = { supervisor, gateway, scaler };
  const views = createViews(seen);
  const revisions = createRevisions({ ...seen, keeper, unit, giveEndpoints });
  let closing = false;

  const machine = {
    traffic: (): TrafficSnapshot => ({
      ...gateway.traffic(),
      printed: supervisor.printed().filter((one) => keeper.service(one) !== undefined),
    }),

    /** Goes on with what the state on disk says. */
    async resume(): Promise<void> {
      await configureGateway();
      // One that cannot be started again, as its secrets do not open any more, keeps none of the others from it.
      const start = (subject: string, work: () => void): void => {
        try {
          work();
        } catch (error) {
          remark(`${subject} is not started again: ${error instanceof Error ? error.message : "no reason is known"}`);
        }
      };
      for (const [environment, { resources }] of Object.entries(keeper.state.environments))
        for (const spec of Object.values(resources))
          start(spec.name, () => supervisor.put(resourceUnit(environment, spec, secretsOf(spec.sealedEnv)), 1));
      for (const { key: revision, ...kept } of keeper.revisions())
        if (!kept.resting) start(revision.revision, () => supervisor.put(unit(revision, kept), startWith(kept.spec.scale)));
      scaler.start();
    },

    async route(environment: string, fence: Fence, at: EnvironmentRoutes): Promise<void> {
      keeper.change(environment, "routes", fence, (old) => withEnvironment(old, environment, (kept) => ({ ...kept, at })));
      await configureGateway();
    },

    /** From now on whoever bears less is refused in this environment, although nothing has been changed yet. */
    admit(environment: string, fence: Fence): void {
      if (keeper.environment(environment)) keeper.admit(environment, "fence", fence);
    },

    ...revisions,

    async split(environment: string, service: string, fence: Fence, split: Split): Promise<void> {
      refuseBadSplit(split, keeper.service({ environment, service }), { environment, service });
      keeper.change(environment, `${service}/split`, fence, (old) =>
        withEnvironment(old, environment, (now) => withService(now, service, (one) => ({ ...one, split }))),
      );
      await configureGateway();
    },

    async putResource(environment: string, fence: Fence, spec: ResourceProcessSpec, timeoutMs: number): Promise<void> {
      const unit = resourceUnit(environment, spec, secretsOf(spec.sealedEnv));
      const old = keeper.environment(environment)?.resources[spec.name];
      keeper.admit(environment, `resource:${spec.name}`, fence);
      // Sealed text differs each time; what is in it is told apart by `configuration`.
      if (old && JSON.stringify(withoutSeal(old)) !== JSON.stringify(withoutSeal(spec))) await supervisor.remove(unit.key);
      keeper.keep((now) =>
        withEnvironment(now, environment, (kept) => ({ ...kept, resources: { ...kept.resources, [spec.name]: spec } })),
      );
      supervisor.put(unit, 1);
      const result = await supervisor.until(unit.key, "ready", { timeoutMs });
      if (!result.ok) throw notReady(spec.name, result, "it wrote nothing");
    },

    /** A service that has no revisions any more. */
    async removeService(environment: string, service: string, fence: Fence): Promise<void> {
      const kept = keeper.service({ environment, service });
      if (!kept || Object.keys(kept.revisions).length > 0) return;
      keeper.change(environment, `${service}/split`, fence, (old) =>
        withEnvironment(old, environment, (now) => ({ ...now, services: without(now.services, service) })),
      );
      await configureGateway();
    },

    async removeResource(environment: string, name: string, fence: Fence): Promise<void> {
      if (!keeper.environment(environment)?.resources[name]) return;
      keeper.admit(environment, `resource:${name}`, fence);
      await supervisor.remove(resourceKey(environment, name));
      keeper.keep((state) => withEnvironment(state, environment, (now) => ({ ...now, resources: without(now.resources, name) })));
    },

    runJob(environment: string, fence: Fence, spec: JobSpec): JobView {
      const { run, service, revision, limitMs } = spec;
      const kept = keeper.revision({ environment, service, revision });
      if (!kept) throw unknownRevision({ environment, service, revision });
      const unit = jobUnit(environment, spec, kept.spec, secretsOf(kept.spec.sealedEnv), limitMs);
      const known = jobs.get(unit.key);
      if (known) return known;
      keeper.admit(environment, `${service}/${run}`, fence);
      const view: JobView = { run, service, revision, startedAt: new Date().toISOString() };
      jobs.begin(unit.key, environment, view);
      supervisor.put(unit, 1);
      return view;
    },

    /** New requests wait, and those who ask for its health are told that it lives. */
    pause(environment: string, service: string, fence: Fence, forMs: number): void {
      keeper.admit(environment, `${service}/pause`, fence);
      const probePath = Object.values(keeper.service({ environment, service })?.revisions ?? {})[0]?.spec.health?.path;
      gateway.pause(environment, service, { forMs, ...(probePath === undefined ? {} : { probePath }) });
    },
    resumeTraffic(environment: string, service: string, fence: Fence): void {
      keeper.admit(environment, `${service}/pause`, fence);
      gateway.resume(environment, service);
    },

    /** What is made to go wrong on purpose, until nobody asks for it any more. */
    putFaults(environment: string, fence: Fence, wanted: readonly InjectedFault[], leaseMs: number) {
      if (!keeper.environment(environment)) throw new UserError("not-up", `${environment} is not up`);
      keeper.admit(environment, "faults", fence);
      return faults.put(environment, wanted, leaseMs);
    },
    faultsOf: (environment: string) => faults.view(environment),

    /** Takes an environment down: no new requests, those in flight finish, then everything stops. */
    async removeEnvironment(environment: string, fence: Fence): Promise<void> {
      if (!keeper.environment(environment)) return;
      keeper.change(environment, "all", fence, (state) =>
        withEnvironment(state, environment, (kept) => ({ ...kept, at: noRoutes })),
      );
      faults.end(environment);
      await configureGateway();
      const units = supervisor.keys().filter((one) => one.startsWith(`${environment}/`));
      const isResource = (unit: string) => unit.startsWith(resourceKey(environment, ""));
      // Services first: they may still need their resources to end well.
      await Promise.all(units.filter((one) => !isResource(one)).map((one) => supervisor.remove(one)));
      await Promise.all(units.filter(isResource).map((one) => supervisor.remove(one)));
      jobs.forget(environment);
      keeper.keep((state) => ({ ...state, environments: without(state.environments, environment) }));
      await configureGateway();
      await accessLogs.forget(environment);
    },

    state(known: ReadonlySet<string>): MachineState {
      return {
        schemaVersion: 1,
        pid: process.pid,
        startedAt,
        gatewayPort: gateway.port,
        environments: views.state(keeper.state.environments, jobs.of, known),
      };
    },

    /** At once and without mercy, for the moment before the agent itself falls. */
    killNow: (): void => supervisor.killNow(),

    /** Stops everything; with `forget`, as nothing is to be gone on with. */
    async close({ forget }: { readonly forget: boolean }): Promise<void> {
      closing = true;
      scaler.stop();
      faults.endAll();
      await supervisor.close({ drain: true });
      await gateway.close();
      await accessLogs.close();
      if (forget) await keeper.forget();
      else keeper.keep((state) => ({ ...state, processes: [] }));
    },
  };

  return machine;
}
