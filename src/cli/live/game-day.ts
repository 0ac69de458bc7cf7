import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { GantryError } from "../../lib/errors.ts";
import type { Release } from "../../delivery/release.ts";
import type { Fault } from "../../rehearse/faults/fault.ts";
import type { Environment } from "../../spec/environment.ts";
import type { FaultView } from "../../wire/faults.ts";
import type { EnvironmentStatus } from "../../wire/up.ts";
import type { Given } from "../command.ts";
import { driveLoad, type Load } from "../load/drive.ts";
import type { Expectation, Verdict } from "../load/expectation.ts";
import { verdictsOf } from "../load/load-command.ts";
import { observe } from "../load/observe.ts";
import type { LocalPlatform } from "../platform.ts";
import { type HeldFaults, holdFaults } from "./hold-faults.ts";
import { type Hypothesis, type Usual, hypothesisOf } from "./hypothesis.ts";
import { detectedAfterMs, releaseMarked, releaseUntil, takeBack } from "./live-release.ts";
import { type PhaseView, createPhases } from "./phases.ts";
import { untilRecovered } from "./recovery.ts";

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

const usualMs = 3_000;
const recoveryMs = 60_000;

export async function playGameDay(day: GameDay, given: Given, signal: AbortSignal): Promise<Played> {
  const { platform, product, environment, before, service, load, releases, say } = day;
  const usual = await measureUsual(load, signal);
  say(`as usual: ${(usual.errorShare * 100).toFixed(2)} % fail, half of the answers take ${usual.p50Ms.toFixed(1)} ms`);
  const { speed } = before;
  const expected =
    releases && !signal.aborted
      ? hypothesisOf({ environment, service, faults: day.rehearsed, usual, speed, runs: day.runs, seed: 1 })
      : undefined;
  const name = before.environment;
  const phases = createPhases();
  const stopping = new AbortController();
  const watching = observe(platform, { product, environment: name, expectations: day.expectations });
  phases.enter("before");
  const driving = driveLoad({ ...load, forMs: 86_400_000 }, { signal: stopping.signal, onOver: phases.over });
  let held: HeldFaults | undefined;
  let release: Release | undefined;
  let seen: readonly FaultView[] = [];
  let recovered: Played["recovered"] = { afterMs: 0, not: [] };
  try {
    try {
      held = await holdFaults(platform, { product, environment: name, faults: day.faults, onlyNew: releases }, given);
      phases.enter("during");
      say(`${day.faults.join(", ")}: injected`);
      if (releases) {
        const mark = randomBytes(6).toString("hex");
        release = await releaseMarked(platform, { environment, service, mark }, given);
        release = await followed(day, release, signal);
      } else await sleep(day.forMs, undefined, { signal }).catch(() => undefined);
      seen = (await held.look()).faults;
    } finally {
      // In this order: were it cut off between the two, the lease would see to the second.
      if (release !== undefined) release = (await takeBack(platform, product, release, given)) ?? release;
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
    ...(release !== undefined && { release: releaseOf(release) }),
    faults: seen,
    firing: watching.seen.firing(),
    during: phases.view("during"),
    after: phases.view("after"),
    recovered,
    verdicts: verdictsOf(day.expectations, result, sent, watching.seen),
  };
}

async function measureUsual(load: Load, signal: AbortSignal): Promise<Usual> {
  const { result } = await driveLoad({ ...load, forMs: usualMs }, { signal });
  if (result.answered === 0 && !signal.aborted)
    throw new GantryError("not-ready", "nothing was answered before anything was made to go wrong", {
      hint: "gantry status and gantry logs say why",
    });
  return {
    perSecond: result.due / (usualMs / 1_000),
    errorShare: result.due === 0 ? 0 : result.failed / result.due,
    p50Ms: result.latencyMs["p50"] ?? 0,
    p95Ms: result.latencyMs["p95"] ?? 0,
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

function releaseOf(release: Release): NonNullable<Played["release"]> {
  const takenBackByUs = release.record.some(({ what }) => what.startsWith("aborted"));
  const detected = takenBackByUs ? undefined : detectedAfterMs(release);
  return {
    id: release.id,
    takenBack: release.phase === "degraded" && !takenBackByUs,
    ...(release.because !== undefined && !takenBackByUs && { because: release.because }),
    ...(detected !== undefined && { detectedAfterMs: detected }),
    exposure: release.exposure,
  };
}
