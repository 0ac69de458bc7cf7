// A queue of jobs, in redis or in a table.
//
// 1. Whoever takes a job has it for a lease. Not finished by then, it is given to the next: nothing is lost when a worker dies.
// 2. So a job may be done twice; what it does has to be the same the second time.
// 3. A job that failed too often is set aside and kept.
import { histogram, counter, gauge } from "./metrics.ts";
import { errorFields, log } from "./log.ts";
import { inSpan, setBaggage, traceHeaders, type TraceHeaders } from "./trace.ts";

export type Job = { readonly id: string; readonly body: unknown; readonly trace: TraceHeaders; readonly tries: number };

export type JobStore = {
  readonly push: (queue: string, body: unknown, trace: TraceHeaders) => Promise<string>;
  /** The one that waits longest, for `leaseMs`. */
  readonly take: (queue: string, leaseMs: number) => Promise<Job | undefined>;
  readonly finish: (queue: string, id: string) => Promise<void>;
  /** Given out again after a while. */
  readonly retry: (queue: string, id: string, afterMs: number) => Promise<void>;
  readonly setAside: (queue: string, id: string, reason: string) => Promise<void>;
  readonly depth: (queue: string) => Promise<number>;
};

/** Shows how much waits in each queue. */
export function measureQueues(store: JobStore, queues: readonly string[]): void {
  gauge("queue_depth", "Jobs that wait.", () =>
    Promise.all(queues.map(async (queue) => ({ labels: { queue }, value: await store.depth(queue) }))),
  );
}

export function push(store: JobStore, queue: string, body: unknown): Promise<string> {
  return store.push(queue, body, traceHeaders());
}

export type WorkOptions = {
  readonly queue: string;
  readonly leaseMs?: number;
  readonly tries?: number;
  readonly backOffMs?: number;
};

/** Takes one job and does it, in the trace of whoever pushed it. Tells whether there was one. */
export function createTaker(
  store: JobStore,
  options: WorkOptions,
  work: (body: unknown, job: Job) => Promise<void>,
): () => Promise<boolean> {
  const { queue, leaseMs = 60_000, tries = 5, backOffMs = 500 } = options;
  const runtime = histogram("job_duration_seconds", "How long jobs took.", [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]);
  const outcomes = ["done", "retried", "failed"].map((outcome) => ({ queue, outcome }));
  const jobs = counter("jobs_total", "Jobs by how they ended.", outcomes);
  const failures = counter("job_failures_total", "Jobs that were set aside.", [{ queue }]);

  const attempt = async (job: Job): Promise<string> => {
    try {
      await work(job.body, job);
      await store.finish(queue, job.id);
      return "done";
    } catch (error) {
      const last = job.tries >= tries;
      log(last ? "error" : "warn", "a job failed", { queue, tries: job.tries, ...errorFields(error) });
      if (!last) await store.retry(queue, job.id, backOffMs * 2 ** (job.tries - 1));
      else await store.setAside(queue, job.id, error instanceof Error ? error.message : String(error));
      if (last) failures({ queue });
      return last ? "failed" : "retried";
    }
  };

  return async () => {
    const job = await store.take(queue, leaseMs);
    if (!job) return false;
    await inSpan(job.trace, async () => {
      setBaggage({ job_id: job.id });
      const startedAt = performance.now();
      const outcome = await attempt(job);
      const seconds = (performance.now() - startedAt) / 1_000;
      runtime({ queue }, seconds);
      jobs({ queue, outcome });
      log("info", `job ${outcome}`, { queue, job_id: job.id, tries: job.tries, duration_ms: Math.round(seconds * 1_000) });
    });
    return true;
  };
}
