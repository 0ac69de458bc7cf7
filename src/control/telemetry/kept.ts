import { readSegment, writeSegment } from "../../signals/logs/record-file.ts";
import { RecordSegment } from "../../signals/logs/record-segment.ts";
import type { RecordStore } from "../../signals/logs/record-store.ts";
import type { MetricStore } from "../../signals/store/metric-store.ts";
import { restoreSegment, segmentsOf } from "../../signals/store/segment.ts";
import type { Kept } from "./segment-files.ts";

export function keptMetrics(store: MetricStore): Kept {
  return {
    pages: () => segmentsOf(store).pages,
    page: (number) => segmentsOf(store).page(number),
    head: () => segmentsOf(store).head(),
    restore: (bytes) => restoreSegment(store, bytes),
  };
}

export function keptRecords(store: RecordStore): Kept {
  return {
    pages: () => store.segments().flatMap(({ number, full }) => (full ? [{ number, changes: 0 }] : [])),
    page(number) {
      const segment = store.segments().find((one) => one.number === number && one.full);
      return segment && writeSegment(segment);
    },
    head: () => writeSegment(store.segments().find((one) => !one.full) ?? new RecordSegment(0)),
    restore(bytes) {
      const segment = readSegment(bytes);
      if ("problem" in segment) return segment;
      if (segment.rows > 0) store.adopt(segment);
      return {};
    },
  };
}
