import { recordedMs } from "../../signals/measures/shape.ts";
import { type Recorded, recordEveryMs } from "../answers/recordings.ts";
import type { Script } from "../plan/script.ts";
import type { Setting } from "../plan/setting.ts";
import { rateAt } from "../traffic/shape.ts";
import type { Prior } from "../world/counted.ts";
import type { Life } from "../world/life.ts";

/** What was measured before the release begins: all went as it usually goes. The same for every run, and worked out once. */
export type Past = {
  readonly times: Float64Array;
  readonly of: (service: string) => Prior;
  readonly recorded: readonly Recorded[];
};

const closeMs = 5_000;
/** More samples than this say nothing more of what was as usual. */
const mostSamples = 240;
const dayMs = 86_400_000;

export function pastOf({ looksBackMs, slos }: Script, { lives, startMs }: Pick<Setting, "lives" | "startMs">): Past {
  const stepMs = Math.max(closeMs, Math.ceil(looksBackMs / mostSamples / closeMs) * closeMs);
  const count = Math.ceil(looksBackMs / stepMs) + 1;
  const times = Float64Array.from({ length: count }, (_, at) => startMs - (count - 1 - at) * stepMs);
  const priors = new Map<string, Prior>();
  const of = (service: string): Prior => {
    let known = priors.get(service);
    const life = lives[service];
    if (known === undefined)
      priors.set(service, (known = life === undefined ? nothing : priorOf(life, { times, stepMs, startMs })));
    return known;
  };
  return { times, of, recorded: slos.map((slo) => recordedOf(slo, { lives, startMs, looksBackMs })) };
}

const nothing: Prior = { requests: new Float64Array(0), errors: new Float64Array(0), answered: 0 };

type When = { readonly times: Float64Array; readonly stepMs: number; readonly startMs: number };

function priorOf(life: Life, { times, stepMs, startMs }: When): Prior {
  const requests = new Float64Array(times.length);
  for (let at = 1; at < times.length; at++) {
    const middle = (times[at] ?? 0) - stepMs / 2;
    requests[at] = (requests[at - 1] ?? 0) + (rateAt(life.traffic, middle, middle - startMs) * stepMs) / 1_000;
  }
  const lastDay = Array.from({ length: 96 }, (_, part) => startMs - ((part + 0.5) / 96) * dayMs);
  const perSecond = lastDay.reduce((sum, ms) => sum + rateAt(life.traffic, ms, ms - startMs), 0) / lastDay.length;
  return {
    requests,
    errors: requests.map((value) => value * life.errorRate),
    answered: Math.round((perSecond * dayMs) / 1_000),
  };
}

function recordedOf(
  slo: Recorded["slo"],
  { lives, startMs, looksBackMs }: Pick<Setting, "lives" | "startMs"> & { readonly looksBackMs: number },
): Recorded {
  const life = lives[slo.all.service];
  const count = Math.ceil((looksBackMs + recordedMs) / recordEveryMs) + 1;
  const times = Float64Array.from({ length: count }, (_, at) => startMs - (count - 1 - at) * recordEveryMs);
  const [bad, all] = [new Float64Array(count), new Float64Array(count)];
  for (let at = 1; at < count; at++) {
    const middle = (times[at] ?? 0) - recordedMs / 2;
    const rate = life === undefined ? 0 : rateAt(life.traffic, middle, middle - startMs);
    all[at] = (all[at - 1] ?? 0) + rate;
    bad[at] = (bad[at - 1] ?? 0) + rate * (life?.errorRate ?? 0);
  }
  return { slo, times, bad, all };
}
