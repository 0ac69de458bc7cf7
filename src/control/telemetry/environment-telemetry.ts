// Everything that is measured and written down of one environment, and where it lies: `<folder>/metrics`, `/spans` and `/logs`. What
// services print is not here: it lies in their logs, and is searched there.
import path from "node:path";
import { rm } from "node:fs/promises";
import { durationMs } from "../../lib/quantities.ts";
import { createPathMatchers } from "../../lib/path-patterns.ts";
import { exclusionsOf } from "../../signals/logs/exclusions.ts";
import { createRecordStore, type RecordStore } from "../../signals/logs/record-store.ts";
import { createMetricStore, type MetricStore } from "../../signals/store/metric-store.ts";
import type { StoreLimits } from "../../signals/store/store-view.ts";
import type { Environment } from "../../spec/environment.ts";
import { keptMetrics, keptRecords } from "./kept.ts";
import type { OtlpSinks } from "./otlp-receiver.ts";
import { createSegmentFiles, type LostFile } from "./segment-files.ts";

export type EnvironmentTelemetry = {
  readonly metrics: MetricStore;
  readonly spans: RecordStore;
  readonly logs: RecordStore;
  /** For `createOtlpReceiver`. */
  readonly sinks: OtlpSinks;
  /** Files of a former time that could not be read. */
  readonly lost: readonly LostFile[];
  /** Every few seconds: drops what is too old. */
  look(nowMs: number): void;
  /** Every half a minute, and before the end. */
  save(): Promise<void>;
  /** Forgets everything, on the disk too. */
  remove(): Promise<void>;
};

const usualAgeMs = 24 * 60 * 60_000;

export async function openEnvironmentTelemetry(
  folder: string,
  environment: Environment,
  limits: Partial<StoreLimits> = {},
): Promise<EnvironmentTelemetry> {
  const keep = environment.logs?.keep;
  // On a laptop a month of logs is bounded by its bytes long before.
  const maxAgeMs = keep === undefined ? usualAgeMs : durationMs(keep);
  const metrics = createMetricStore(limits);
  const [spans, logs] = [createRecordStore({ maxAgeMs }), createRecordStore({ maxAgeMs, maxBytes: 32 * 2 ** 20 })];
  const files = [
    createSegmentFiles(path.join(folder, "metrics"), keptMetrics(metrics)),
    createSegmentFiles(path.join(folder, "spans"), keptRecords(spans)),
    createSegmentFiles(path.join(folder, "logs"), keptRecords(logs)),
  ];
  const lost = (await Promise.all(files.map((one) => one.load()))).flat();
  const excluded = createPathMatchers(exclusionsOf(environment));
  let removed = false;
  let saving: Promise<void> | undefined;
  const saveAll = async () => {
    for (const one of files) if (!removed) await one.save();
  };
  return {
    metrics,
    spans,
    logs,
    lost,
    sinks: {
      metrics,
      spans,
      logs,
      baggage: environment.traces?.baggage ?? [],
      excludes: (service, requested) => excluded.get(service)?.(requested) ?? false,
    },
    look(nowMs) {
      metrics.look(nowMs);
      spans.look(nowMs);
      logs.look(nowMs);
    },
    save() {
      saving ??= saveAll().finally(() => (saving = undefined));
      return saving;
    },
    async remove() {
      removed = true;
      // One that is under way would write into a folder that is gone.
      await saving?.catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
