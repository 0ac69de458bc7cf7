export type Waiters = {
  /** Until something may have become due, the time is over, or the caller has gone. */
  readonly wait: (until: number, signal?: AbortSignal) => Promise<void>;
  readonly wake: () => void;
  readonly close: () => void;
};

/** Those who wait for a message. One timer serves them all for what comes back by itself. */
export function createWaiters(nextDueAt: () => number | undefined, clock: () => number): Waiters {
  const waiting = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;

  function wake(): void {
    clearTimeout(timer);
    for (const resume of waiting) resume();
  }

  return {
    wake,
    close: wake,
    wait: async (until, signal) => {
      await new Promise<void>((resolve) => {
        const end = setTimeout(resume, Math.max(0, until - clock()));
        function resume(): void {
          clearTimeout(end);
          signal?.removeEventListener("abort", resume);
          waiting.delete(resume);
          resolve();
        }
        waiting.add(resume);
        signal?.addEventListener("abort", resume);
        if (signal?.aborted === true) return resume();
        clearTimeout(timer);
        const due = nextDueAt();
        // At least a millisecond: what is due and may not be taken must not make a busy loop.
        if (due !== undefined) timer = setTimeout(wake, Math.min(Math.max(1, due - clock()), 60_000));
      });
      if (waiting.size === 0) clearTimeout(timer);
    },
  };
}
