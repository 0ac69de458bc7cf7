/** Something that waits. It is told once: to go on, or why it shall not. */
export type Waiter = { goOn(again: boolean): void; giveUp(why: Unserved): void };

/** Why a request that waited was not served. */
export type Unserved = { readonly status: 503 | 504; readonly fault: string; readonly reason: string };

export type ParkingLot = {
  readonly size: number;
  park(waiter: Waiter, forMs: number, expired: Unserved): void;
  leave(waiter: Waiter): void;
  /** In the order in which they came. `again`: the choice of a revision is made anew. */
  releaseAll(options?: { again: boolean }): void;
  failAll(why: Unserved): void;
};

export function createParkingLot(): ParkingLot {
  const waiting = new Map<Waiter, NodeJS.Timeout>();
  const takeAll = (): Waiter[] => {
    const all = [...waiting.keys()];
    for (const timer of waiting.values()) clearTimeout(timer);
    waiting.clear();
    return all;
  };
  return {
    get size() {
      return waiting.size;
    },
    park(waiter, forMs, expired) {
      const timer = setTimeout(() => {
        waiting.delete(waiter);
        waiter.giveUp(expired);
      }, forMs);
      waiting.set(waiter, timer);
    },
    leave(waiter) {
      clearTimeout(waiting.get(waiter));
      waiting.delete(waiter);
    },
    releaseAll({ again } = { again: false }) {
      for (const waiter of takeAll()) waiter.goOn(again);
    },
    failAll(why) {
      for (const waiter of takeAll()) waiter.giveUp(why);
    },
  };
}
