// Samples of one environment, in memory: the newest of each series as they are, older ones packed, both bounded.
//
// 1. What `select` gave stays as it was, whatever is appended afterwards.
// 2. A series' samples rise strictly in time. What does not fit that is left out and counted, never moved.
// 3. The bytes in use stay within `maxBytes`: first what lies unpacked for whoever looks far back goes, then the oldest pages; a
//    series that would not fit is refused. Everything left out is counted by its reason.
// 4. The store has no clock. It is told the time (`look`); a clock that was set back takes what came from the future with it.
import { type Labels, type Matcher, type Samples, type Source, staleBits } from "../series.ts";
import { chunkSamples, latestMs } from "./chunk.ts";
import { adoptPage } from "./adopt-page.ts";
import { pack, packedFrom, takeBack, unpack } from "./packed-samples.ts";
import { createPages, type Page, type Pages } from "./pages.ts";
import { atHand, placeOf, type Series } from "./series-samples.ts";
import { createSeriesSet } from "./series-set.ts";
import { type Dropped, noneDropped, type StoreLimits, storeLimits, type StoreView } from "./store-view.ts";

/** A series as whoever writes to it holds it; good for ever, also when the store has forgotten the series meanwhile. */
export type SeriesHandle = { readonly labels: Labels };

export type MetricStore = Source & {
  append(labels: Labels, timeMs: number, value: number): void;
  /** Undefined, and counted, where there are as many as there may be. */
  series(labels: Labels): SeriesHandle | undefined;
  push(series: SeriesHandle, timeMs: number, value: number): void;
  /** Marks that the series ends here. It goes on with the next sample. */
  end(series: SeriesHandle, timeMs: number): void;
  /** Keeps what is younger than this; no more is promised. */
  retain(ms: number): void;
  /** To be called every few seconds, with what the time is. */
  look(nowMs: number): void;
  view(): StoreView;
  labelNames(): readonly string[];
  labelValues(name: string): readonly string[];
  /** For whoever keeps it on a disk. */
  readonly inside: StoreInside;
};

export type StoreInside = {
  readonly pages: Pages;
  all(): Iterable<Series>;
  byId(id: number): Series | undefined;
  /** Takes over a page that was kept, before anything else; its chunks are numbered by series of its own. Tells how many samples it could not use. */
  adopt(page: Page, labels: ReadonlyMap<number, Labels>): number;
  /** Appends samples with all their bits. Those that are not newer than what is there are left out. */
  restore(labels: Labels, samples: Pick<Samples, "times" | "values" | "to">): void;
};

const smallest = 8;
/** How much of the future is a clock that runs a little fast; beyond it the sample or the clock is wrong. */
const futureMs = 5 * 60_000;
/** After the clock jumped forward nothing is too old for this long: it may jump back. */
const graceMs = 10 * 60_000;
const jumpMs = 60 * 60_000;
/** What nobody looked far back on for so many looks is narrow again. */
const wideLooks = 24;

const staleValue = new Float64Array(1);
new BigUint64Array(staleValue.buffer)[0] = staleBits;

export function createMetricStore(given: Partial<StoreLimits> = {}): MetricStore {
  const limits = storeLimits(given);
  const dropped: Dropped = noneDropped();
  const pages = createPages(limits.maxBytes);
  const set = createSeriesSet(limits, dropped);
  let { retentionMs } = limits;
  let nowMs: number | undefined;
  let keepAllUntilMs = 0;
  let looks = 1;
  let taken = 0;
  let clockJumps = 0;

  const excess = () => pages.bytes + set.bytes.all - limits.maxBytes;

  function keepWithin(): void {
    if (excess() > 0 && set.bytes.wide > 0) for (const series of set.all()) if (series.times.length > atHand) narrow(series);
    while (excess() > 0) {
      const oldest = pages.oldest();
      if (!oldest) return;
      dropped.evicted += oldest.samples;
      pages.remove(oldest);
    }
  }

  function narrow(series: Series): void {
    series.wideMs = 0;
    const from = Math.max(0, Math.min(series.packed, series.length - chunkSamples));
    set.resize(series, () => series.move(from, Math.max(atHand, series.length - from)));
  }

  /** Room for one more sample. */
  function widen(series: Series): void {
    const { length } = series.times;
    if (length < atHand) return set.resize(series, () => series.move(0, Math.max(smallest, length * 2)));
    if (series.length - series.packed >= chunkSamples) pack(pages, series, chunkSamples);
    // Whoever looks far back goes on finding it unpacked.
    const wide = series.wideMs > 0 ? placeOf(series.times, series.length, series.lastMs - series.wideMs) : series.packed;
    let from = Math.min(series.packed, wide);
    if (!set.mayWiden(series, series.length - from + chunkSamples)) from = series.packed;
    set.resize(series, () => series.move(from, Math.max(atHand, series.length - from + chunkSamples)));
    if (excess() > 0) keepWithin();
  }

  /** Whether a sample of that time may be appended; counts why not. */
  function admits(series: Series, timeMs: number): boolean {
    if (timeMs > series.lastMs) {
      if (!(timeMs >= 0 && timeMs < latestMs)) dropped.badTime += 1;
      else if (nowMs !== undefined && timeMs > nowMs + futureMs) dropped.future += 1;
      else if (nowMs !== undefined && timeMs < nowMs - retentionMs && nowMs >= keepAllUntilMs) dropped.tooOld += 1;
      else return !series.gone || set.enter(series);
    } else if (timeMs === series.lastMs) dropped.duplicate += 1;
    else if (timeMs < series.lastMs) dropped.outOfOrder += 1;
    else dropped.badTime += 1;
    return false;
  }

  function put(series: Series, timeMs: number, value: number): void {
    if (series.length === series.times.length) widen(series);
    series.times[series.length] = timeMs;
    series.values[series.length] = value;
    series.length += 1;
    series.lastMs = timeMs;
    taken += 1;
  }

  function putBits(series: Series, timeMs: number, value: Float64Array): void {
    put(series, timeMs, 0);
    series.values.set(value, series.length - 1);
  }

  function samplesOf(series: Series, fromMs: number, toMs: number): Samples | undefined {
    if (series.lastMs < fromMs) return undefined;
    let samples = { times: series.times, values: series.values, length: series.length };
    if (series.newest.page > 0 && !(fromMs >= (series.times[0] ?? Infinity))) {
      const chunks = packedFrom(pages, series, fromMs);
      if (chunks.length > 0) {
        samples = unpack(series, chunks);
        if (set.mayWiden(series, samples.times.length) && excess() + samples.times.length * 16 < 0) {
          series.packed += samples.length - series.length;
          set.resize(series, () => series.take(samples));
        } else dropped.unpackedAgain += 1;
      }
    }
    if (series.times.length > atHand) {
      series.wideAt = looks;
      series.wideMs = Math.max(series.wideMs, (series.lastMs - fromMs) * 1.1);
    }
    const from = placeOf(samples.times, samples.length, fromMs);
    const to = placeOf(samples.times, samples.length, toMs + 1);
    return from < to ? { labels: series.labels, times: samples.times, values: samples.values, from, to } : undefined;
  }

  function expire(beforeMs: number): void {
    for (const page of pages.full())
      if (page.lastMs < beforeMs) {
        dropped.expired += page.samples;
        pages.remove(page);
      }
    for (const series of set.all())
      if (series.lastMs < beforeMs) {
        dropped.expired += series.length - series.packed;
        set.leave(series);
      } else if (series.times.length > atHand && series.wideAt < looks - wideLooks) narrow(series);
  }

  function goBack(now: number): void {
    for (const series of set.all()) set.resize(series, () => (dropped.future += takeBack(pages, series, now)));
    for (const page of [...pages.full(), pages.current()]) page.lastMs = Math.min(page.lastMs, now);
  }

  return {
    append(labels, timeMs, value) {
      const series = set.of(labels);
      if (series) this.push(series, timeMs, value);
    },
    series: (labels) => set.of(labels),
    push(handle, timeMs, value) {
      const series = handle as Series;
      const ms = Math.round(timeMs);
      if (admits(series, ms)) put(series, ms, value);
    },
    end(handle, timeMs) {
      const series = handle as Series;
      const ms = Math.round(timeMs);
      if (!series.gone && series.lastMs >= 0 && admits(series, ms)) putBits(series, ms, staleValue);
    },
    select(matchers: readonly Matcher[], fromMs, toMs) {
      const found: Samples[] = [];
      for (const series of set.index.find(matchers)) {
        const samples = samplesOf(series, fromMs, toMs);
        if (samples) found.push(samples);
      }
      return found;
    },
    retain(ms) {
      retentionMs = ms;
    },
    look(now) {
      looks += 1;
      if (nowMs === undefined) goBack(now + futureMs);
      else if (now < nowMs - futureMs) {
        clockJumps += 1;
        keepAllUntilMs = 0;
        goBack(now);
      } else if (now > nowMs + jumpMs) {
        clockJumps += 1;
        keepAllUntilMs = now + graceMs;
      }
      nowMs = now;
      if (now >= keepAllUntilMs) expire(now - retentionMs);
    },
    view: () => ({
      series: set.size,
      samples: pages.samples + [...set.all()].reduce((sum, one) => sum + one.length - one.packed, 0),
      taken,
      bytes: { ...set.bytes, packed: pages.bytes, all: pages.bytes + set.bytes.all },
      dropped: { ...dropped },
      refused: set.refused(),
      clockJumps,
      retentionMs,
    }),
    labelNames: set.index.names,
    labelValues: set.index.values,
    inside: {
      pages,
      all: set.all,
      byId: set.byId,
      adopt(page, labels) {
        const lost = adoptPage(page, (id) => {
          const told = labels.get(id);
          return told && set.of(told);
        });
        pages.adopt(page);
        keepWithin();
        return lost;
      },
      restore(labels, { times, values, to }) {
        const series = set.of(labels);
        if (!series) return;
        for (let at = placeOf(times, to, series.lastMs + 1); at < to; at++) {
          putBits(series, times[at] ?? 0, values.subarray(at, at + 1));
          taken -= 1;
        }
      },
    },
  };
}
