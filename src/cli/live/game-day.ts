import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Release } from "../../delivery/release.ts";
import type { Fault } from "../../rehearse/faults/fault.ts";
import type { Environment } from "../../spec/environment.ts";
import type { FaultView } from "../../wire/faults.ts";
import type { EnvironmentStatus } from "../../wire/up.ts";
import type { Given } from "../command.ts";
import { driveLoad, type Load } from "../load/drive.ts";
import type { Expectation, Verdict } from "../load/expectation.ts";
import { observe } from "../load/observe.ts";
import { verdictsOf } from "../load/verdicts.ts";
import type { LocalPlatform } from "../platform.ts";
import { type GoneBack, goingBackVerdict, goneBack, untilGoneBack } from "./going-back.ts";
import { type HeldFaults, holdFaults } from "./hold-faults.ts";
import { type Hypothesis, hypothesisOf } from "./hypothesis.ts";
import { detectedAfterMs, releaseMarked, releaseUntil, takeBack } from "./live-release.ts";
import { type PhaseView, createPhases } from "./phases.ts";
import { untilRecovered } from "./recovery.ts";
import { type Usual, measureUsual } from "./usual.ts";

export type GameDay = {
  readonly platform: LocalPlatform;
  readonly product: string;
  readonly environment: Environment;
  readonly before: EnvironmentStatus;
  readonly service: string;
  readonly faults: readonly string[];
  /** Those of them that a rehearsal knows. */
  readonly rehearsed: readonly Fault[];
  readonly load: Load;
  /** Whether the service is released while they happen. */
  readonly releases: boolean;
  /** Whether that has to go back: where its policy does not see to it, somebody has so long as `forMs` says. */
  readonly goesBack: boolean;
  readonly forMs: number;
  readonly expectations: readonly Expectation[];
  readonly runs: number;
  readonly say: (text: string) => void;
};

/** What a game day came to; plain data. */
export type Played = {
  readonly isWhole: boolean;
  readonly speed: number;
  readonly usual: Usual;
  readonly hypothesis?: Hypothesis;
  readonly release?: {
    readonly id: string;
    readonly takenBack: boolean;
    readonly because?: string;
    readonly detectedAfterMs?: number;
    readonly exposure: Release["exposure"];
  };
  readonly faults: readonly FaultView[];
  readonly firing: Readonly<Record<string, number>>;
  readonly during: PhaseView;
  readonly after: PhaseView;
  readonly recovered: { readonly afterMs: number; readonly not: readonly string[] };
  readonly verdicts: readonly Verdict[];
};

const recoveryMs = 60_000;

export async function playGameDay(day: GameDay, given: Given, signal: AbortSignal): Promise<Played> {
  const { platform, product, environment, before, service, load, releases, say } = day;
  const name = before.environment;
  const usual = await measureUsual(platform, { product, environment: name, service, load }, signal);
  say(`as usual: ${(usual.errorShare * 100).toFixed(2)} % fail, half of the answers take ${usual.p50Ms.toFixed(1)} ms`);
  const { speed } = before;
  const expected =
    releases && !signal.aborted
      ? hypothesisOf({ environment, service, faults: day.rehearsed, usual, speed, runs: day.runs, seed: 1 })
      : undefined;
  const phases = createPhases();
  const stopping = new AbortController();
  const watching = observe(platform, { product, environment: name, expectations: day.expectations });
  phases.enter("before");
  const driving = driveLoad({ ...load, forMs: 86_400_000 }, { signal: stopping.signal, onOver: phases.over });
  let held: HeldFaults | undefined;
  let release: Release | undefined;
  let seen: readonly FaultView[] = [];
  let recovered: Played["recovered"] = { afterMs: 0, not: [] };
  let gone: GoneBack | undefined;
  try {
    try {
      // Before the first request can fail by it: whatever does is told of this time.
      phases.enter("during");
      held = await holdFaults(platform, { product, environment: name, faults: day.faults, onlyNew: releases }, given);
      say(`${day.faults.join(", ")}: injected`);
      if (releases) {
        const mark = randomBytes(6).toString("hex");
        release = await releaseMarked(platform, { environment, service, mark }, given);
        release = await followed(day, release, signal);
        gone = goneBack(release);
        if (day.goesBack && gone === undefined && !signal.aborted) {
          say(`all traffic is on it: whoever notices goes back with gantry rollback ${service} --to ${name}`);
          const about = { product, id: release.id, before, service, withinMs: day.forMs };
          gone = await untilGoneBack(platform, about, signal);
        }
      } else await sleep(day.forMs, undefined, { signal }).catch(() => undefined);
      seen = (await held.look()).faults;
    } finally {
      // In this order: were it cut off between the two, the lease would see to the second.
      if (release !== undefined && gone?.by !== "somebody")
        release = (await takeBack(platform, product, release, given)) ?? release;
      await held?.end();
    }
    phases.enter("after");
    say("put back; looking whether all is as it was");
    recovered = await untilRecovered(platform, { product, before, quietMs: phases.quietMs, withinMs: recoveryMs });
  } finally {
    stopping.abort();
    await Promise.allSettled([driving, watching.stop()]);
  }
  const { result, seen: sent } = await driving;
  return {
    isWhole: !signal.aborted,
    speed,
    usual,
    ...(expected !== undefined && { hypothesis: expected.hypothesis }),
    ...(release !== undefined && { release: releaseOf(release, gone) }),
    faults: seen,
    firing: watching.seen.firing(),
    during: phases.view("during"),
    after: phases.view("after"),
    recovered,
    verdicts: [
      ...(day.goesBack && !signal.aborted ? [goingBackVerdict(gone)] : []),
      ...verdictsOf(day.expectations, result, sent, watching.seen),
    ],
  };
}

async function followed({ platform, product, say }: GameDay, begun: Release, signal: AbortSignal): Promise<Release> {
  let told = 0;
  let last = begun;
  const onSeen = (release: Release): void => {
    last = release;
    for (const { what, because } of release.record.slice(told)) say(because === undefined ? what : `${what}: ${because}`);
    told = release.record.length;
  };
  const settled = ({ phase }: Release): boolean => phase === "watching" || phase === "healthy" || phase === "degraded";
  return (await releaseUntil(platform, { product, id: begun.id, signal, onSeen }, settled)) ?? last;
}

/** Taken back means by its policy: what people and this command do is no evidence of that. */
function releaseOf(release: Release, gone: GoneBack | undefined): NonNullable<Played["release"]> {
  const takenBack = gone?.by === "policy";
  const detected = takenBack ? detectedAfterMs(release) : undefined;
  return {
    id: release.id,
    takenBack,
    ...(release.because !== undefined && takenBack && { because: release.because }),
    ...(detected !== undefined && { detectedAfterMs: detected }),
    exposure: release.exposure,
  };
}
