import { harmlessCounts } from "../../delivery/advance/comparing.ts";
import { beginRelease } from "../../delivery/begin-release.ts";
import { questionsOf, trafficQuestions } from "../../delivery/gates/questions-of.ts";
import type { ComparisonState } from "../../delivery/compare/comparison.ts";
import type { EventDraft } from "../../delivery/machine.ts";
import type { Release } from "../../delivery/release.ts";
import { releaseMachine } from "../../delivery/release-machine.ts";
import { createAnswers } from "../answers/answers.ts";
import { countedNextMs, nextLook } from "./next-look.ts";
import type { Moment, Outcome } from "./outcome.ts";
import { outcomeOf } from "./outcome-of.ts";
import { createPeople } from "./people.ts";
import type { Stage } from "./stage.ts";
import { createWorld } from "./world.ts";

// The virtual driver: a clock that jumps from look to look, and the very `advance` that moves real releases. Looks at which nothing can be
// decided are left out; what comes of it is the same to the byte, which a test shows.

export type RunOptions = {
  readonly seed: number;
  readonly run: number;
  /** Takes every look, also those at which nothing can be decided. */
  readonly everyLook?: boolean;
  readonly onMoment?: (moment: Moment) => void;
};

const mostLooks = 2_000_000;

export function rehearseOnce(stage: Stage, { seed, run: index, everyLook = false, onMoment }: RunOptions): Outcome {
  const { script, setting } = stage;
  const { startMs } = setting;
  const world = createWorld(script, setting, stage, [seed, index]);
  const { target, alerts, signals } = world;
  const answers = createAnswers(script, { signals, alerts, target, startMs });
  const people = createPeople(setting.approvedAfterMs);
  const { environment, plan, changes } = script;
  let run: Release = beginRelease({
    id: "rehearsal",
    product: environment.product,
    environment: environment.environment,
    startedBy: { kind: "person", name: "rehearsal" },
    changes,
    plan,
    nowMs: startMs,
  });
  let nowMs = startMs;
  let firstTrafficMs: number | undefined;
  let reverted: EventDraft | undefined;
  let revertedMs: number | undefined;

  const serving = trafficQuestions(changes);
  const count = (before: Release, atMs: number): Release["compared"] | undefined => {
    world.pass(atMs);
    world.traffic.count();
    const compared = harmlessCounts({ run: before, observed: { traffic: target.traffic(serving) }, nowMs: atMs });
    if (compared !== undefined && compared !== before.compared) tellThresholds(compared, before.compared, world);
    return compared;
  };

  for (let looks = 0; looks < mostLooks; looks++) {
    world.pass(nowMs);
    if (nowMs >= countedNextMs(run)) world.traffic.count();
    const observed = target.observe(questionsOf(run, nowMs), (question) => answers.of(question, nowMs));
    const before = run;
    const advanced = releaseMachine.advance(run, observed, people.due(run, nowMs), nowMs);
    ({ run } = advanced);
    if (run.compared !== before.compared) tellThresholds(run.compared, before.compared, world);
    const changed = target.changes();
    target.carryOut(advanced.effects);
    if (run.phase === "reverting" && before.phase !== "reverting") {
      revertedMs = nowMs;
      reverted = advanced.events.find(({ kind }) => kind === "release.reverting");
    }
    if (firstTrafficMs === undefined && changes.some(({ service, to }) => shareOf(target, service, to) > 0))
      firstTrafficMs = nowMs;
    if (onMoment !== undefined && run.record !== before.record) tellMoments(before, run, onMoment);
    const { wakeAtMs } = advanced;
    if (wakeAtMs === undefined || wakeAtMs - startMs > setting.mostMs) break;
    const isStill = changed === target.changes() && advanced.events.length === 0;
    const personMs = people.nextMs(run);
    if (isStill && !everyLook) {
      const next = nextLook(run, { nowMs, wakeAtMs, personMs, world, answers, count });
      nowMs = next.atMs;
      ({ run } = next);
    } else nowMs = Math.min(wakeAtMs, Math.max(nowMs, personMs));
  }
  world.traffic.count();
  return outcomeOf({ run, stage, world, nowMs, seed, index, firstTrafficMs, reverted, revertedMs });
}

type Compared = Readonly<Record<string, ComparisonState>>;

/** What is compared says which durations have to be told apart, as soon as it knows: that stays as it is. */
function tellThresholds(
  now: Release["compared"],
  before: Release["compared"],
  { traffic }: ReturnType<typeof createWorld>,
): void {
  for (const service in now) {
    const { thresholds } = (now as Compared)[service] ?? {};
    if (thresholds === undefined || thresholds === (before as Compared)[service]?.thresholds) continue;
    traffic.groupDurations(
      service,
      thresholds.map(({ from }) => from),
    );
  }
}

function shareOf(target: ReturnType<typeof createWorld>["target"], service: string, revision: string): number {
  return target.services()[service]?.shares.find((share) => share.revision === revision)?.weightPercent ?? 0;
}

function tellMoments(before: Release, run: Release, onMoment: (moment: Moment) => void): void {
  const sums = Object.values(run.exposure);
  for (const entry of run.record.slice(before.record.length)) {
    const step = run.plan.steps[entry.step];
    onMoment({
      atMs: entry.atMs,
      step: step?.name ?? "afterwards",
      weightPercent: step?.weightPercent ?? 100,
      what: entry.what,
      ...(entry.because === undefined ? {} : { because: entry.because }),
      requests: sums.reduce((sum, { requests }) => sum + requests, 0),
      errors: sums.reduce((sum, { errors }) => sum + errors, 0),
    });
  }
}
