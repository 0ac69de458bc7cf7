import { labelsKey, orderedLabels } from "../labels-key.ts";
import type { Labels } from "../series.ts";
import { createLabelIndex } from "./label-index.ts";
import { atHand, Series } from "./series-samples.ts";
import type { Dropped, StoreLimits } from "./store-view.ts";

/** What a series may come to at hand, whoever looks at it; so much has to be free before one is let in. */
const seriesBytes = atHand * 16;
const mostRefused = 100;

/** All series there are, bounded in number and in what they may come to; and how many bytes they have at hand. */
export function createSeriesSet(limits: StoreLimits, dropped: Dropped) {
  const index = createLabelIndex<Series>();
  const byKey = new Map<string, Series>();
  const byId = new Map<number, Series>();
  const byService = new Map<string, number>();
  const refused = new Map<string, number>();
  let nextId = 1;
  let atHandBytes = 0;
  let wideBytes = 0;
  let labelBytes = 0;

  function enter(series: Series): boolean {
    const bytes = labelBytesOf(series);
    // A quarter stays for what is packed.
    const service = series.labels["service"] ?? "";
    const ofService = byService.get(service) ?? 0;
    const full =
      byKey.size >= limits.maxSeries ||
      (service !== "" && ofService >= limits.maxSeriesOfService) ||
      labelBytes + bytes + (byKey.size + 1) * seriesBytes > (limits.maxBytes / 4) * 3;
    if (full) {
      dropped.tooManySeries += 1;
      if (refused.size < mostRefused || refused.has(service)) refused.set(service, (refused.get(service) ?? 0) + 1);
      return false;
    }
    byService.set(service, ofService + 1);
    series.gone = false;
    byKey.set(series.key, series);
    byId.set(series.id, series);
    index.add(series);
    labelBytes += bytes;
    return true;
  }

  function resize(series: Series, work: () => void): void {
    const before = series.bytes;
    work();
    atHandBytes += series.bytes - before;
    wideBytes += beyondNeed(series.bytes) - beyondNeed(before);
  }

  function allowed(labels: Labels): boolean {
    const entries = Object.entries(labels);
    return (
      entries.length <= limits.maxLabels &&
      entries.every(([name, value]) => name !== "" && Math.max(name.length, value.length) <= limits.maxLabelLength)
    );
  }

  return {
    get bytes() {
      return { atHand: atHandBytes - wideBytes, wide: wideBytes, labels: labelBytes, all: atHandBytes + labelBytes };
    },
    get size(): number {
      return byKey.size;
    },
    refused: () => Object.fromEntries(refused),
    index,
    all: () => byKey.values(),
    byId: (id: number) => byId.get(id),
    /** The series of these labels, new where there is none. Undefined, and counted, where it may not be. */
    of(labels: Labels): Series | undefined {
      const key = labelsKey(labels);
      const known = byKey.get(key);
      if (known) return known;
      if (!allowed(labels)) {
        dropped.badLabels += 1;
        return undefined;
      }
      const series = new Series(nextId, Object.freeze(orderedLabels(labels)), key);
      if (!enter(series)) return undefined;
      nextId += 1;
      return series;
    },
    enter,
    leave(series: Series): void {
      series.gone = true;
      byKey.delete(series.key);
      byId.delete(series.id);
      index.remove(series);
      labelBytes -= labelBytesOf(series);
      const service = series.labels["service"] ?? "";
      const left = (byService.get(service) ?? 1) - 1;
      if (left > 0) byService.set(service, left);
      else byService.delete(service);
      resize(series, () => series.clear());
    },
    /** Does what changes how much a series has at hand. */
    resize,
    /** Whether one may lie unpacked further back, with so many samples. */
    mayWiden: (series: Series, samples: number) =>
      wideBytes + beyondNeed(samples * 16) - beyondNeed(series.bytes) <= limits.wideBytes,
  };
}

function beyondNeed(bytes: number): number {
  return Math.max(0, bytes - seriesBytes);
}

function labelBytesOf(series: Series): number {
  // As measured: its text twice, its places in the index, its own fields.
  return series.key.length * 2 + 100 * Object.keys(series.labels).length + 700;
}
