/** Timers by name: setting one again replaces it, and none is left when all are cleared. */
export type Timers = { set(name: string, afterMs: number, then: () => void): void; clear(...names: readonly string[]): void };

export function createTimers(): Timers {
  const timers = new Map<string, NodeJS.Timeout>();
  const clear = (name: string): void => {
    clearTimeout(timers.get(name));
    timers.delete(name);
  };
  return {
    set(name, afterMs, then) {
      clear(name);
      timers.set(
        name,
        setTimeout(() => {
          timers.delete(name);
          then();
        }, afterMs),
      );
    },
    clear(...names) {
      for (const name of names.length > 0 ? names : timers.keys()) clear(name);
    },
  };
}
