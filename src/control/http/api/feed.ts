import { setTimeout as sleep } from "node:timers/promises";
import type { FedEvent } from "../../../store/feed.ts";
import type { Store } from "../../../store/store.ts";

// The log for whoever follows it: read once, however many do.
//
// 1. Everybody reads on from a place of their own; what lies behind that is read from the database, so a reader misses nothing,
//    whatever was restarted meanwhile.
// 2. While nobody follows, nothing is read.

/** A run was moved: whoever shows it looks again. */
export type Moved = { readonly run: string; readonly product: string; readonly environment: string };
export type Fed = { readonly is: "event"; readonly event: FedEvent } | { readonly is: "moved"; readonly moved: Moved };

export type Feed = {
  /** From after that position on, or from now on. Ends when the signal says so. */
  follow(after: string | undefined, signal: AbortSignal): AsyncGenerator<Fed>;
  readonly followers: () => number;
};

const pollMs = 1_000;
const kept = 1_000;
const page = 200;
/** A run that is looked at four times a second is news once. */
const movedEveryMs = 200;

export function createFeed({
  store,
  onError,
}: {
  readonly store: Pick<Store, "feed" | "bell" | "runs">;
  readonly onError: (error: unknown) => void;
}): Feed {
  let recent: readonly FedEvent[] = [];
  let last: string | undefined;
  let followers = 0;
  let stop: (() => void) | undefined;
  const waiting = new Set<() => void>();
  const moves = new Set<(moved: Moved) => void>();
  const wake = (): void => {
    for (const one of waiting) one();
    waiting.clear();
  };

  const read = async (): Promise<void> => {
    let more = true;
    while (more) {
      more = (await store.feed.place(kept)) === kept;
      last ??= await store.feed.last();
      for (;;) {
        const events = await store.feed.after(last, page);
        const end = events.at(-1);
        if (end !== undefined) {
          last = end.position;
          recent = [...recent, ...events].slice(-kept);
          wake();
        }
        if (events.length < page) break;
      }
    }
  };

  const start = (): (() => void) => {
    const stopping = new AbortController();
    let rung = new AbortController();
    const changed = new Set<string>();
    const off = store.bell.on((heard) => {
      if (heard === undefined || heard.what === "event") rung.abort();
      if (heard?.what === "changed") changed.add(heard.id);
    });
    const reading = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        rung = new AbortController();
        await read().catch(onError);
        await sleep(pollMs, undefined, { signal: AbortSignal.any([rung.signal, stopping.signal]) }).catch(() => {});
      }
    };
    const telling = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        await sleep(movedEveryMs, undefined, { signal: stopping.signal }).catch(() => {});
        const ids = [...changed];
        changed.clear();
        for (const id of ids) {
          const run = await store.runs.get(id).catch(() => undefined);
          if (run !== undefined) for (const move of moves) move({ run: id, product: run.product, environment: run.environment });
        }
      }
    };
    void reading();
    void telling();
    return () => {
      off();
      stopping.abort();
      [recent, last] = [[], undefined];
    };
  };

  /** What comes after a place; of the newest a copy is here. */
  const after = async (position: string): Promise<readonly FedEvent[]> => {
    const [first] = recent;
    if (first !== undefined && BigInt(position) >= BigInt(first.position) - 1n)
      return recent.filter((one) => BigInt(one.position) > BigInt(position));
    if (last === undefined || BigInt(position) >= BigInt(last)) return [];
    return store.feed.after(position, page);
  };

  return {
    followers: () => followers,
    async *follow(given, signal) {
      followers += 1;
      stop ??= start();
      const moved = new Map<string, Moved>();
      let awake: (() => void) | undefined;
      const move = (one: Moved): void => {
        moved.set(one.run, one);
        awake?.();
      };
      moves.add(move);
      const gone = (): void => awake?.();
      signal.addEventListener("abort", gone);
      try {
        const isRead = (): boolean => last !== undefined;
        while (!isRead() && !signal.aborted) await sleep(10);
        let position = given ?? last ?? "0";
        while (!signal.aborted) {
          const woken = new Promise<void>((resolve) => {
            awake = resolve;
            waiting.add(resolve);
          });
          const events = await after(position);
          for (const event of events) {
            position = event.position;
            yield { is: "event", event };
          }
          for (const one of moved.values()) {
            moved.delete(one.run);
            yield { is: "moved", moved: one };
          }
          if (events.length === 0 && moved.size === 0 && !signal.aborted) await woken;
          if (awake !== undefined) waiting.delete(awake);
        }
      } finally {
        signal.removeEventListener("abort", gone);
        moves.delete(move);
        followers -= 1;
        if (followers === 0) {
          stop?.();
          stop = undefined;
        }
      }
    },
  };
}
