import { latencyBoundsMs, type LatencyHistogram, type RevisionTraffic } from "../../wire/traffic.ts";
import type { RevisionKey } from "./routing-table.ts";

const classes = ["0xx", "1xx", "2xx", "3xx", "4xx", "5xx"] as const;

export type Histogram = { record(ms: number): void; view(): LatencyHistogram };

// The bits of a number without its last 48 are its power of two and the sixteenth of that in which it lies: a cell so narrow that at most
// one bound lies in it. So a table tells the bucket, and one comparison whether the time is beyond the bound in its cell.
const bits = new Float64Array(1);
const halves = new Uint32Array(bits.buffer);
const [smallestMs, mostMs] = [latencyBoundsMs[0] ?? 0, latencyBoundsMs.at(-1) ?? 0];
const firstCell = cellOf(smallestMs) - 1;
const lastCell = cellOf(mostMs) + 1 - firstCell;
const bucketOfCell = new Uint8Array(lastCell + 1);
const boundOfCell = new Float64Array(lastCell + 1);
for (let cell = 0; cell <= lastCell; cell++) {
  halves[1] = (cell + firstCell) << 16;
  halves[0] = 0;
  const begins = cell === 0 ? 0 : (bits[0] ?? 0);
  const bucket = latencyBoundsMs.findIndex((bound) => begins <= bound);
  bucketOfCell[cell] = bucket < 0 ? latencyBoundsMs.length : bucket;
  boundOfCell[cell] = latencyBoundsMs[bucket] ?? Infinity;
}

export function createHistogram(): Histogram {
  // Whole numbers up to 2^53: they do not run over.
  const counts = new Float64Array(latencyBoundsMs.length + 1);
  let sumMs = 0;
  return {
    record(ms) {
      const cell = Math.min(Math.max(cellOf(ms > 0 ? ms : 0) - firstCell, 0), lastCell);
      const bucket = (bucketOfCell[cell] ?? 0) + (ms > (boundOfCell[cell] ?? Infinity) ? 1 : 0);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      sumMs += ms;
    },
    view: () => ({ counts: [...counts], sumMs }),
  };
}

function cellOf(ms: number): number {
  bits[0] = ms;
  return (halves[1] ?? 0) >>> 16;
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
