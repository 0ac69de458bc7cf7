import type { Fault } from "../faults/fault.ts";
import { type Generator, createGenerator } from "../random/generator.ts";
import type { Counter } from "./samples.ts";
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
  readonly latencyDraws: Generator;
  requests: number;
  errors: number;
  /** What is expected since the last tick. */
  expectedGood: number;
  expectedBad: number;
  /** What would have been expected to fail of what it was sent, had nothing been wrong. */
  usualBad: number;
  /** How many times as long as usual its answers take now. */
  times: number;
  /** Requests whose latency is not drawn yet, by how many times as long they take. */
  readonly waiting: Map<number, number>;
  readonly latency: number[];
  /** As a scraper has it; buckets as a histogram has them, each with all below it, and none where nobody asks. */
  readonly counted: { readonly good: Counter; readonly errors: Counter; readonly buckets: readonly Counter[] };
  burst: number;
  replicas: number;
  scalesAtMs: number;
  /** The share of the users who are on its side, and how many of them saw it fail. */
  share: number;
  hit: number;
};

export function createArm(
  of: Pick<Arm, "service" | "revision" | "life" | "isNew" | "faults" | "counted">,
  { seed, index, buckets }: { readonly seed: readonly [number, number]; readonly index: number; readonly buckets: number },
): Arm {
  const [base, run] = seed;
  return {
    ...of,
    draws: createGenerator(base, run, 2 * index + 1),
    latencyDraws: createGenerator(base, run, 2 * index + 2),
    requests: 0,
    errors: 0,
    expectedGood: 0,
    expectedBad: 0,
    usualBad: 0,
    times: 1,
    waiting: new Map(),
    latency: Array.from({ length: buckets }, () => 0),
    burst: 1,
    replicas: 0,
    scalesAtMs: Infinity,
    share: 0,
    hit: 0,
  };
}
