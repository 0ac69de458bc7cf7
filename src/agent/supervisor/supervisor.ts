import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { GantryError, UserError } from "../../lib/errors.ts";
import { logFile } from "../../system/log-folder.ts";
import type { LoggedLines } from "../../wire/traffic.ts";
import { markedProcesses, signalGroup, signalProcess } from "../../system/process-group.ts";
import { type BackOffSettings, usualBackOff } from "./back-off.ts";
import { createPortPool } from "./port-pool.ts";
import { type ServiceLogsOptions, createServiceLogs } from "./service-logs.ts";
import type { SupervisorEvent } from "./supervisor-event.ts";
import { createTimers } from "./timers.ts";
import { createUnit, type Unit, type UnitView } from "./unit.ts";
import type { UnitSetting } from "./unit-setting.ts";
import type { UnitSpec } from "./unit-spec.ts";
import type { WaitOptions, WaitResult } from "./unit-wait.ts";
import { createUsageMeter, type ReplicaUsage } from "./usage.ts";

export type SupervisorOptions = {
  readonly logFolder: string;
  readonly onEvent: (event: SupervisorEvent) => void;
  /** Called before a replica that was ready is asked to end: whoever sends it work stops doing so, and waits for what is under way. */
  readonly beforeStop: (key: string, replica: string) => Promise<void>;
  /** A process has begun to be, or is gone: time to write `pids()` down. Called before anything else happens. */
  readonly pidsChanged: () => void;
  /** What all processes of this supervisor bear (`endOrphans`). To be written down before the first one is started. */
  readonly mark?: string;
  readonly log?: ServiceLogsOptions;
  readonly backOff?: Partial<BackOffSettings>;
  /** How long a job that has ended can still be asked about. */
  readonly keepJobsMs?: number;
};

export type SupervisedProcess = {
  readonly pid: number;
  readonly identity: string;
  readonly key: string;
  readonly replica: string;
};

export type Supervisor = {
  readonly mark: string;
  /** Declares a unit and how many replicas it is to have. Said twice it is done once; said of one that has failed, it is tried again. */
  put(spec: UnitSpec, replicas: number): void;
  scale(key: string, replicas: number): void;
  restart(key: string): Promise<void>;
  /** Tries what has failed or waits to be started again at once. */
  again(key: string): void;
  remove(key: string): Promise<void>;
  view(key: string): UnitView | undefined;
  has(key: string): boolean;
  keys(): readonly string[];
  until(key: string, what: "ready" | "ended", options?: WaitOptions): Promise<WaitResult>;
  usage(key: string): readonly ReplicaUsage[];
  pids(): readonly SupervisedProcess[];
  /** How many lines services printed, and how many of them were left out. */
  printed(): readonly LoggedLines[];
  close(options: { readonly drain: boolean }): Promise<void>;
  /** Synchronous and without mercy, for the moment before the agent itself falls. */
  killNow(): void;
};

/** What is left for a process to end by itself when nobody waits for requests any more. */
const hurriedMs = 1_000;

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { logFolder, keepJobsMs = 10 * 60_000, mark = randomUUID() } = options;
  const units = new Map<string, Unit>();
  /** Removed, and on their way out. */
  const leaving = new Set<Unit>();
  const lastIds = new Map<string, number>();
  const logs = createServiceLogs(logFolder, options.log);
  const meter = createUsageMeter();
  const timers = createTimers();
  let started = 0;
  let closed = false;

  const setting: UnitSetting = {
    logs,
    ports: createPortPool(),
    backOff: { ...usualBackOff, random: Math.random, ...options.backOff },
    tell: options.onEvent,
    beforeStop: options.beforeStop,
    pidsChanged: options.pidsChanged,
    nextMark: () => `${mark}/${++started}`,
  };

  const unitOf = (key: string): Unit => {
    const unit = units.get(key);
    if (!unit) throw new GantryError("unknown-unit", `there is no ${key} here`, { hint: "it was never put, or it was removed" });
    return unit;
  };
  const running = (): readonly SupervisedProcess[] =>
    [...units.values(), ...leaving].flatMap((unit) =>
      unit.replicas().flatMap((replica) => {
        const process = replica.process();
        return process ? [{ pid: process.pid, identity: process.identity, key: unit.spec.key, replica: replica.id }] : [];
      }),
    );
  const nextId = (key: string): string => {
    const id = (lastIds.get(key) ?? 0) + 1;
    lastIds.set(key, id);
    return String(id);
  };
  const leave = async (unit: Unit, stop: () => Promise<void>): Promise<void> => {
    const { key } = unit.spec;
    if (units.get(key) === unit) units.delete(key);
    timers.clear(key);
    leaving.add(unit);
    try {
      await stop();
    } finally {
      leaving.delete(unit);
    }
  };

  const scaled = (key: string, replicas: number): void => {
    const unit = unitOf(key);
    const problem = unusable(unit.spec, replicas);
    if (problem !== undefined) throw new UserError("bad-unit", `${key}: ${problem}`);
    unit.scale(replicas);
  };

  return {
    mark,
    put(spec, replicas) {
      if (closed) throw new GantryError("supervisor-closed", "the agent is about to end and starts nothing any more");
      const known = units.get(spec.key);
      if (known && !isDeepStrictEqual(known.spec, spec))
        throw new UserError("changed-unit", `${spec.key} is there already, and is something else`, {
          hint: "what a revision is never changes: another configuration is another revision",
        });
      const problem = unusable(spec, replicas);
      if (problem !== undefined) throw new UserError("bad-unit", `${spec.key}: ${problem}`);
      // Names that would lead out of the folder are refused before anything is started.
      logFile(logFolder, spec.labels.environment, spec.labels.service);
      const ended = (): void => timers.set(spec.key, keepJobsMs, () => units.delete(spec.key));
      const unit = known ?? createUnit(structuredClone(spec), setting, { nextId: () => nextId(spec.key), ended });
      units.set(spec.key, unit);
      unit.scale(replicas);
      if (known) unit.again();
    },
    scale: scaled,
    restart: (key) => unitOf(key).restart(),
    again: (key) => units.get(key)?.again(true),
    async remove(key) {
      const unit = units.get(key);
      if (unit) await leave(unit, () => unit.stop());
      else await Promise.all([...leaving].filter((one) => one.spec.key === key).map((one) => one.stop()));
    },
    view: (key) => units.get(key)?.view(),
    has: (key) => units.has(key),
    keys: () => [...units.keys()],
    until: (key, what, waitOptions = {}) => unitOf(key).until(what, waitOptions),
    usage: (key) =>
      meter.of(
        unitOf(key)
          .replicas()
          .flatMap((replica) => {
            const process = replica.process();
            return process ? [{ id: replica.id, pid: process.pid, startedMs: replica.machine().startedMs }] : [];
          }),
      ),
    pids: running,
    printed: () => logs.counts(),
    async close({ drain }) {
      closed = true;
      const all = [...units.values(), ...leaving];
      await Promise.all(all.map((unit) => leave(unit, () => (drain ? unit.stop() : unit.hurry(hurriedMs)))));
      timers.clear();
      await logs.close();
    },
    killNow() {
      closed = true;
      for (const { pid } of running()) signalGroup(pid, "SIGKILL");
      for (const pid of markedProcesses(`${mark}/`)) signalProcess(pid, "SIGKILL");
    },
  };
}

function unusable(spec: UnitSpec, replicas: number): string | undefined {
  if (!Number.isSafeInteger(replicas) || replicas < 0) return `${replicas} is no number of replicas`;
  if (typeof spec.port === "number" && replicas > 1) return "more than one cannot have the same port";
  if (spec.readiness.kind !== "running" && spec.port === undefined)
    return "without a port it cannot be asked whether it is ready";
  return undefined;
}
