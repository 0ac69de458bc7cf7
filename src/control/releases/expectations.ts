import { type Expectation, type Floor, type Present, expectationsOf } from "../../delivery/compare/expected.ts";
import { asNumber } from "../../delivery/compare/words.ts";
import { watchesOf } from "../../delivery/compile/watches.ts";
import type { Plan } from "../../delivery/plan.ts";
import type { Release } from "../../delivery/release.ts";
import { spanText } from "../../delivery/words/span.ts";
import { shareOf } from "../../lib/quantities.ts";
import { floorText } from "../../signals/measures/condition-text.ts";
import { durationText } from "../../signals/measures/promql-text.ts";
import { measureOf, windowOf } from "../../signals/measures/expression-of.ts";
import type { ConditionData } from "../../signals/measures/spec-data.ts";
import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import { trafficSeen } from "../../targets/local/release/see.ts";
import type { Control } from "../control.ts";
import { parsed } from "../watching/expression.ts";

const lastMs = 300_000;
/** Less is a matter of chance. */
const leastLastMs = 5_000;

/** What a release will see of the traffic, at the rate of the last minutes. */
export async function expectationsNow(
  { platform, watch }: Pick<Control, "platform" | "watch">,
  { plan, changes, environment: key }: Release,
  environment: Environment,
): Promise<readonly Expectation[]> {
  const watching = watch.of(key);
  if (watching === undefined) return [];
  const floors = floorsOf(plan, environment, watching.speed);
  const overMs = Math.max(leastLastMs, lastMs / watching.speed);
  const services = [...new Set([...changes.map(({ service }) => service), ...floors.map(({ service }) => service)])];
  const nowMs = Date.now();
  const rates = await watching.signals.evaluate(
    services.map((service) =>
      parsed(`sum(rate(http_requests_total{service=${JSON.stringify(service)}}[${durationText(overMs)}]))`),
    ),
    nowMs,
  );
  const traffic = trafficSeen((await platform.agent.traffic()).revisions, key, services);
  const present: Record<string, Present> = {};
  for (const [index, service] of services.entries()) {
    const rate = rates[index];
    const value = rate?.ok === true && rate.value.kind === "vector" ? rate.value.vector[0]?.value : undefined;
    const from = changes.find((change) => change.service === service)?.from;
    const baseline = from === undefined ? undefined : traffic[service]?.[from];
    present[service] = {
      requestsPerSecond: value !== undefined && value > 0 ? value : 0,
      ...(baseline === undefined ? {} : { baseline }),
    };
  }
  return expectationsOf(plan, changes, { present, floors, lastMs: overMs });
}

/** Watches that need so many requests before they say anything, as they hold at this speed. */
function floorsOf({ watches }: Pick<Plan, "watches">, environment: Environment, speed: number): readonly Floor[] {
  return watches.flatMap((gate): readonly Floor[] => {
    if (gate.gate !== "signal") return [];
    const condition = gate.condition as ConditionData;
    const measured = measureOf(condition, environment);
    const service = refName(condition.signal.of, "services");
    if (measured.is === "refused" || service === undefined) return [];
    const window = windowOf(condition.signal, measured);
    const floor = floorText(condition, measured, window);
    return floor === undefined ? [] : [{ says: gate.says, service, least: floor.least, withinMs: window.overMs / speed }];
  });
}

/** Faster, spans are shorter, and so is the time in which traffic comes: what a canary then needs of it. */
export function neededAtSpeed(environment: Environment, speed: number): string | undefined {
  const { release } = environment;
  if (speed <= 1 || release?.strategy !== "canary") return undefined;
  const watches = watchesOf({ environment, strategy: release, changes: [], speed });
  const floors = floorsOf({ watches }, environment, speed);
  const [least] = release.steps.toSorted((one, other) => shareOf(one.to) - shareOf(other.to));
  const perSecond = floors.map((floor) => floor.least / shareOf(least?.to ?? "100%") / (floor.withinMs / 1_000));
  if (least === undefined || perSecond.length === 0) return undefined;
  const needed = Math.max(...perSecond);
  const floor = floors[perSecond.indexOf(needed)];
  return floor === undefined
    ? undefined
    : `at ${speed} times the speed a canary of ${floor.service} at ${least.to} needs ${asNumber(needed)} requests/s: "${floor.says}" is told from ${floor.least} requests within ${spanText(floor.withinMs)} on, and until then it is held (gantry release --dry-run says what comes)`;
}
