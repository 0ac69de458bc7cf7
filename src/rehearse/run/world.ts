import { createAlerts, type Alerts } from "../answers/alerts.ts";
import { createRecordings, recordEveryMs } from "../answers/recordings.ts";
import { createSignals, type Signals } from "../answers/signals.ts";
import type { Fault } from "../faults/fault.ts";
import { mainService } from "../plan/main-service.ts";
import type { Script } from "../plan/script.ts";
import type { Setting } from "../plan/setting.ts";
import type { Behaviour } from "../world/behaviour.ts";
import { createDrawnTraffic, type DrawnTraffic, type Shapes } from "../world/drawn-traffic.ts";
import { usualLife } from "../world/life.ts";
import { createSamples } from "../world/samples.ts";
import { createSimulatedTarget, type SimulatedTarget } from "../world/simulated-target.ts";
import type { Past } from "./prior.ts";

/** So often are the counters read. */
const tickMs = 5_000;

/** Everything around a release: machines, requests, what is measured of them, what rings. Time passes when it is told to. */
export type World = {
  readonly target: SimulatedTarget;
  readonly traffic: DrawnTraffic;
  readonly signals: Signals;
  readonly alerts: Alerts;
  pass(untilMs: number): void;
};

export function createWorld(
  script: Script,
  setting: Setting,
  { past, shapes }: { readonly past: Past; readonly shapes: Shapes },
  seed: readonly [number, number],
): World {
  const { changes, boundsMs, slos, plan } = script;
  const { startMs, lives } = setting;
  const main = mainService(script);
  const of = (service: string) =>
    setting.faults.filter((fault) => (fault.service ?? main) === service && fault.fault !== "dependency");
  const released = Object.fromEntries(changes.map(({ service, to }) => [service, { revision: to, faults: of(service) }]));
  const dependencies = Object.fromEntries(
    changes.map(({ service }) => [
      service,
      setting.faults.filter((fault) => fault.fault === "dependency" && (fault.service ?? service) === service),
    ]),
  );
  const samples = createSamples(past.times);
  // Where only the comparison reads what is counted, ticks are nobody's.
  const isRead = script.needsLatency || script.conditions.size + script.alerts.length + slos.length > 0;
  const traffic = createDrawnTraffic({
    lives,
    released,
    dependencies,
    boundsMs,
    samples,
    prior: past.of,
    seed,
    startMs,
    shapes,
    atTicks: isRead ? (script.needsLatency ? "durations" : "counts") : "nothing",
  });
  const smokes = new Set(plan.steps.flatMap(({ gates }) => gates.flatMap(({ gate, id }) => (gate === "smoke" ? [id] : []))));
  const failsSmoke = setting.faults.some(({ fault }) => fault === "smoke");
  const target = createSimulatedTarget({
    serving: Object.fromEntries(
      changes.map(({ service, from, replicas }) => [service, { ...(from && { revision: from }), replicas }]),
    ),
    behaviours: Object.fromEntries(
      changes.map(({ service, to }) => [to, behaviourOf(of(service), lives[service]?.readyAfterMs)]),
    ),
    traffic,
    tasks: (id) => ({
      lastsMs: setting.taskMs,
      state: failsSmoke && smokes.has(id.split("/").slice(2).join("/")) ? "failed" : "passed",
    }),
    startMs,
  });
  const recordings = createRecordings(past.recorded);
  const signals = createSignals({ arms: (service) => traffic.arms(service), samples, recordings, boundsMs });
  const alerts = createAlerts(script.alerts, startMs);
  let tickedMs = startMs;
  let recordedAtMs = startMs;
  /** As the target was when a whole span between two ticks was told of last. */
  let settledAt = -1;
  /** How many ticks from here on find everything as the last one did; of those that nobody reads as many as there are. */
  function alikeUntil(untilMs: number): number {
    if (target.changes() !== settledAt) return 0;
    const untouched = Math.ceil((target.nextMs() - tickedMs) / tickMs) - 1;
    const most = Math.min(isRead ? 1 : Math.floor((untilMs - tickedMs) / tickMs), untouched);
    return most > 0 ? traffic.alike(tickMs, most) : 0;
  }

  // The old revisions have been there all along.
  for (const { service, from } of changes) if (from !== undefined && lives[service] !== undefined) traffic.seen(service, from);

  return {
    target,
    traffic,
    signals,
    alerts,
    pass(untilMs) {
      for (; tickedMs + tickMs <= untilMs;) {
        const spans = alikeUntil(untilMs);
        tickedMs += Math.max(1, spans) * tickMs;
        target.pass(tickedMs);
        if (spans > 0) {
          traffic.again(spans);
          target.settled();
        } else target.settle();
        settledAt = target.changes();
        traffic.tick(tickedMs);
        if (slos.length > 0 && tickedMs >= recordedAtMs + recordEveryMs) {
          recordedAtMs = tickedMs;
          recordings.record((of, nowMs, overMs) => signals.increase(of, nowMs, overMs), tickedMs);
        }
        if (tickedMs >= alerts.nextMs()) alerts.round(signals, tickedMs);
      }
      target.pass(untilMs);
    },
  };
}

const deadAfterMs = 5_000;

function behaviourOf(faults: readonly Fault[], readyAfterMs = usualLife.readyAfterMs): Behaviour {
  let behaviour: Behaviour = { readyAfterMs };
  for (const fault of faults) {
    const { crashesAfterMs = Infinity } = behaviour;
    if (fault.fault === "crash-at-start") behaviour = { ...behaviour, diesAfterMs: Math.min(deadAfterMs, readyAfterMs / 2) };
    if (fault.fault === "crash") behaviour = { ...behaviour, crashesAfterMs: Math.min(crashesAfterMs, fault.fromMs) };
    if (fault.fault === "leak") behaviour = { ...behaviour, crashesAfterMs: Math.min(crashesAfterMs, fault.fullAfterMs) };
  }
  return behaviour;
}
