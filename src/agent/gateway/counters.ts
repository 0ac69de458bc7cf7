import { latencyBoundsMs, type LatencyHistogram, type RevisionTraffic } from "../../wire/traffic.ts";
import type { RevisionKey } from "./routing-table.ts";

const classes = ["0xx", "1xx", "2xx", "3xx", "4xx", "5xx"] as const;

export type Histogram = { record(ms: number): void; view(): LatencyHistogram };

export function createHistogram(): Histogram {
  const counts = Array.from({ length: latencyBoundsMs.length + 1 }, () => 0);
  let sumMs = 0;
  return {
    record(ms) {
      // The first bucket whose bound holds it, by halving: 31 bounds, five looks.
      let low = 0;
      let high = latencyBoundsMs.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (ms <= (latencyBoundsMs[middle] ?? Infinity)) high = middle;
        else low = middle + 1;
      }
      counts[low] = (counts[low] ?? 0) + 1;
      sumMs += ms;
    },
    view: () => ({ counts: [...counts], sumMs }),
  };
}

/** What one revision did since the gateway began. Nothing here is ever taken back. */
export class Counters {
  readonly latency = createHistogram();
  readonly coldStart = createHistogram();
  bytesIn = 0;
  bytesOut = 0;
  retries = 0;
  private readonly answers = [0, 0, 0, 0, 0, 0];

  /** `status` is 0 for a request that got no answer. */
  answered(status: number, ms: number, bytesIn: number, bytesOut: number): void {
    const answerClass = status >= 100 && status < 600 ? Math.trunc(status / 100) : 0;
    this.answers[answerClass] = (this.answers[answerClass] ?? 0) + 1;
    this.bytesIn += bytesIn;
    this.bytesOut += bytesOut;
    this.latency.record(ms);
  }

  view(key: RevisionKey, inFlight: number): RevisionTraffic {
    const requests: Record<string, number> = {};
    for (const [index, name] of classes.entries()) if (this.answers[index]) requests[name] = this.answers[index];
    return {
      environment: key.environment,
      service: key.service,
      revision: key.revision,
      requests,
      latency: this.latency.view(),
      coldStart: this.coldStart.view(),
      inFlight,
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
      retries: this.retries,
    };
  }
}
