import { setTimeout as sleep } from "node:timers/promises";
import { postgresStatus } from "../../targets/local/postgres/server.ts";
import type { TaskEnd } from "../../targets/local/release/tasks.ts";

const mostTries = 5;
const pauseMs = 500;

/**
 * Work on databases, once more where their server died in the middle of it: what was not committed never happened, and what was is found
 * to be done. A server that answers all the time has said what it thinks.
 */
export async function overRestarts(folder: string, signal: AbortSignal, work: () => Promise<TaskEnd>): Promise<TaskEnd> {
  for (let tries = 1; ; tries += 1) {
    const before = await answering(folder);
    const end = await work().catch((error: unknown): TaskEnd => ({
      ok: false,
      because: error instanceof Error ? error.message : String(error),
    }));
    if (end.ok || signal.aborted || tries >= mostTries || (await answering(folder)) === before) return end;
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
}

/** The servers that answer, each as the process that it is. */
async function answering(folder: string): Promise<string> {
  const all = await postgresStatus(folder);
  return all.flatMap(({ major, state, pid }) => (state === "answers" ? [`${major}: ${pid}`] : [])).join(", ");
}
