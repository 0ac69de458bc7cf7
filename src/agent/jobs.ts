import type { JobView } from "../wire/machine.ts";

/** So many that are over can still be asked about. */
const kept = 50;

export type Ended = { readonly ok: boolean; readonly reason: string; readonly tail: readonly string[] };

/** The jobs that run, and the last that have: each by the key of its unit. */
export function createJobs() {
  const jobs = new Map<string, { readonly environment: string; readonly view: JobView }>();
  return {
    get: (key: string): JobView | undefined => jobs.get(key)?.view,
    begin(key: string, environment: string, view: JobView): void {
      jobs.set(key, { environment, view });
    },
    end(key: string, { ok, reason, tail }: Ended): void {
      const job = jobs.get(key);
      if (!job) return;
      jobs.set(key, { ...job, view: { ...job.view, endedAt: new Date().toISOString(), ok, reason, tail } });
      const over = [...jobs].filter(([, { view }]) => view.endedAt !== undefined);
      for (const [old] of over.slice(0, Math.max(0, over.length - kept))) jobs.delete(old);
    },
    of: (environment: string): readonly JobView[] =>
      [...jobs.values()].filter((one) => one.environment === environment).map((one) => one.view),
    forget(environment: string): void {
      for (const [key, job] of jobs) if (job.environment === environment) jobs.delete(key);
    },
  };
}
