import { randomUUID } from "node:crypto";
import { Fault } from "../fault.ts";
import { openJournal } from "../journal.ts";
import { limits } from "../limits.ts";
import { createMessageStore, type Held, type QueueRecord } from "./message-store.ts";
import type { Message, NewMessage, Taken } from "./message.ts";
import { createWaiters } from "./waiters.ts";

// One queue: at least once, durable. A subscription of a topic is one too.
//
// 1. What was accepted is on the disk. What was taken or finished is written before the answer, but not synced: after a power cut a
//    message may come once more, and none is lost.
// 2. Only the latest handle of a message counts. Who held it too long cannot finish what somebody else has now.
// 3. A message that came back after its last try is set aside elsewhere before it is removed here.

export type QueueOptions = {
  readonly visibilityMs: number;
  readonly tries?: number;
  readonly keepMs?: number;
  readonly ordered?: boolean;
  readonly setAside?: (message: Message, tries: number) => Promise<void>;
};

export type TakeOptions = {
  readonly most: number;
  readonly waitMs: number;
  readonly visibilityMs?: number;
  readonly signal?: AbortSignal;
};

export type Counts = {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly oldestAgeMs: number;
};

export type MessageQueue = {
  readonly configure: (options: QueueOptions) => void;
  readonly options: () => QueueOptions;
  readonly send: (messages: readonly NewMessage[]) => Promise<Message[]>;
  readonly take: (options: TakeOptions) => Promise<Taken[]>;
  readonly finish: (handles: readonly string[]) => Promise<boolean[]>;
  /** Nobody else gets it for so long from now on; false when it is not in the hands of this one any more. */
  readonly hold: (handle: string, forMs: number) => Promise<boolean>;
  readonly purge: () => Promise<void>;
  /** Sets aside what had its tries, and drops what is too old. */
  readonly tidy: () => Promise<void>;
  readonly counts: () => Counts;
  readonly brokenLines: () => number;
  readonly close: () => Promise<void>;
};

export async function openMessageQueue(file: string, given: QueueOptions, clock: () => number = Date.now): Promise<MessageQueue> {
  let options = given;
  let closed = false;
  const store = createMessageStore(given.ordered === true);
  const journal = await openJournal<QueueRecord>(file, store);
  const waiters = createWaiters(() => store.nextDueAt(), clock);
  const leaving = new Set<string>();

  function heldBy(handle: string): Held | undefined {
    const [, id, tries] = /^([A-Za-z0-9-]{1,64})~(\d{1,9})$/.exec(handle) ?? [];
    const held = id === undefined ? undefined : store.get(id);
    return held && held.tries > 0 && held.tries === Number(tries) ? held : undefined;
  }

  function takeNow({ most, visibilityMs }: TakeOptions): { taken: Taken[]; written: Promise<void> } {
    const now = clock();
    const due = store.due(now, most + leaving.size).filter((held) => !isSpent(held, now) && !leaving.has(held.message.id));
    const picked = due.slice(0, most);
    if (picked.length === 0) return { taken: [], written: Promise.resolve() };
    const until = now + (visibilityMs ?? options.visibilityMs);
    const ids = picked.map(({ message }) => message.id);
    const written = journal.append({ t: "took", ids, at: now, until }, { durable: false });
    const taken = picked.map(({ message, tries, firstTakenAt }) => ({
      message,
      handle: `${message.id}~${tries}`,
      tries,
      firstTakenAt,
    }));
    return { taken, written };
  }

  function isSpent({ message, tries, visibleAt }: Held, now: number): boolean {
    return (options.tries !== undefined && tries >= options.tries && visibleAt <= now) || isTooOld(message, now);
  }
  function isTooOld({ sentAt }: Message, now: number): boolean {
    return options.keepMs !== undefined && sentAt + options.keepMs < now;
  }

  async function tidy(): Promise<void> {
    const now = clock();
    const old: string[] = [];
    for (const { message } of store.all()) {
      if (!isTooOld(message, now)) break;
      old.push(message.id);
    }
    if (old.length > 0) await journal.append({ t: "done", ids: old }, { durable: false });
    if (options.tries === undefined) return;
    const spent = store.due(now, limits.publishedAtOnce).filter((held) => isSpent(held, now) && !leaving.has(held.message.id));
    for (const { message } of spent) leaving.add(message.id);
    try {
      for (const { message, tries } of spent) {
        await options.setAside?.(message, tries);
        await journal.append({ t: "done", ids: [message.id] }, { durable: false });
      }
    } finally {
      for (const { message } of spent) leaving.delete(message.id);
    }
  }

  return {
    configure: (next) => {
      options = next;
    },
    options: () => options,
    brokenLines: journal.brokenLines,
    tidy,

    send: async (messages) => {
      const now = clock();
      const size = messages.reduce((sum, { body }) => sum + body.length, store.bytes());
      if (size > limits.queueBytes) throw new Fault("OverLimit", 403, "the queue holds as much as it may");
      const sent = messages.map(({ id, delayMs = 0, ...message }) => {
        const made: Message = { ...message, id: id ?? randomUUID(), sequence: store.nextSequence(), sentAt: now };
        return { made, written: journal.append({ t: "put", m: made, at: now + delayMs }) };
      });
      waiters.wake();
      await Promise.all(sent.map(({ written }) => written));
      return sent.map(({ made }) => made);
    },

    take: async (wanted) => {
      const until = clock() + wanted.waitMs;
      for (;;) {
        // What cannot be set aside now keeps nobody from the rest.
        if (options.tries !== undefined || options.keepMs !== undefined) await tidy().catch(() => undefined);
        const { taken, written } = takeNow(wanted);
        if (taken.length > 0) {
          await written;
          return taken;
        }
        if (closed || wanted.signal?.aborted === true || clock() >= until) return [];
        await waiters.wait(until, wanted.signal);
      }
    },

    finish: async (handles) => {
      const found = handles.map((handle) => heldBy(handle)?.message.id);
      const ids = found.filter((id) => id !== undefined);
      if (ids.length > 0) {
        const written = journal.append({ t: "done", ids }, { durable: false });
        waiters.wake();
        await written;
      }
      return found.map((id) => id !== undefined);
    },

    hold: async (handle, forMs) => {
      const held = heldBy(handle);
      if (!held || held.visibleAt <= clock()) return false;
      const written = journal.append({ t: "until", id: held.message.id, until: clock() + forMs }, { durable: false });
      waiters.wake();
      await written;
      return true;
    },

    purge: async () => {
      await journal.append({ t: "purged" });
    },

    counts: () => {
      const now = clock();
      let [visible, inFlight, delayed, oldest] = [0, 0, 0, now];
      for (const { message, visibleAt, tries } of store.all()) {
        if (visibleAt <= now) visible += 1;
        else if (tries > 0) inFlight += 1;
        else delayed += 1;
        oldest = Math.min(oldest, message.sentAt);
      }
      return { visible, inFlight, delayed, oldestAgeMs: now - oldest };
    },

    close: async () => {
      closed = true;
      waiters.close();
      await journal.close();
    },
  };
}
