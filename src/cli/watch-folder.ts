import { watch } from "node:fs/promises";
import path from "node:path";

const ignored = new Set([".gantry", ".git", "node_modules", "dist"]);
/** Editors write a file in several steps; what comes within this time is one change. */
const settleMs = 60;

/** Tells a file that changed, one for each burst of changes. */
export async function* watchFolder(folder: string, signal?: AbortSignal): AsyncGenerator<string> {
  const events = watch(folder, { recursive: true, ...(signal ? { signal } : {}) });
  let changed: string | undefined;
  let wake: (() => void) | undefined;
  let last = 0;
  let over = false;
  const listening = (async () => {
    try {
      for await (const { filename } of events) {
        if (
          filename === null ||
          filename.split(path.sep).some((step) => ignored.has(step)) ||
          /~$|\.sw[a-z]$|\.tmp$/.test(filename)
        )
          continue;
        changed = filename;
        last = Date.now();
        wake?.();
      }
    } catch (error) {
      if ((error as Error).name !== "AbortError") throw error;
    } finally {
      over = true;
      wake?.();
    }
  })();
  while (!over) {
    while (changed === undefined && !over) await new Promise<void>((resolve) => (wake = resolve));
    while (Date.now() - last < settleMs) await new Promise((resolve) => setTimeout(resolve, settleMs));
    const one = changed;
    changed = undefined;
    if (one !== undefined) yield one;
  }
  await listening;
}
