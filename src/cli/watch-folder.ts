import { type FSWatcher, readdirSync, watch } from "node:fs";
import path from "node:path";

const ignored = new Set([".gantry", ".git", "node_modules", "dist", "coverage"]);
/** Editors write a file in several steps; what comes within this time is one change. */
const settleMs = 60;

/**
 * Tells a file that changed, one for each burst of changes. Each folder is watched by itself: watching a whole tree at once would go into
 * what Gantry keeps and into every package.
 */
export async function* watchFolder(folder: string, signal?: AbortSignal): AsyncGenerator<string> {
  const watchers = new Map<string, FSWatcher>();
  let changed: string | undefined;
  let last = 0;
  let wake: (() => void) | undefined;

  const add = (at: string): void => {
    if (watchers.has(at)) return;
    let names;
    try {
      names = readdirSync(at, { withFileTypes: true });
      const watcher = watch(at, (_event, name) => {
        if (name === null || ignored.has(name) || /~$|\.sw[a-z]$|\.tmp$/.test(name)) return;
        changed = path.relative(folder, path.join(at, name));
        last = Date.now();
        // It may be a folder that has just been made.
        add(path.join(at, name));
        wake?.();
      });
      // A folder that is removed ends its watching.
      watcher.on("error", () => {
        watcher.close();
        watchers.delete(at);
      });
      watchers.set(at, watcher);
    } catch {
      // A file, or gone already.
      return;
    }
    for (const one of names) if (one.isDirectory() && !ignored.has(one.name)) add(path.join(at, one.name));
  };

  const nothingYet = (): boolean => changed === undefined && !isOver();
  const isOver = (): boolean => signal?.aborted ?? false;
  add(folder);
  signal?.addEventListener("abort", () => wake?.(), { once: true });
  try {
    while (!isOver()) {
      while (nothingYet()) await new Promise<void>((resolve) => (wake = resolve));
      while (Date.now() - last < settleMs) await new Promise((resolve) => setTimeout(resolve, settleMs));
      const one = changed;
      changed = undefined;
      if (one !== undefined && !isOver()) yield one;
    }
  } finally {
    for (const watcher of watchers.values()) watcher.close();
  }
}
