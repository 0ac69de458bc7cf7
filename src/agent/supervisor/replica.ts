import { processMark } from "../../system/process-group.ts";
import type { ExitView, ReplicaView } from "../../wire/machine.ts";
import { type Exit, exitReason, saysPortTaken, startReason } from "./exit-reason.ts";
import { processEnvironment } from "./process-environment.ts";
import { createProcessOutput, type ProcessOutput } from "./process-output.ts";
import { probe } from "./probe.ts";
import { newReplica, type ReplicaEffect, type ReplicaInput, type ReplicaMachine, stepReplica } from "./replica-machine.ts";
import { type RunningProcess, startProcess } from "./running-process.ts";
import { createTimers } from "./timers.ts";
import type { UnitSetting } from "./unit-setting.ts";
import type { UnitSpec } from "./unit-spec.ts";

export type ReplicaExit = ExitView & { readonly ok: boolean };

export type Replica = {
  readonly id: string;
  readonly machine: () => ReplicaMachine;
  readonly view: () => ReplicaView;
  readonly process: () => RunningProcess | undefined;
  readonly lastExit: () => ReplicaExit | undefined;
  /** What the process at hand wrote last, else the one before it. */
  readonly tail: () => readonly string[];
  send(input: ReplicaInput): void;
  /** Ends it within this time from now, also when it is being drained. */
  hurry(graceMs: number): void;
  readonly stopped: Promise<void>;
};

/** Carries out what the machine says, and tells it what happens. */
export function createReplica(
  spec: UnitSpec,
  id: string,
  setting: UnitSetting,
  unit: { readonly wasReady: () => boolean; readonly changed: (replica: Replica, effect?: ReplicaEffect) => void },
): Replica {
  const { key, labels, restart, readiness, limitMs } = spec;
  const origin = { ...labels, replica: id };
  const timers = createTimers();
  let machine = newReplica(Date.now());
  let running: RunningProcess | undefined;
  let output: ProcessOutput | undefined;
  let port: number | undefined;
  let lastExit: ReplicaExit | undefined;
  let looking = new AbortController();
  let hurriedMs: number | undefined;
  let markStopped: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (markStopped = resolve));

  const remark = (words: string): void => void setting.logs.write(origin, "gantry", [words]);

  // Inputs that come up while one is worked on wait for their turn: a step is never taken inside another.
  const inputs: ReplicaInput[] = [];
  let stepping = false;
  const send = (input: ReplicaInput): void => {
    inputs.push(input);
    if (stepping) return;
    stepping = true;
    try {
      for (let next = inputs.shift(); next; next = inputs.shift()) step(next);
    } finally {
      stepping = false;
    }
  };

  const step = (input: ReplicaInput): void => {
    const result = stepReplica(machine, input, {
      nowMs: Date.now(),
      readiness,
      restart,
      ...(limitMs !== undefined && { limitMs }),
      backOff: setting.backOff,
      unitWasReady: unit.wasReady(),
    });
    const before = machine.state;
    machine = result.machine;
    for (const effect of result.effects) carryOut(effect);
    if (machine.state === "stopped" && before !== "stopped") {
      timers.clear();
      markStopped();
    }
    if (machine.state !== before) unit.changed(self);
  };

  const carryOut = (effect: ReplicaEffect): void => {
    switch (effect.do) {
      case "start":
        void start();
        return;
      case "end":
        looking.abort();
        running?.end(hurriedMs ?? spec.drainMs);
        return;
      case "drain":
        void drain();
        return;
      case "wake":
        timers.set("wake", effect.afterMs, () => send({ kind: "wake" }));
        return;
      case "deadline":
        timers.set("deadline", effect.afterMs, () => send({ kind: "late" }));
        return;
      case "probe":
        timers.set("probe", effect.afterMs, () => void look());
        return;
      case "tell":
        remark(effect.words);
        if (effect.what === "ready") setting.tell({ kind: "replica-ready", key, id, ...(port !== undefined && { port }) });
        if (effect.what === "unready") setting.tell({ kind: "replica-unready", key, id, reason: effect.words });
        unit.changed(self, effect);
    }
  };

  const look = async (): Promise<void> => {
    const { signal } = looking;
    const probed = await probe(readiness, port, signal).catch((error: unknown) => {
      // Not even a request can be made of it.
      return { ready: false, live: false, why: (error as Error).message };
    });
    if (!signal.aborted) send({ kind: "probed", probed });
  };

  const drain = async (): Promise<void> => {
    // Whoever drains has a deadline of its own; should it fail to keep it, this one ends the wait.
    const over = new Promise<void>((resolve) => timers.set("drain", spec.drainMs + 5_000, resolve));
    const drained = Promise.resolve().then(() => setting.beforeStop(key, id));
    await Promise.race([drained.catch(() => undefined), over]);
    timers.clear("drain");
    send({ kind: "drained" });
  };

  const start = async (): Promise<void> => {
    timers.clear();
    looking = new AbortController();
    const own = createProcessOutput(origin, spec.secrets, setting.logs);
    output = own;
    try {
      port = spec.port === "free" ? await setting.ports.take() : spec.port;
    } catch (error) {
      return over(own, { kind: "exited", reason: startReason(error, spec.command[0], spec.folder) }, false);
    }
    if (!machine.wanted) return over(own, { kind: "exited", reason: "was stopped before it was started" }, false);
    const mark = setting.nextMark();
    const started = startProcess({
      command: spec.command,
      folder: spec.folder,
      env: processEnvironment(
        spec.env,
        { PORT: port === undefined ? undefined : String(port), [processMark]: mark },
        process.env,
      ),
      mark,
      graceMs: spec.drainMs,
      onOutput: (stream, chunk) => own.take(stream, chunk),
    });
    if (started instanceof Promise) {
      await started.catch((error: unknown) => {
        over(own, { kind: "exited", reason: startReason(error, spec.command[0], spec.folder), hopeless: true }, false);
      });
      return;
    }
    running = started;
    setting.pidsChanged();
    const startedMs = performance.now();
    remark(`started as process ${started.pid}${port === undefined ? "" : ` with port ${port}`}`);
    if (limitMs !== undefined && restart === "never") timers.set("limit", limitMs, () => send({ kind: "limit" }));
    send({ kind: "started" });

    const exit: Exit = { ...(await started.ended), ranMs: performance.now() - startedMs };
    timers.clear("probe", "deadline", "limit");
    looking.abort();
    send({ kind: "fell" });
    await started.gone;
    running = undefined;
    setting.pidsChanged();
    const tail = own.tail();
    const asked = !machine.wanted && machine.ending === undefined;
    const reason = asked ? stopWords(exit) : exitReason(exit, tail);
    over(own, { kind: "exited", reason, portTaken: spec.port === "free" && saysPortTaken(tail) }, exit.status === 0);
  };

  const over = (own: ProcessOutput, input: Extract<ReplicaInput, { kind: "exited" }>, ok: boolean): void => {
    if (spec.port === "free" && port !== undefined) setting.ports.giveBack(port);
    port = undefined;
    const reason = machine.ending ?? input.reason;
    const wanted = !machine.wanted;
    lastExit = { at: new Date().toISOString(), reason, tail: own.tail(), ok: ok && machine.ending === undefined && !wanted };
    remark(reason);
    setting.tell({ kind: "replica-exited", key, id, reason, tail: lastExit.tail, wanted });
    send(input);
  };

  const self: Replica = {
    id,
    machine: () => machine,
    process: () => running,
    lastExit: () => lastExit,
    tail: () => output?.tail() ?? [],
    send,
    hurry(graceMs) {
      hurriedMs = Math.min(graceMs, spec.drainMs);
      send({ kind: "stop" });
      send({ kind: "drained" });
      running?.end(hurriedMs);
    },
    stopped,
    view: () => ({
      id,
      state: machine.state,
      ...(running && { pid: running.pid }),
      ...(port !== undefined && { port }),
      since: new Date(machine.sinceMs).toISOString(),
      restarts: machine.restarts,
      inFlight: 0,
      ...(lastExit && { lastExit: { at: lastExit.at, reason: lastExit.reason, tail: lastExit.tail } }),
    }),
  };
  return self;
}

function stopWords(exit: Exit): string {
  return exit.signal === "SIGKILL" ? "was stopped by force: it did not end when it was asked to" : "was stopped";
}
