import type { TrafficSeen } from "../../delivery/observed.ts";
import type { Fault } from "../faults/fault.ts";
import { binomial } from "../random/binomial.ts";
import { gamma } from "../random/gamma.ts";
import { rateAt } from "../traffic/shape.ts";
import { type Arm, createArm } from "./arm.ts";
import { borne, replicasFor } from "./bearing.ts";
import { type Prior, countFromHere, countersOf, sample } from "./counted.ts";
import type { Durations } from "./durations.ts";
import { failingShare, slowness, steadyUntilMs } from "./illness.ts";
import { latencyShares } from "./latency.ts";
import type { Life } from "./life.ts";
import type { SampleTimes } from "./samples.ts";
import { createSharing } from "./sharing.ts";
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
  /** What is wanted at every tick: nothing, how many requests there were and how many failed, or also how long each took. */
  readonly atTicks: "nothing" | "counts" | "durations";
};

/** Distributions of latency by service and slowness; the same for every run. */
export type Shapes = Map<string, readonly number[]>;

export type DrawnTraffic = TrafficSource & {
  tick(atMs: number): void;
  /** How many spans from the last tick on are surely as the last one was, as long as the sides stay what they are; at most so many. */
  alike(spanMs: number, most: number): number;
  /** So they are, and the same comes so many times more. */
  again(spans: number): void;
  /** What has come by the last tick is counted: somebody reads it. */
  count(): void;
  /** Each arm of a service, the old one first. */
  arms(service: string): readonly Arm[];
  /** From now on durations of a service are told apart by these bounds alone: by the first bucket beyond each. */
  groupDurations(service: string, starts: readonly number[]): void;
};

/** Who answers for a while, looked up once. */
type Flow = { readonly sides: readonly Side[]; readonly arms: readonly Arm[] };

const minuteMs = 60_000;

export function createDrawnTraffic(options: DrawnOptions): DrawnTraffic {
  const { lives, released, dependencies, boundsMs, samples, prior, seed, startMs, shapes, atTicks } = options;
  const byService = new Map<string, Arm[]>();
  const all: Arm[] = [];
  const sharing = createSharing(seed);
  const flows = new Map<string, Flow>();
  const groups = new Map<string, readonly number[]>();
  const hasBursts = Object.values(lives).some(({ bursts }) => bursts > 0);
  let minute = -1;
  let tickedMs = startMs;

  function armOf(service: string, revision: string): Arm {
    let arms = byService.get(service);
    if (arms === undefined) byService.set(service, (arms = []));
    for (const one of arms) if (one.revision === revision) return one;
    const life = lives[service];
    if (life === undefined) throw new RangeError(`nothing is said of ${service}`);
    const own = released[service];
    const isNew = own?.revision === revision;
    const before = isNew ? undefined : prior(service);
    const sharesAt = (times: number) => shapeOf(service, life, times);
    const bucketShares = atTicks === "durations" ? sharesAt(1) : [];
    const counted = atTicks === "nothing" ? undefined : countersOf(samples, { before, bucketShares });
    const faults = [...(isNew ? (own?.faults ?? []) : []), ...(dependencies[service] ?? [])];
    const arm = createArm({ service, revision, life, isNew, faults, counted }, { seed, index: all.length, sharesAt });
    if (before !== undefined) {
      arm.requests = Math.round(before.requests.at(-1) ?? 0);
      arm.errors = Math.round(before.errors.at(-1) ?? 0);
      // It bears what it has borne until now.
      arm.replicas = replicasFor(life, rateAt(life.traffic, startMs, 0));
      if (before.answered > 0) arm.durations.take(before.answered, 1);
      if (counted !== undefined && bucketShares.length > 0) countFromHere(counted, arm.durations);
    }
    const starts = groups.get(service);
    if (starts !== undefined) arm.durations.groupAt(starts);
    arms.push(arm);
    all.push(arm);
    return arm;
  }

  /** Each side's share of the users is drawn when it becomes another, and stays until then. */
  function flowOf(service: string, { users }: Life, sides: readonly Side[]): Flow {
    const isNew = ({ revision }: Side) => released[service]?.revision === revision;
    const onNew = sharing.onNew(service, users, (sides.find(isNew)?.weightPercent ?? 0) / 100);
    const arms = sides.map((side) => {
      const arm = armOf(service, side.revision);
      const share = sides.length === 1 ? side.weightPercent / 100 : arm.isNew ? onNew : 1 - onNew;
      // Those who saw it fail stay those whom it was shown to.
      if (share > 0) arm.share = share;
      arm.given = share;
      return arm;
    });
    for (const { last } of byService.get(service) ?? []) Object.assign(last, { good: 0, bad: 0, usual: 0, spanMs: 0 });
    const flow = { sides, arms };
    flows.set(service, flow);
    return flow;
  }

  function shapeOf(service: string, { latency }: Life, times: number): readonly number[] {
    const key = `${service}/${times}`;
    let shape = shapes.get(key);
    if (shape === undefined) shapes.set(key, (shape = latencyShares(latency, boundsMs, times)));
    return shape;
  }

  return {
    counts: "at ticks",
    flow(service, fromMs, untilMs, sides) {
      const life = lives[service];
      if (life === undefined) return;
      for (const arm of byService.get(service) ?? []) if (arm.repeats > 0) take(arm);
      let flow = flows.get(service);
      if (flow?.sides !== sides) flow = flowOf(service, life, sides);
      const middle = (fromMs + untilMs) / 2;
      const isSteady = life.traffic.shape === "constant" && life.capacity === undefined;
      const requests = (rateAt(life.traffic, middle, middle - startMs) * (untilMs - fromMs)) / 1_000;
      for (let at = 0; at < sides.length; at++) {
        const side = sides[at];
        const arm = flow.arms[at];
        if (side === undefined || arm === undefined) continue;
        const expected = requests * arm.given;
        const ageMs = middle - side.sinceMs;
        let bad = side.ready === 0 ? 1 : failingShare(arm, ageMs, middle - startMs);
        if (side.ready > 0 && life.capacity !== undefined)
          bad = 1 - (1 - bad) * borne(arm, (expected * 1_000) / (untilMs - fromMs), { ready: side.ready, nowMs: middle });
        const { last } = arm;
        last.bad = expected * bad;
        last.good = expected * (1 - bad);
        last.usual = expected * life.errorRate;
        last.spanMs = untilMs - fromMs;
        last.untilMs = isSteady ? steadyUntilMs(arm, middle, { readyMs: side.sinceMs, startMs }) : middle;
        arm.expectedBad += last.bad;
        arm.expectedGood += last.good;
        arm.usualBad += last.usual;
        arm.times = slowness(arm, ageMs);
      }
    },
    crashed() {
      // Whoever stands before the replicas counts on.
    },
    seen(service, revision): TrafficSeen {
      return new Seen(armOf(service, revision));
    },
    alike(spanMs, most) {
      const middle = tickedMs + spanMs / 2;
      if (hasBursts && Math.floor((tickedMs + spanMs - startMs) / minuteMs) !== minute) return 0;
      let spans = hasBursts ? 1 : most;
      for (const { last } of all) {
        if (last.spanMs === 0) continue;
        if (last.spanMs !== spanMs || last.untilMs <= middle) return 0;
        if (last.untilMs !== Infinity) spans = 1;
      }
      return spans;
    },
    again(spans) {
      for (const arm of all) arm.repeats += spans;
    },
    count() {
      // What has come since the last tick is nobody's yet.
      for (const arm of all) if (arm.repeats > 0) take(arm);
    },
    tick(atMs) {
      const now = Math.floor((atMs - startMs) / minuteMs);
      tickedMs = atMs;
      const at = samples.count();
      if (atTicks !== "nothing") samples.add(atMs);
      for (const arm of all) {
        if (now !== minute && arm.life.bursts > 0) {
          arm.burst = gamma(arm.draws, arm.life.bursts ** -2) * arm.life.bursts ** 2;
          // The next is another.
          arm.last.untilMs = -Infinity;
        }
        // What goes on as it was is drawn at once, when it changes or somebody reads it: a sum of Poisson numbers is one.
        if (atTicks === "nothing" && arm.repeats > 0) continue;
        take(arm);
        if (arm.counted !== undefined) sample(arm.counted, arm, at);
      }
      minute = now;
    },
    arms: (service) => byService.get(service) ?? [],
    groupDurations(service, starts) {
      // Whoever reads the counters at ticks reads all of them.
      if (atTicks === "durations" || groups.has(service)) return;
      groups.set(service, starts);
      for (const arm of byService.get(service) ?? []) arm.durations.groupAt(starts);
    },
  };
}

/** What has been counted by now; how long it took is drawn when somebody reads it, which few do. */
class Seen implements TrafficSeen {
  readonly requests: number;
  readonly errors: number;
  readonly #durations: Durations;

  constructor({ requests, errors, durations }: Arm) {
    this.requests = requests;
    this.errors = errors;
    this.#durations = durations;
  }

  get latency(): readonly number[] {
    return this.#durations.counts();
  }
}

/** What came of what was expected. */
function take(arm: Arm): void {
  const { repeats, last } = arm;
  arm.usualBad += repeats * last.usual;
  const good = arm.drawGood(arm.expectedGood + repeats * last.good);
  const bad = arm.drawBad(arm.expectedBad + repeats * last.bad);
  arm.repeats = 0;
  arm.expectedGood = 0;
  arm.expectedBad = 0;
  if (good + bad === 0) return;
  arm.requests += good + bad;
  arm.errors += bad;
  arm.durations.take(good + bad, arm.times);
  if (!arm.isNew || bad === 0) return;
  // Of those on its side, whoever asks is any of them.
  const users = Math.max(1, Math.round(arm.life.users * arm.share));
  const isNew = users === 1 ? 1 : -Math.expm1(bad * Math.log1p(-1 / users));
  arm.hit += Math.min(bad, binomial(arm.draws, users - arm.hit, isNew));
}
