import type { TrafficSeen } from "../../delivery/observed.ts";
import type { Fault } from "../faults/fault.ts";
import { binomial } from "../random/binomial.ts";
import { gamma } from "../random/gamma.ts";
import { type Generator, createGenerator } from "../random/generator.ts";
import { addMultinomial } from "../random/multinomial.ts";
import { poisson } from "../random/poisson.ts";
import { rateAt } from "../traffic/shape.ts";
import { type Arm, createArm } from "./arm.ts";
import { failingShare, slowness } from "./illness.ts";
import { latencyShares } from "./latency.ts";
import type { Life } from "./life.ts";
import { type SampleTimes, put } from "./samples.ts";
import type { Side, TrafficSource } from "./traffic-source.ts";

// Requests as they come by chance. Those of a tick are a Poisson number, and so are those of them that fail: thinning a Poisson stream
// gives two that know nothing of each other, so four draws are all that a tick of two revisions needs. How long each took is drawn when
// somebody asks, all at once, as a multinomial.

export type DrawnOptions = {
  readonly lives: Readonly<Record<string, Life>>;
  /** What is released, by service; its faults are the new revision's alone, those of dependencies everybody's. */
  readonly released: Readonly<Record<string, { readonly revision: string; readonly faults: readonly Fault[] }>>;
  readonly dependencies: Readonly<Record<string, readonly Fault[]>>;
  readonly boundsMs: readonly number[];
  readonly samples: SampleTimes;
  /** What the old revisions had answered, at the samples that there are already. */
  readonly prior: (service: string) => Prior;
  readonly seed: readonly [number, number];
  readonly startMs: number;
  readonly shapes: Shapes;
  /** How long each request took is wanted at every tick. */
  readonly latencyAtTicks: boolean;
};

export type Prior = { readonly requests: Float64Array; readonly errors: Float64Array; readonly answered: number };
/** Distributions of latency by service and slowness; the same for every run. */
export type Shapes = Map<string, readonly number[]>;

export type DrawnTraffic = TrafficSource & {
  tick(atMs: number): void;
  /** Each arm of a service, the old one first. */
  arms(service: string): readonly Arm[];
};

/** How much a side is meant to have, and how many users are on it. */
type Sticky = { meant: number; users: number; readonly draws: Generator };

const minuteMs = 60_000;

export function createDrawnTraffic(options: DrawnOptions): DrawnTraffic {
  const { lives, released, dependencies, boundsMs, samples, prior, seed, startMs, shapes } = options;
  const byService = new Map<string, Arm[]>();
  const all: Arm[] = [];
  const sticky = new Map<string, Sticky>();
  let minute = -1;

  function armOf(service: string, revision: string): Arm {
    let arms = byService.get(service);
    if (arms === undefined) byService.set(service, (arms = []));
    const known = arms.find((one) => one.revision === revision);
    if (known !== undefined) return known;
    const life = lives[service];
    if (life === undefined) throw new RangeError(`nothing is said of ${service}`);
    const own = released[service];
    const isNew = own?.revision === revision;
    const from = isNew ? samples.count() : 0;
    const before = isNew ? undefined : prior(service);
    const column = (given: Float64Array | undefined) => {
      const values = new Float64Array(Math.max(samples.times().length, from + 1));
      if (given !== undefined) values.set(given);
      return { values, from };
    };
    const buckets = options.latencyAtTicks
      ? below(shapeOf(service, life, 1)).map((share) => column(before?.requests.map((value) => value * share)))
      : [];
    const good = before?.requests.map((all, at) => all - (before.errors[at] ?? 0));
    const counted = { good: column(good), errors: column(before?.errors), buckets };
    const faults = [...(isNew ? (own?.faults ?? []) : []), ...(dependencies[service] ?? [])];
    const arm = createArm(
      { service, revision, life, isNew, faults, counted },
      { seed, index: all.length, buckets: boundsMs.length + 1 },
    );
    if (before !== undefined) {
      arm.requests = Math.round(before.requests.at(-1) ?? 0);
      arm.errors = Math.round(before.errors.at(-1) ?? 0);
      // It bears what it has borne until now.
      arm.replicas = replicasFor(life, rateAt(life.traffic, startMs, 0));
      if (before.answered > 0) arm.waiting.set(1, before.answered);
    }
    arms.push(arm);
    all.push(arm);
    return arm;
  }

  /** Users stay on a side while its share grows: by chance it has a few more of them than it was meant to have, or a few fewer. */
  function stuck(service: string, { users }: Life, sides: readonly Side[]): number {
    const meant = (sides.find(({ revision }) => released[service]?.revision === revision)?.weightPercent ?? 0) / 100;
    let known = sticky.get(service);
    if (known === undefined)
      sticky.set(service, (known = { meant: 0, users: 0, draws: createGenerator(...seed, 1_000_000 + sticky.size) }));
    if (meant > known.meant) known.users += binomial(known.draws, users - known.users, (meant - known.meant) / (1 - known.meant));
    else if (meant < known.meant) known.users = binomial(known.draws, known.users, meant / known.meant);
    known.meant = meant;
    return known.users / users;
  }

  function flow(service: string, fromMs: number, untilMs: number, sides: readonly Side[]): void {
    const life = lives[service];
    if (life === undefined) return;
    const middle = (fromMs + untilMs) / 2;
    const requests = (rateAt(life.traffic, middle, middle - startMs) * (untilMs - fromMs)) / 1_000;
    const onNew = stuck(service, life, sides);
    for (const { revision, weightPercent, ready, sinceMs } of sides) {
      const arm = armOf(service, revision);
      const share = sides.length === 1 ? weightPercent / 100 : arm.isNew ? onNew : 1 - onNew;
      // Those who saw it fail stay those whom it was shown to.
      if (share > 0) arm.share = share;
      const expected = requests * share;
      const ageMs = middle - sinceMs;
      let bad = ready === 0 ? 1 : failingShare(arm, ageMs, middle - startMs);
      if (ready > 0 && life.capacity !== undefined)
        bad = 1 - (1 - bad) * borne(arm, (expected * 1_000) / (untilMs - fromMs), { ready, nowMs: middle });
      arm.expectedBad += expected * bad;
      arm.expectedGood += expected * (1 - bad);
      arm.usualBad += expected * life.errorRate;
      arm.times = slowness(arm, ageMs);
    }
  }

  return {
    counts: "at ticks",
    flow,
    crashed() {
      // Whoever stands before the replicas counts on.
    },
    seen(service, revision): TrafficSeen {
      const arm = armOf(service, revision);
      const { requests, errors } = arm;
      return {
        requests,
        errors,
        get latency() {
          return drawLatency(arm);
        },
      };
    },
    tick(atMs) {
      const now = Math.floor((atMs - startMs) / minuteMs);
      const at = samples.count();
      samples.add(atMs);
      for (const arm of all) {
        if (now !== minute && arm.life.bursts > 0) arm.burst = gamma(arm.draws, arm.life.bursts ** -2) * arm.life.bursts ** 2;
        take(arm);
        if (options.latencyAtTicks) {
          const began = arm.counted.buckets.map(({ values }) => (at > 0 ? (values[at - 1] ?? 0) : 0));
          const drawn = arm.latency.map((count) => -count);
          let sum = 0;
          for (const [bucket, count] of drawLatency(arm).entries()) {
            sum += count + (drawn[bucket] ?? 0);
            const counter = arm.counted.buckets[bucket];
            if (counter !== undefined) put(counter, at, (began[bucket] ?? 0) + sum);
          }
        }
        put(arm.counted.good, at, arm.requests - arm.errors);
        put(arm.counted.errors, at, arm.errors);
      }
      minute = now;
    },
    arms: (service) => byService.get(service) ?? [],
  };

  function shapeOf(service: string, { latency }: Life, times: number): readonly number[] {
    const key = `${service}/${times}`;
    let shape = shapes.get(key);
    if (shape === undefined) shapes.set(key, (shape = latencyShares(latency, boundsMs, times)));
    return shape;
  }

  function take(arm: Arm): void {
    const good = poisson(arm.draws, arm.expectedGood);
    const bad = poisson(arm.draws, arm.expectedBad);
    arm.expectedGood = 0;
    arm.expectedBad = 0;
    if (good + bad === 0) return;
    arm.requests += good + bad;
    arm.errors += bad;
    arm.waiting.set(arm.times, (arm.waiting.get(arm.times) ?? 0) + good + bad);
    if (!arm.isNew || bad === 0) return;
    // Of those on its side, whoever asks is any of them.
    const users = Math.max(1, Math.round(arm.life.users * arm.share));
    const isNew = users === 1 ? 1 : -Math.expm1(bad * Math.log1p(-1 / users));
    arm.hit += Math.min(bad, binomial(arm.draws, users - arm.hit, isNew));
  }

  function drawLatency(arm: Arm): readonly number[] {
    for (const [times, requests] of arm.waiting) {
      addMultinomial(arm.latencyDraws, requests, shapeOf(arm.service, arm.life, times), arm.latency);
    }
    arm.waiting.clear();
    return arm.latency;
  }
}

/** As many as leave some room. */
function replicasFor({ capacity }: Life, perSecond: number): number {
  return capacity === undefined ? 0 : Math.min(capacity.most, Math.ceil(perSecond / (0.7 * capacity.perReplica)));
}

/** The share of its requests that its replicas bear; where it is not all, more are started. */
function borne(arm: Arm, perSecond: number, { ready, nowMs }: { readonly ready: number; readonly nowMs: number }): number {
  const { capacity, readyAfterMs } = arm.life;
  if (capacity === undefined) return 1;
  arm.replicas = Math.max(arm.replicas, ready);
  const wanted = replicasFor(arm.life, perSecond);
  if (wanted <= arm.replicas) arm.scalesAtMs = Infinity;
  else if (arm.scalesAtMs === Infinity) arm.scalesAtMs = nowMs + readyAfterMs;
  else if (nowMs >= arm.scalesAtMs) {
    arm.replicas = wanted;
    arm.scalesAtMs = Infinity;
  }
  return Math.min(1, (arm.replicas * capacity.perReplica) / Math.max(perSecond, 1e-9));
}

function below(shares: readonly number[]): readonly number[] {
  let sum = 0;
  return shares.map((share) => (sum += share));
}
