import { createHeap, type Heap } from "../heap.ts";
import type { JournalState } from "../journal.ts";
import { bytesOf, type Message } from "./message.ts";

// The messages of one queue in memory, as its records give them.
//
// 1. A message is due from `visibleAt` on; while somebody has it, that is when it comes back.
// 2. Where the order is kept, only the first message of a group is ever due.
// 3. The heaps may hold what is no longer so; an entry counts only while its message still has that `visibleAt`.

export type QueueRecord =
  | { readonly t: "put"; readonly m: Message; readonly at: number; readonly tries?: number; readonly first?: number }
  | { readonly t: "took"; readonly ids: readonly string[]; readonly at: number; readonly until: number }
  | { readonly t: "until"; readonly id: string; readonly until: number }
  | { readonly t: "done"; readonly ids: readonly string[] }
  | { readonly t: "purged" };

export type Held = {
  readonly message: Message;
  readonly bytes: number;
  visibleAt: number;
  tries: number;
  firstTakenAt: number;
};

export type MessageStore = JournalState<QueueRecord> & {
  readonly get: (id: string) => Held | undefined;
  /** The oldest first. */
  readonly all: () => Iterable<Held>;
  readonly count: () => number;
  readonly bytes: () => number;
  readonly nextSequence: () => number;
  /** What is due, without taking it, in the order in which it came. */
  readonly due: (now: number, most: number) => Held[];
  readonly nextDueAt: () => number | undefined;
};

type Entry = { readonly held: Held; readonly visibleAt: number };

export function createMessageStore(ordered: boolean): MessageStore {
  let held = new Map<string, Held>();
  let groups = new Map<string, Set<Held>>();
  let later: Heap<Entry>;
  let ready: Heap<Entry>;
  let sequence = 0;
  let bytes = 0;

  function reset(): void {
    held = new Map();
    groups = new Map();
    later = createHeap((one, other) => one.visibleAt < other.visibleAt);
    ready = createHeap((one, other) => one.held.message.sequence < other.held.message.sequence);
    sequence = 0;
    bytes = 0;
  }
  reset();

  function isFirst(one: Held): boolean {
    const { group } = one.message;
    return !ordered || group === undefined || groups.get(group)?.values().next().value === one;
  }
  function place(one: Held): void {
    if (isFirst(one)) later.push({ held: one, visibleAt: one.visibleAt });
  }
  function isCurrent({ held: one, visibleAt }: Entry): boolean {
    return one.visibleAt === visibleAt && held.get(one.message.id) === one;
  }
  function drop(id: string): void {
    const one = held.get(id);
    if (!one) return;
    held.delete(id);
    bytes -= one.bytes;
    const { group } = one.message;
    const mates = group === undefined ? undefined : groups.get(group);
    if (group === undefined || !mates) return;
    const wasFirst = isFirst(one);
    mates.delete(one);
    const [next] = mates;
    if (!next) groups.delete(group);
    else if (wasFirst) place(next);
  }

  function apply(record: QueueRecord): void {
    switch (record.t) {
      case "put": {
        const { m: message } = record;
        if (held.has(message.id)) return;
        const one = {
          message,
          bytes: bytesOf(message),
          visibleAt: record.at,
          tries: record.tries ?? 0,
          firstTakenAt: record.first ?? 0,
        };
        held.set(message.id, one);
        sequence = Math.max(sequence, message.sequence);
        bytes += one.bytes;
        if (message.group !== undefined) groups.set(message.group, (groups.get(message.group) ?? new Set()).add(one));
        return place(one);
      }
      case "took":
        for (const one of record.ids.map((id) => held.get(id))) {
          if (!one) continue;
          one.tries += 1;
          one.firstTakenAt ||= record.at;
          one.visibleAt = record.until;
          place(one);
        }
        return;
      case "until": {
        const one = held.get(record.id);
        if (!one) return;
        one.visibleAt = record.until;
        return place(one);
      }
      case "done":
        return record.ids.forEach(drop);
      case "purged":
        return reset();
    }
  }

  function clean(heap: Heap<Entry>): Entry | undefined {
    for (let entry = heap.peek(); entry; entry = heap.peek()) {
      if (isCurrent(entry)) return entry;
      heap.pop();
    }
    return undefined;
  }

  return {
    reset,
    apply,
    *snapshot() {
      for (const { message: m, visibleAt: at, tries, firstTakenAt: first } of held.values())
        yield { t: "put", m, at, tries, first };
    },
    get: (id) => held.get(id),
    all: () => held.values(),
    count: () => held.size,
    bytes: () => bytes,
    nextSequence: () => sequence + 1,
    due: (now, most) => {
      for (let entry = clean(later); entry && entry.visibleAt <= now; entry = clean(later)) {
        later.pop();
        ready.push(entry);
      }
      const found: Entry[] = [];
      for (let entry = clean(ready); entry && found.length < most; entry = clean(ready)) {
        ready.pop();
        // The same one may stand there twice with the same time.
        if (!found.some(({ held: one }) => one === entry?.held)) found.push(entry);
      }
      for (const entry of found) ready.push(entry);
      return found.map(({ held: one }) => one);
    },
    nextDueAt: () => (clean(ready) ?? clean(later))?.visibleAt,
  };
}
