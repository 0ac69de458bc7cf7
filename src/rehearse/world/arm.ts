import type { Fault } from "../faults/fault.ts";
import { type Generator, createGenerator } from "../random/generator.ts";
import { createRepeatedPoisson } from "../random/repeated-poisson.ts";
import type { Counted } from "./counted.ts";
import { type Durations, createDurations } from "./durations.ts";
import type { Life } from "./life.ts";

/** One revision of a service, and what it has answered. */
export type Arm = {
  readonly service: string;
  readonly revision: string;
  readonly life: Life;
  /** It is what is released. */
  readonly isNew: boolean;
  readonly faults: readonly Fault[];
  readonly draws: Generator;
  readonly drawGood: (mean: number) => number;
  readonly drawBad: (mean: number) => number;
  readonly durations: Durations;
  requests: number;
  errors: number;
  /** What is expected since the last tick. */
  expectedGood: number;
  expectedBad: number;
  /** What would have been expected to fail of what it was sent, had nothing been wrong. */
  usualBad: number;
  /** What of that came from the last span, how long that was, and until when another would be the same. */
  last: { good: number; bad: number; usual: number; spanMs: number; untilMs: number };
  /** So many more such spans have passed since. */
  repeats: number;
  /** How many times as long as usual its answers take now. */
  times: number;
  /** As a scraper has it; absent where nobody asks. */
  readonly counted: Counted | undefined;
  burst: number;
  replicas: number;
  scalesAtMs: number;
  /** Its share of the requests now. */
  given: number;
  /** The share of the users who are or were last on its side, and how many of them saw it fail. */
  share: number;
  hit: number;
};

export function createArm(
  {
    service,
    revision,
    life,
    isNew,
    faults,
    counted,
  }: Pick<Arm, "service" | "revision" | "life" | "isNew" | "faults" | "counted">,
  {
    seed,
    index,
    sharesAt,
  }: {
    readonly seed: readonly [number, number];
    readonly index: number;
    readonly sharesAt: (times: number) => readonly number[];
  },
): Arm {
  const [base, run] = seed;
  const draws = createGenerator(base, run, 2 * index + 1);
  return {
    service,
    revision,
    life,
    isNew,
    faults,
    counted,
    draws,
    drawGood: createRepeatedPoisson(draws),
    drawBad: createRepeatedPoisson(draws),
    durations: createDurations(createGenerator(base, run, 2 * index + 2), sharesAt),
    requests: 0,
    errors: 0,
    expectedGood: 0,
    expectedBad: 0,
    usualBad: 0,
    last: { good: 0, bad: 0, usual: 0, spanMs: 0, untilMs: Infinity },
    repeats: 0,
    times: 1,
    burst: 1,
    replicas: 0,
    scalesAtMs: Infinity,
    given: 0,
    share: 0,
    hit: 0,
  };
}
