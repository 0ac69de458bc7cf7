import { errorFields, log } from "./log.ts";
import { pushCounters } from "./push-metrics.ts";
import { runService } from "./service.ts";
import { stopping } from "./stopping.ts";
import { inSpan } from "./trace.ts";

/**
 * Runs `work` once and ends: with 0 when it was done, with 1 when it failed. Its metrics can be seen while it runs, and
 * its counters are sent before and after. On SIGTERM it is for `work` to look at `stopping` and come to an end.
 */
export async function runJob(work: () => Promise<void>, close: readonly (() => Promise<unknown>)[]): Promise<void> {
  runService({ port: 0, health: { live: "/health" }, close: [() => finished, ...close] });
  const finished = inSpan({}, async () => {
    await pushCounters();
    const done = await attempt(work);
    await pushCounters();
    return done;
  });
  const done = await finished;
  if (stopping.aborted) return; // The service ends by itself.
  for (const one of close) await one();
  process.exit(done ? 0 : 1);
}

async function attempt(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    log("error", "the job failed", errorFields(error));
    return false;
  }
}
