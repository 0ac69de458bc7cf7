import { rm } from "node:fs/promises";
import path from "node:path";
import type { Labels, Matcher, Source } from "../../signals/series.ts";
import { type MetricStore, createMetricStore } from "../../signals/store/metric-store.ts";
import type { Environment } from "../../spec/environment.ts";
import { type EnvironmentTelemetry, openEnvironmentTelemetry } from "../telemetry/environment-telemetry.ts";
import { keptMetrics } from "../telemetry/kept.ts";
import { type LostFile, createSegmentFiles } from "../telemetry/segment-files.ts";

/** What is measured is looked back on for hours, what is recorded of it for weeks: each has room of its own. */
export type Measurements = Source & {
  readonly telemetry: EnvironmentTelemetry;
  readonly measured: MetricStore;
  readonly recorded: MetricStore;
  readonly lost: readonly LostFile[];
  append(labels: Labels, atMs: number, value: number): void;
  retain(spans: { readonly measuredMs: number; readonly recordedMs: number }): void;
  look(nowMs: number): void;
  save(): Promise<void>;
  /** Forgets everything, on the disk too. */
  remove(): Promise<void>;
};

const measuredBytes = 64 * 2 ** 20;
const recordedBytes = 16 * 2 ** 20;

export async function openMeasurements(folder: string, environment: Environment): Promise<Measurements> {
  const telemetry = await openEnvironmentTelemetry(path.join(folder, "measured"), environment, { maxBytes: measuredBytes });
  const measured = telemetry.metrics;
  const recorded = createMetricStore({ maxBytes: recordedBytes, maxSeries: 2_000 });
  const files = createSegmentFiles(path.join(folder, "recorded"), keptMetrics(recorded));
  const lost = [...telemetry.lost, ...(await files.load())];
  return {
    telemetry,
    measured,
    recorded,
    lost,
    append: (labels, atMs, value) => (isRecorded(labels["__name__"]) ? recorded : measured).append(labels, atMs, value),
    select(matchers, fromMs, toMs) {
      const name = nameOf(matchers);
      if (name !== undefined) return (isRecorded(name) ? recorded : measured).select(matchers, fromMs, toMs);
      return [...measured.select(matchers, fromMs, toMs), ...recorded.select(matchers, fromMs, toMs)];
    },
    retain({ measuredMs, recordedMs }) {
      measured.retain(measuredMs);
      recorded.retain(recordedMs);
    },
    look(nowMs) {
      telemetry.look(nowMs);
      recorded.look(nowMs);
    },
    async save() {
      await telemetry.save();
      await files.save();
    },
    async remove() {
      await telemetry.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function nameOf(matchers: readonly Matcher[]): string | undefined {
  return matchers.find((one) => one.name === "__name__" && one.op === "=")?.value;
}

/** Recordings are the names with a colon, as everywhere. */
function isRecorded(name = ""): boolean {
  return name.includes(":");
}
