import { type Histogram, createHistogram } from "../load/histogram.ts";

/** What the load saw before, while something was wrong, and after it was put back; plain data. */
export type PhaseView = { readonly requests: number; readonly failed: number; readonly p50Ms?: number; readonly p95Ms?: number };

export type PhaseName = "before" | "during" | "after";

type Phase = { requests: number; failed: number; readonly latency: Histogram };

/** Requests belong to the phase in which they were over. */
export function createPhases() {
  const phases = new Map<PhaseName, Phase>();
  let now: Phase | undefined;
  let failedAt = 0;
  const enter = (name: PhaseName): void => {
    now = phases.get(name) ?? { requests: 0, failed: 0, latency: createHistogram() };
    phases.set(name, now);
    failedAt = performance.now();
  };
  return {
    enter,
    over: ({ status, tookMs }: { readonly status: number; readonly tookMs: number }): void => {
      if (now === undefined) return;
      now.requests += 1;
      now.latency.add(tookMs);
      if (status !== 0 && status < 500) return;
      now.failed += 1;
      failedAt = performance.now();
    },
    /** For how long nothing has failed. */
    quietMs: (): number => performance.now() - failedAt,
    requests: (name: PhaseName): number => phases.get(name)?.requests ?? 0,
    view(name: PhaseName): PhaseView {
      const { requests = 0, failed = 0, latency } = phases.get(name) ?? {};
      const [p50Ms, p95Ms] = [latency?.quantile(0.5), latency?.quantile(0.95)];
      return { requests, failed, ...(p50Ms !== undefined && { p50Ms }), ...(p95Ms !== undefined && { p95Ms }) };
    },
  };
}
