import { rmSync } from "node:fs";
import path from "node:path";
import type { Labels, Matcher, Source } from "../../signals/series.ts";
import { type MetricStore, createMetricStore } from "../../signals/store/metric-store.ts";
import { keptMetrics } from "../telemetry/kept.ts";
import { type LostFile, createSegmentFiles } from "../telemetry/segment-files.ts";

/** What is measured is looked back on for hours, what is recorded of it for weeks: each has room of its own. */
export type Measurements = Source & {
  readonly measured: MetricStore;
  readonly recorded: MetricStore;
  append(labels: Labels, atMs: number, value: number): void;
  retain(spans: { readonly measuredMs: number; readonly recordedMs: number }): void;
  look(nowMs: number): void;
  load(): Promise<readonly LostFile[]>;
  save(): Promise<void>;
};

const measuredBytes = 64 * 2 ** 20;
const recordedBytes = 16 * 2 ** 20;

export function openMeasurements(folder: string): Measurements {
  const measured = createMetricStore({ maxBytes: measuredBytes });
  const recorded = createMetricStore({ maxBytes: recordedBytes, maxSeries: 2_000 });
  const files = [
    createSegmentFiles(path.join(folder, "measured"), keptMetrics(measured)),
    createSegmentFiles(path.join(folder, "recorded"), keptMetrics(recorded)),
  ];
  return {
    measured,
    recorded,
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
      measured.look(nowMs);
      recorded.look(nowMs);
    },
    load: async () => (await Promise.all(files.map((one) => one.load()))).flat(),
    async save() {
      for (const one of files) await one.save();
    },
  };
}

export function forgetMeasurements(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

function nameOf(matchers: readonly Matcher[]): string | undefined {
  return matchers.find((one) => one.name === "__name__" && one.op === "=")?.value;
}

/** Recordings are the names with a colon, as everywhere. */
function isRecorded(name = ""): boolean {
  return name.includes(":");
}
