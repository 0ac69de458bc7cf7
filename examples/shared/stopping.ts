const controller = new AbortController();
process.once("SIGTERM", () => controller.abort());
process.once("SIGINT", () => controller.abort());

/** Fires once, when the process is asked to end. */
export const stopping = controller.signal;

/** Waits, but not longer than the process is wanted. */
export function pause(ms: number, ends: AbortSignal = stopping): Promise<void> {
  return new Promise((resolve) => {
    if (ends.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      ends.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    ends.addEventListener("abort", done);
  });
}
