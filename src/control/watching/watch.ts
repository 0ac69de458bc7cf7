import { createServer } from "node:http";
import path from "node:path";
import type { Environment } from "../../spec/environment.ts";
import { retentionOf, lookbackMs } from "../../signals/rules/retention.ts";
import { rulesAtSpeed } from "../../signals/rules/rules-at-speed.ts";
import { rulesOf } from "../../signals/rules/rules-of.ts";
import { type SignalSpeed, signalSpeed } from "../../signals/rules/signal-speed.ts";
import type { Ruleset } from "../../signals/rules/ruleset.ts";
import type { MachineView } from "../../wire/machine.ts";
import { createOutbox } from "../notices/outbox.ts";
import { createSender } from "../notices/send.ts";
import type { Platform } from "../platform.ts";
import { createOtlpReceiver } from "../telemetry/otlp-receiver.ts";
import { scrapeTargets } from "../telemetry/scrape-targets.ts";
import { createScraper } from "../telemetry/scraper.ts";
import { createTrafficSeries } from "../telemetry/traffic-series.ts";
import { type Channels, channelsOf } from "./channels.ts";
import { type EnvironmentWatch, type Kept, createEnvironmentWatch } from "./environment-watch.ts";
import { longestHeldMs } from "./longest-held.ts";
import { openMeasurements } from "./measurements.ts";
import { createReadings } from "./readings.ts";
import { fastTickMs, sampledEveryMs, tickMs } from "./sampling.ts";
import { type Signals, embeddedSignals, remoteSignals } from "./signals.ts";
import { watchersOf } from "./watchers-of.ts";

export type Watch = {
  readonly channels: Channels;
  /** Begins to watch an environment, or goes on with what is new of it; tells how fast time runs for what is measured. */
  set(key: string, environment: Environment, speed: number): Promise<SignalSpeed>;
  /** Ends watching. What was measured stays unless `forget`. */
  remove(key: string, forget: boolean): Promise<void>;
  of(key: string): EnvironmentWatch | undefined;
  /** What could not be measured just now. */
  problemsOf(key: string): readonly string[];
  wakeOutbox(): void;
  stop(): Promise<void>;
};

type Watching = {
  readonly watch: EnvironmentWatch;
  readonly readings: ReturnType<typeof createReadings>;
  readonly speed: SignalSpeed;
  readonly lost: readonly string[];
  /** Of the environment and its speed: equal ones are watched already. */
  readonly text: string;
};

const saveEveryMs = 15_000;
const noticesKeptMs = 30 * 86_400_000;

/** Measures, evaluates and tells, for every environment that is up. */
export function createWatch(platform: Platform, onError: (error: unknown) => void): Watch {
  const { store } = platform;
  const channels = channelsOf(platform.secrets);
  const watching = new Map<string, Watching>();
  let machine: MachineView | undefined;
  const storeOf = (key: string) => watching.get(key)?.watch.measurements.measured;
  const traffic = createTrafficSeries(storeOf);
  const scraper = createScraper({ targets: () => targetsOf(machine, watching), storeOf, now: Date.now });
  const sender = createSender({ reach: "any", nowMs: Date.now });
  const outbox = createOutbox({
    notices: store.notices,
    sender,
    addressOf: (row) => {
      const environment = watching.get(row.environment)?.watch.environment;
      return Promise.resolve(environment === undefined ? undefined : channels.addressOf(environment, row.channel));
    },
    async complete(notice) {
      const { asks } = notice;
      const link = asks === undefined ? undefined : await platform.approvalLinks.urlOf(asks.run, asks);
      return link === undefined ? notice : { ...notice, link };
    },
    tell: (row, outcome) =>
      store.addEvent({
        product: row.product,
        environment: row.environment,
        kind: outcome.is === "sent" ? "notice.sent" : "notice.failed",
        actor: "gantry",
        subject: row.channel,
        data: { id: row.id, ...(outcome.is === "sent" ? {} : { why: outcome.why }) },
      }),
    nowMs: Date.now,
    random: Math.random,
    onError,
  });

  const otlp = createServer(
    createOtlpReceiver({ sinksOf: (key) => watching.get(key)?.watch.measurements.telemetry.sinks, now: Date.now }).listener,
  );
  // Services go on without it: what they send meanwhile is lost, and said by their exporter.
  otlp.on("error", onError);
  otlp.listen(platform.otlpPort, "127.0.0.1");
  otlp.unref();

  const stopping = new AbortController();
  let savedMs = Date.now();
  let prunedMs = 0;

  const tick = async (): Promise<void> => {
    if (watching.size === 0) return;
    const [seen, counted] = await Promise.all([
      platform.agent.state().catch(() => undefined),
      platform.agent.traffic().catch(() => undefined),
    ]);
    const nowMs = Date.now();
    machine = seen;
    for (const { watch } of watching.values()) watch.measurements.look(nowMs);
    if (counted === undefined) traffic.lost(nowMs);
    else traffic.record(counted);
    for (const { readings } of watching.values()) readings.round();
    await Promise.all(Array.from(watching.values(), ({ watch }) => watch.round(nowMs).catch(onError)));
    if (nowMs - savedMs < saveEveryMs) return;
    savedMs = nowMs;
    for (const { watch } of watching.values()) await watch.measurements.save().catch(onError);
    if (nowMs - prunedMs < 3_600_000) return;
    prunedMs = nowMs;
    await store.notices.prune(noticesKeptMs).catch(onError);
  };

  const every = async (work: () => Promise<void>, span: () => number): Promise<void> => {
    while (!stopping.signal.aborted) {
      const begun = performance.now();
      await work().catch(onError);
      await pause(Math.max(10, span() - (performance.now() - begun)), stopping.signal);
    }
  };
  const isFast = () => [...watching.values()].some((one) => one.speed.effective > 1);
  const loops = [
    every(tick, () => (isFast() ? fastTickMs : tickMs)),
    every(
      () => scraper.round(),
      () => tickMs,
    ),
  ];

  return {
    channels,
    of: (key) => watching.get(key)?.watch,
    problemsOf(key) {
      const one = watching.get(key);
      if (one === undefined) return [];
      const scraped = scraper
        .views()
        .flatMap((view) =>
          view.target.environment === key && view.reason !== undefined && view.target.asked
            ? [`${view.target.labels["service"] ?? ""}: no metrics: ${view.reason}`]
            : [],
        );
      return [...one.lost, ...one.readings.problems(), ...new Set(scraped)];
    },
    wakeOutbox: () => outbox.wake(),
    async set(key, environment, asked) {
      const text = JSON.stringify([environment, asked]);
      const known = watching.get(key);
      if (known?.text === text) return known.speed;
      const rulesAtOne = rulesHere(environment);
      const signals = signalSpeed(rulesAtOne, asked, sampledEveryMs);
      const speed = signals.effective;
      const rules = rulesAtSpeed(rulesAtOne, speed);
      const measurements = known?.watch.measurements ?? (await openMeasurements(folderOf(platform, key), environment));
      const lost = measurements.lost.map(({ file, reason }) => `${path.basename(file)} was left out: ${reason}`);
      const { ofMetric } = retentionOf(rules);
      const heldMs = longestHeldMs(environment.release);
      const longest = (recorded: boolean) =>
        Math.max(lookbackMs, ...Object.entries(ofMetric).flatMap(([name, ms]) => (name.includes(":") === recorded ? [ms] : [])));
      measurements.retain({
        measuredMs: Math.max(longest(false), leastKeptMs) + heldMs,
        recordedMs: Math.max(longest(true), leastKeptMs) + heldMs,
      });
      const kept = (await store.notices.alerts(environment.product, key)) as Kept | undefined;
      const watch = createEnvironmentWatch({
        key,
        environment,
        rules,
        speed,
        kept: kept?.schemaVersion === 1 ? kept : undefined,
        measurements,
        signals: signalsFor(measurements, speed),
        store,
        channels,
        wake: () => outbox.wake(),
      });
      known?.readings.stop();
      const measured = { folder: folderOf(platform, key), source: measurements.measured };
      const watchers = watchersOf({ platform, key, environment, speed, measured, machine: () => machine });
      watching.set(key, {
        watch,
        readings: createReadings(watchers, measurements.measured, Date.now),
        speed: signals,
        lost,
        text,
      });
      return signals;
    },
    async remove(key, forget) {
      const one = watching.get(key);
      watching.delete(key);
      one?.readings.stop();
      if (forget) await one?.watch.measurements.remove().catch(onError);
      else await one?.watch.measurements.save().catch(onError);
    },
    async stop() {
      stopping.abort();
      otlp.close();
      otlp.closeAllConnections();
      await Promise.all(loops);
      for (const { watch, readings } of watching.values()) {
        readings.stop();
        await watch.measurements.save().catch(onError);
      }
      await outbox.stop();
    },
  };
}

/** That nothing measures backups, say, is known of this machine, and no news to anybody: it is told as what is not watched (`untold.ts`). */
function rulesHere(environment: Environment): Ruleset {
  const rules = rulesOf(environment);
  return { ...rules, alerts: rules.alerts.filter(({ when }) => when !== undefined) };
}

/** So that people can look back an hour and more, whatever the rules look at. */
const leastKeptMs = 2 * 3_600_000;

/** The expressions of rules go to the Prometheus that is named, if one is. */
function signalsFor(measurements: Parameters<typeof embeddedSignals>[0], speed: number): Signals {
  const remote = process.env["GANTRY_PROMETHEUS_URL"];
  if (remote !== undefined && remote !== "") return remoteSignals(remote);
  return embeddedSignals(measurements, { lookbackMs, defaultStepMs: Math.max(fastTickMs, 60_000 / speed) });
}

function folderOf(platform: Platform, key: string): string {
  return path.join(platform.place.folder, "measured", key);
}

function targetsOf(machine: MachineView | undefined, watching: ReadonlyMap<string, Watching>) {
  const environments = new Map(Array.from(watching, ([key, { watch }]) => [key, watch.environment]));
  return machine === undefined ? [] : scrapeTargets(machine, environments);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
  });
}
