import { UserError } from "../../lib/errors.ts";
import type { ReplicaView } from "../../wire/machine.ts";
import { createReplica, type Replica } from "./replica.ts";
import type { ReplicaEffect } from "./replica-machine.ts";
import type { UnitSetting } from "./unit-setting.ts";
import type { UnitSpec } from "./unit-spec.ts";
import { restartFailed } from "./restart-failed.ts";
import { createWaiters, lateWords, type WaitOptions, type WaitResult } from "./unit-wait.ts";

export type UnitView = {
  readonly replicas: readonly ReplicaView[];
  readonly wanted: number;
  /** Why it does not work, in one sentence, when none of its replicas does. */
  readonly failed?: string;
  /** From nothing to the first ready replica, the last time. */
  readonly coldStartMs?: number;
  /** Of a job, when it has ended. */
  readonly ended?: { readonly at: string; readonly ok: boolean; readonly reason: string; readonly tail: readonly string[] };
};

export type Unit = {
  readonly spec: UnitSpec;
  scale(replicas: number): void;
  /** Tries what has failed once more, at once; with `waiting` also what waits for its next try. */
  again(waiting?: boolean): void;
  restart(): Promise<void>;
  /** Drains and stops all. */
  stop(): Promise<void>;
  /** Ends all within this time, drained or not. */
  hurry(graceMs: number): Promise<void>;
  until(what: "ready" | "ended", options: WaitOptions): Promise<WaitResult>;
  view(): UnitView;
  replicas(): readonly Replica[];
};

export function createUnit(
  spec: UnitSpec,
  setting: UnitSetting,
  own: { readonly nextId: () => string; readonly ended: () => void },
): Unit {
  const { key } = spec;
  const isJob = spec.restart === "never";
  const waiters = createWaiters();
  /** In the order of their age; those on their way out too. */
  let replicas: readonly Replica[] = [];
  let wanted = 0;
  /** More than are wanted, while one takes over from another. */
  let extra = 0;
  let wasReady = false;
  let removed = false;
  let coldFrom: number | undefined;
  let coldStartMs: number | undefined;
  let restarting: Promise<void> | undefined;

  const staying = (): readonly Replica[] => replicas.filter((replica) => replica.machine().wanted);
  const ready = (): readonly Replica[] => staying().filter((replica) => replica.machine().state === "ready");
  const broken = (): Replica | undefined => staying().find((replica) => replica.machine().failure !== undefined);

  const add = (): Replica => {
    if (staying().length === 0) coldFrom = performance.now();
    const replica = createReplica(spec, own.nextId(), setting, { wasReady: () => wasReady, changed });
    replicas = [...replicas, replica];
    replica.send({ kind: "start" });
    return replica;
  };

  const reconcile = (): void => {
    // A job that has run is not run again.
    if (isJob && replicas.length > 0 && wanted > 0) return;
    while (staying().length < wanted + extra) add();
    // The youngest go first.
    for (const replica of staying().slice(wanted + extra)) replica.send({ kind: "stop" });
  };

  const changed = (replica: Replica, effect?: ReplicaEffect): void => {
    if (effect?.do === "tell" && effect.what === "ready") {
      wasReady = true;
      if (coldFrom !== undefined) coldStartMs = Math.round(performance.now() - coldFrom);
      coldFrom = undefined;
    }
    if (effect?.do === "tell" && effect.what === "failed" && ready().length === 0)
      setting.tell({ kind: "unit-failed", key, reason: effect.words, tail: replica.lastExit()?.tail ?? [] });
    if (!effect && replica.machine().state === "stopped") {
      setting.tell({ kind: "replica-gone", key, id: replica.id });
      if (isJob) endJob(replica);
      else replicas = replicas.filter((one) => one !== replica);
    }
    waiters.changed();
  };

  const endJob = (replica: Replica): void => {
    const exit = replica.lastExit();
    setting.tell({
      kind: "job-ended",
      key,
      ok: exit?.ok ?? false,
      reason: exit?.reason ?? "was stopped before it was started",
      tail: exit?.tail ?? [],
    });
    own.ended();
  };

  const ended = (): UnitView["ended"] => {
    const [replica] = replicas;
    const exit = isJob && replica?.machine().state === "stopped" ? replica.lastExit() : undefined;
    return exit && { at: exit.at, ok: exit.ok, reason: exit.reason, tail: exit.tail };
  };

  const gone: WaitResult = { ok: false, reason: "was removed", tail: [] };
  const looks = {
    ready: (): WaitResult | undefined => {
      if (removed) return ended() ?? gone;
      const failed = broken();
      if (failed) return { ok: false, reason: failed.machine().failure ?? "", tail: failed.lastExit()?.tail ?? [] };
      return ready().length >= wanted ? { ok: true } : ended();
    },
    ended: (): WaitResult | undefined => {
      if (isJob) return ended() ?? (removed ? gone : undefined);
      return replicas.length === 0 ? { ok: true } : undefined;
    },
  };

  /** One after the other, and none is stopped before another has taken its place. */
  const replaceEach = async (): Promise<void> => {
    for (const old of staying()) {
      if (!staying().includes(old)) continue;
      if (old.machine().state !== "ready" || typeof spec.port === "number") {
        // It serves nobody, so nothing is lost when it goes first; or it has the one port that the next one needs.
        old.send({ kind: "stop" });
        await old.stopped;
        reconcile();
        continue;
      }
      extra += 1;
      const next = add();
      const result = await waiters.wait(() => takenOver(next), { late: () => gone });
      extra = Math.max(0, extra - 1);
      (result.ok ? old : next).send({ kind: "stop" });
      reconcile();
      if (!result.ok) throw restartFailed(key, result);
      await old.stopped;
    }
    const result = await waiters.wait(looks.ready, { late: () => gone });
    if (!result.ok) throw restartFailed(key, result);
  };

  return {
    spec,
    scale(count) {
      wanted = isJob ? Math.min(count, 1) : count;
      reconcile();
      waiters.changed();
    },
    again(waiting = false) {
      for (const replica of staying()) {
        const { state } = replica.machine();
        if (state === "failed" || (waiting && state === "backing-off")) replica.send({ kind: "again" });
      }
    },
    restart() {
      if (isJob) return Promise.reject(new UserError("job-runs-once", `${key} is a job, and a job is not started again`));
      restarting ??= replaceEach().finally(() => (restarting = undefined));
      return restarting;
    },
    async stop() {
      removed = true;
      wanted = 0;
      extra = 0;
      reconcile();
      waiters.changed();
      await Promise.all(replicas.map((replica) => replica.stopped));
    },
    async hurry(graceMs) {
      removed = true;
      wanted = 0;
      extra = 0;
      for (const replica of replicas) replica.hurry(graceMs);
      await Promise.all(replicas.map((replica) => replica.stopped));
    },
    until: (what, options) =>
      waiters.wait(looks[what], {
        ...options,
        late: () => {
          const waitedFor = staying().find((replica) => replica.machine().state !== "ready");
          const why = waitedFor?.lastExit()?.reason ?? waitedFor?.machine().why;
          const words = lateWords(what, options.timeoutMs);
          return { ok: false, reason: why === undefined ? words : `${words}: ${why}`, tail: waitedFor?.tail() ?? [] };
        },
      }),
    view() {
      const failed = ready().length === 0 ? broken()?.machine().failure : undefined;
      const end = ended();
      return {
        replicas: replicas.map((replica) => replica.view()),
        wanted,
        ...(failed !== undefined && { failed }),
        ...(coldStartMs !== undefined && { coldStartMs }),
        ...(end && { ended: end }),
      };
    },
    replicas: () => replicas,
  };
}

function takenOver(next: Replica): WaitResult | undefined {
  const { state, failure } = next.machine();
  if (state === "ready") return { ok: true };
  const tail = next.lastExit()?.tail ?? [];
  // Others serve: one exit is enough to know that this one is no replacement.
  if (failure !== undefined || state === "backing-off")
    return { ok: false, reason: failure ?? next.lastExit()?.reason ?? "", tail };
  return state === "stopped" || !next.machine().wanted ? { ok: false, reason: "was stopped meanwhile", tail } : undefined;
}
