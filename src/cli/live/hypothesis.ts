import { stageOf } from "../../rehearse/campaign/stage-of.ts";
import { rehearseOnce } from "../../rehearse/run/rehearse-once.ts";
import type { Fault } from "../../rehearse/faults/fault.ts";
import { type Estimate, chance } from "../../rehearse/statistics/intervals.ts";
import type { Environment } from "../../spec/environment.ts";
import { latencyBoundsMs } from "../../wire/traffic.ts";
import type { Usual } from "./usual.ts";

/** What the rehearsal of the same policy says beforehand; spans are those of the clock on the wall. */
export type Hypothesis = {
  readonly runs: number;
  readonly seed: number;
  readonly takenBack: Estimate;
  /** After the first request to a new revision: between which two nine of ten are. */
  readonly detectedAfterMs?: { readonly median: number; readonly from: number; readonly to: number };
};

/** What a new revision and a task take on a machine like this one. */
const machineMs = { ready: 1_000, task: 1_000 } as const;
/** How far 95 of 100 are above the median of a log-normal distribution, in its widths. */
const z95 = 1.645;

/**
 * A machine at speed does in a second what the policy calls a minute: the policy sees so much less traffic a second, and what the machine
 * itself takes lasts so much longer. How often requests fail and how long they take is no matter of speed.
 */
export function hypothesisOf({
  environment,
  service,
  faults,
  usual,
  speed,
  runs,
  seed,
}: {
  readonly environment: Environment;
  readonly service: string;
  readonly faults: readonly Fault[];
  readonly usual: Usual;
  readonly speed: number;
  readonly runs: number;
  readonly seed: number;
}): { readonly hypothesis: Hypothesis; readonly detected: readonly number[] } {
  const perSecond = usual.perSecond / speed;
  const width = Math.max(0.05, Math.log(Math.max(1.01, usual.p95Ms / Math.max(0.01, usual.p50Ms))) / z95);
  const stage = stageOf({
    environment,
    services: [service],
    latencyBoundsMs,
    speed,
    traffic: { text: `${perSecond}rps`, shape: "constant", perSecond },
    life: {
      errorRate: usual.errorShare,
      latency: { medianMs: Math.max(0.01, usual.p50Ms), width, tailShare: 0, tailTimes: 1 },
      readyAfterMs: machineMs.ready * speed,
      warmUp: { forMs: 0, times: 1 },
    },
    setting: { faults, taskMs: machineMs.task * speed, approvedAfterMs: 1_000 * speed },
  });
  const detected: number[] = [];
  let takenBack = 0;
  for (let run = 0; run < runs; run++) {
    const { ended, fullAfterMs, detectedAfterMs } = rehearseOnce(stage, { seed, run });
    // A game day is over when all traffic is on the new revision: what is taken back later than that is another matter.
    if (ended === "healthy" || fullAfterMs !== undefined) continue;
    // One that nobody was sent to, because it never became ready, goes back all the same.
    takenBack += 1;
    if (detectedAfterMs !== undefined) detected.push(detectedAfterMs / speed);
  }
  detected.sort((a, b) => a - b);
  const at = (part: number): number =>
    Math.round(detected[Math.min(detected.length - 1, Math.floor(detected.length * part))] ?? 0);
  return {
    detected,
    hypothesis: {
      runs,
      seed,
      takenBack: chance(takenBack, runs),
      ...(detected.length > 0 && { detectedAfterMs: { median: at(0.5), from: at(0.05), to: at(0.95) } }),
    },
  };
}
