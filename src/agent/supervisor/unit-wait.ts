import { spanWords } from "./span-words.ts";

export type WaitResult =
  | { readonly ok: true; readonly reason?: string; readonly tail?: readonly string[] }
  | { readonly ok: false; readonly reason: string; readonly tail: readonly string[] };

export type WaitOptions = { readonly timeoutMs?: number; readonly signal?: AbortSignal };

/** Those who wait for something to come about, asked again whenever something has changed. */
export type Waiters = {
  wait(look: () => WaitResult | undefined, options: WaitOptions & { readonly late: () => WaitResult }): Promise<WaitResult>;
  changed(): void;
};

export function createWaiters(): Waiters {
  const looks = new Set<() => void>();
  return {
    wait: (look, { timeoutMs, signal, late }) =>
      new Promise((resolve, reject) => {
        let timer: NodeJS.Timeout | undefined;
        const leave = (): void => {
          clearTimeout(timer);
          looks.delete(again);
          signal?.removeEventListener("abort", stop);
        };
        const again = (): void => {
          const result = look();
          if (!result) return;
          leave();
          resolve(result);
        };
        const stop = (): void => {
          leave();
          reject(signal?.reason as Error);
        };
        if (signal?.aborted) return stop();
        if (timeoutMs !== undefined)
          timer = setTimeout(() => {
            leave();
            resolve(late());
          }, timeoutMs);
        signal?.addEventListener("abort", stop);
        looks.add(again);
        again();
      }),
    changed() {
      for (const look of looks) look();
    },
  };
}

export function lateWords(what: "ready" | "ended", timeoutMs: number | undefined): string {
  return `${what === "ready" ? "was not ready" : "had not ended"} within ${spanWords(timeoutMs ?? 0)}`;
}
