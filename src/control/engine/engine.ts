import { setTimeout as sleep } from "node:timers/promises";
import type { EventDraft, NoticeDraft, Run } from "../../delivery/machine.ts";
import { ConflictError } from "../../lib/errors.ts";
import type { CommandRow } from "../../store/commands.ts";
import type { RunNotice, RunRow } from "../../store/runs.ts";
import type { Heard } from "../../store/bell.ts";
import type { Store } from "../../store/store.ts";
import { type Desk, createDesk } from "./ask.ts";
import { createBatch } from "./batch.ts";
import { asEvent } from "./decision.ts";
import type { AnyDriver } from "./driver.ts";
import type { Fences } from "./fences.ts";
import { type Change, followRun } from "./follow.ts";
import { type Hand, takeInHand } from "./hand.ts";
import { createWriter } from "./writer.ts";

// Moves every run there is, beside any number of others that do the same on one Postgres.
//
// 1. A run is held by a lease. Whoever dies with it leaves it to another when the lease has run out.
// 2. Only the holder writes, by the lease; only the newest holder is heard by targets, by its epoch.
// 3. NOTIFY wakes at once; a look every second stands behind it. Nothing rests on a message that may get lost.

export type EngineOptions = {
  readonly store: Pick<Store, "runs" | "commands" | "bell">;
  readonly drivers: readonly AnyDriver[];
  readonly fences: Fences;
  /** Unlike any other process', also after a restart. */
  readonly owner: string;
  readonly nowMs: () => number;
  /** Where what people are to be told goes; it is written with the state. */
  readonly address: (run: Run, notices: readonly NoticeDraft[]) => readonly RunNotice[];
  /** Something was put into the outbox. */
  readonly onNotices: () => void;
  readonly onError: (error: unknown, run?: string) => void;
  readonly leaseMs?: number;
  readonly pollMs?: number;
};

export type Engine = Desk & {
  start(): void;
  /** Lets go of what is in hand, so that nobody waits for a lease to run out. */
  stop(): Promise<void>;
  /**
   * False where this very run has begun before. Refused while another has the environment; those of its kind that only watch by now are
   * told that they are over.
   */
  begin(run: Run, events?: readonly EventDraft[]): Promise<boolean>;
  watch(run: string, signal?: AbortSignal): AsyncGenerator<Change>;
};

const mostInHand = 2_000;
const mostAtOnce = 250;
const finishingMs = 5_000;

export function createEngine(options: EngineOptions): Engine {
  const { store, fences, owner, nowMs, onError } = options;
  const { leaseMs = 5_000, pollMs = 1_000 } = options;
  const drivers = new Map(options.drivers.map((driver) => [driver.machine.kind, driver]));
  const kinds = Object.fromEntries([...drivers].map(([kind, { machine }]) => [kind, machine.schemaVersion]));
  const hands = new Map<string, Hand>();
  /** Asked of since the last claim was sent, and not in hand: what is taken by that claim may have been asked after it was read. */
  const early = new Set<string>();
  const stopping = new AbortController();
  let woken = new AbortController();
  let loops: Promise<unknown> = Promise.resolve();

  const write = createWriter(store, owner, leaseMs);
  const readCommands = createBatch<string, readonly CommandRow[]>(async (runs) => {
    const rows = await store.commands.open(runs);
    return runs.map((run) => rows.filter((one) => one.run === run));
  }, mostAtOnce);
  const stillOurs = async (run: string): Promise<boolean> => (await store.runs.renew(owner, leaseMs, [run])).length > 0;

  const claim = async (): Promise<number> => {
    const room = Math.min(mostAtOnce, mostInHand - hands.size);
    if (room <= 0) return nowMs() + pollMs;
    early.clear();
    const sentMs = performance.now();
    const epoch = fences.epoch();
    const busy = [...hands.keys()];
    const { runs, nextAtMs } = await store.runs.claim(owner, { busy, kinds, nowMs: nowMs(), leaseMs, epoch, limit: room });
    // Taken over from somebody whose epoch is higher than ours: its targets would not listen to us.
    const highest = Math.max(0, ...runs.map((one) => Number(one.epoch)));
    if (highest > epoch) await fences.raise(highest);
    for (const leased of runs) {
      const driver = drivers.get(leased.kind);
      if (driver === undefined) continue;
      const hand = takeInHand(leased, sentMs, {
        driver,
        fences,
        nowMs,
        leaseMs,
        write,
        readCommands,
        stillOurs,
        onError,
        closeCommands: (run) => store.commands.close([run]),
        address: options.address,
        onNotices: options.onNotices,
      });
      hands.set(leased.id, hand);
      if (early.has(leased.id)) hand.wanted();
      void hand.done.then((asked) => {
        hands.delete(leased.id);
        if (asked) woken.abort();
      });
    }
    return runs.length === room ? nowMs() : (nextAtMs ?? Infinity);
  };

  const claiming = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      woken = new AbortController();
      let waitMs = pollMs;
      try {
        waitMs = Math.min(pollMs, (await claim()) - nowMs());
      } catch (error) {
        if (!stopping.signal.aborted) onError(error);
      }
      if (waitMs > 0)
        await sleep(waitMs, undefined, { signal: AbortSignal.any([stopping.signal, woken.signal]) }).catch(() => {});
    }
  };

  /** Keeps what is held long, and hears what was asked where no message came. */
  const renewing = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await sleep(pollMs, undefined, { signal: stopping.signal }).catch(() => {});
      const ids = [...hands]
        .filter(([, hand]) => hand.heldUntilMs() - performance.now() < leaseMs - pollMs / 2)
        .map(([id]) => id);
      if (ids.length === 0 || stopping.signal.aborted) continue;
      const sentMs = performance.now();
      try {
        const kept = new Map((await store.runs.renew(owner, leaseMs, ids)).map((one) => [one.id, one]));
        for (const id of ids) {
          const hand = hands.get(id);
          const one = kept.get(id);
          if (one === undefined) hand?.lose();
          else hand?.renewed(sentMs);
          if (one?.asked === true) hand?.wanted();
        }
      } catch (error) {
        onError(error);
        for (const hand of hands.values()) if (hand.heldUntilMs() < performance.now()) hand.lose();
      }
    }
  };

  const hear = (heard: Heard): void => {
    if (heard?.what === "changed" || heard?.what === "answered" || heard?.what === "event") return;
    if (heard === undefined) for (const hand of hands.values()) hand.wanted();
    const hand = heard === undefined ? undefined : hands.get(heard.id);
    if (hand !== undefined) return hand.wanted();
    if (heard !== undefined) early.add(heard.id);
    woken.abort();
  };
  let deaf: (() => void) | undefined;

  const desk = createDesk(
    store,
    options.drivers.map(({ machine }) => machine),
  );

  return {
    start() {
      deaf = store.bell.on(hear);
      loops = Promise.all([claiming(), renewing()]);
    },
    async stop() {
      stopping.abort();
      deaf?.();
      await loops;
      const going = [...hands.values()].map((hand) => {
        hand.lose();
        return hand.done;
      });
      await Promise.all(going);
      await store.runs.letGo(owner);
    },
    async begin(run, events = []) {
      const { id, product, environment, kind, exclusive, schemaVersion, startedAtMs } = run;
      const supersede = { atMs: startedAtMs, by: { kind: "automation", name: "gantry" }, verb: "supersede", reason: id };
      const untilMs = performance.now() + finishingMs;
      for (;;) {
        try {
          const row = { id, product, environment, kind, exclusive, schemaVersion, startedAtMs, data: run };
          return await store.runs.begin(row, supersede, events.map(asEvent));
        } catch (error) {
          if ((error as { readonly constraint?: unknown }).constraint !== "run_alone") throw error;
          const other = await store.runs.alone(product, environment);
          // It has ended, or its last effects are being carried out: that takes moments.
          const ending = other === undefined || (other.data as Partial<Run>).endedAtMs !== undefined;
          if (!ending || performance.now() > untilMs) throw inTheWay(run, other);
          await sleep(50);
        }
      }
    },
    ...desk,
    watch: (run, signal) => followRun(store, run, { upcast: (kind, data) => desk.read({ kind, data }), signal }),
  };
}

function inTheWay({ environment }: Run, other: RunRow | undefined): ConflictError {
  const since = other === undefined ? "" : `, since ${other.startedAt.toISOString().slice(0, 19)}Z`;
  return new ConflictError("under-way", `${other?.kind ?? "a run"} ${other?.id ?? ""} is under way in ${environment}${since}`, {
    hint: "wait for its end, or abort it: gantry rollout list shows it",
  });
}
