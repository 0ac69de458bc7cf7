import { parseSeries } from "../../signals/exposition/parse-series.ts";
import { type ExpositionProblem, readExposition } from "../../signals/exposition/read-exposition.ts";
import type { Labels } from "../../signals/series.ts";
import type { MetricStore } from "../../signals/store/metric-store.ts";
import { fetchText } from "./fetch-text.ts";
import { createOrigin } from "./origin.ts";

export type ScrapeTarget = {
  readonly environment: string;
  /** What its series are told apart by: service, revision and replica. */
  readonly labels: Labels;
  readonly port: number;
  readonly path: string;
  /** The spec says that there are metrics. Else that there are none is no news, and no series says so. */
  readonly asked?: boolean;
  /** Metrics that somebody else counts, by their names without `_bucket`, `_sum` and `_count`. */
  readonly leaveOut?: readonly string[];
};

export type ScrapeLimits = {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly maxSamples: number;
};

/** How the last look at a target went. */
export type TargetView = {
  readonly target: ScrapeTarget;
  readonly up: boolean;
  readonly atMs: number;
  readonly durationMs: number;
  readonly samples: number;
  readonly leftOut: number;
  /** Why nothing of it was taken. */
  readonly reason?: string;
  /** Lines that could not be read. */
  readonly unread: number;
  readonly problems: readonly ExpositionProblem[];
};

export const accept = [
  "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.8",
  "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.7",
  "text/plain;version=0.0.4;q=0.6",
  "*/*;q=0.1",
].join(",");

type Entry = { readonly left: true } | { readonly left?: undefined; readonly labels: Labels };
type Pending = {
  readonly series: string;
  readonly entry: Entry & { readonly labels: Labels };
  readonly value: number;
  readonly timeMs: number | undefined;
};

const mostKnown = 50_000;

/** Looks at one target again and again. All of an answer is taken, or nothing. */
export function createTargetScraper(target: ScrapeTarget, store: MetricStore, limits: ScrapeLimits) {
  const origin = createOrigin(store);
  const about = createOrigin(store);
  const known = new Map<string, Entry | string>();
  const leaveOut = new Set(
    (target.leaveOut ?? []).flatMap((name) => [name, ...["_bucket", "_sum", "_count", "_total"].map((end) => name + end)]),
  );

  /** What a series of its text is here; a sentence when it is none. */
  function entryOf(series: string): Entry | string {
    let entry = known.get(series);
    if (entry === undefined) {
      const parsed = parseSeries(series);
      if (!parsed.ok) entry = parsed.message;
      else
        entry = leaveOut.has(parsed.labels["__name__"] ?? "")
          ? { left: true }
          : { labels: withLabels(parsed.labels, target.labels) };
      if (known.size >= mostKnown) known.clear();
      known.set(series, entry);
    }
    return entry;
  }

  function tell(timeMs: number, values: Readonly<Record<string, number>>): void {
    about.begin(timeMs);
    for (const [name, value] of Object.entries(values)) about.put(name, () => ({ __name__: name, ...target.labels }), value);
    about.finish();
  }

  return {
    target,
    async look(nowMs: number): Promise<TargetView> {
      const begun = performance.now();
      const pending: Pending[] = [];
      let leftOut = 0;
      let reason: string | undefined;
      let problems: readonly ExpositionProblem[] = [];
      let unread = 0;
      try {
        const { text, contentType } = await fetchText(target.port, target.path, accept, limits);
        const sample = (series: string, value: number, timeMs: number | undefined): string | undefined => {
          const entry = entryOf(series);
          if (typeof entry === "string") return entry;
          if (entry.left) leftOut += 1;
          else pending.push({ series, entry, value, timeMs });
          return undefined;
        };
        const format = contentType.startsWith("application/openmetrics-text") ? "openmetrics" : "classic";
        const read = readExposition(text, { sample }, { format, limits: { maxSamples: limits.maxSamples } });
        ({ problems, unread } = read);
        reason = read.incomplete;
        if (reason === undefined && read.samples === 0 && unread > 0) reason = "it shows no metrics";
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
      const durationMs = performance.now() - begun;
      const up = reason === undefined;
      if (up) {
        origin.begin(nowMs);
        for (const { series, entry, value, timeMs } of pending)
          if (timeMs === undefined) origin.put(series, () => entry.labels, value);
          else origin.putAt(series, () => entry.labels, value, timeMs);
        origin.finish();
      } else origin.end(nowMs);
      if (up || target.asked !== false)
        tell(nowMs, {
          up: up ? 1 : 0,
          scrape_duration_seconds: Math.round(durationMs * 1_000) / 1e6,
          scrape_samples_scraped: up ? pending.length : 0,
        });
      const samples = up ? pending.length : 0;
      return {
        target,
        up,
        atMs: nowMs,
        durationMs,
        samples,
        leftOut,
        unread,
        problems,
        ...(reason === undefined ? {} : { reason }),
      };
    },
    /** The target is gone. */
    end(nowMs: number): void {
      origin.end(nowMs);
      about.end(nowMs);
    },
  };
}

/** What a target says of itself never passes for what it is: it is kept as `exported_…`. */
function withLabels(own: Labels, added: Labels): Labels {
  const kept = Object.entries(own).map(([name, value]) => [Object.hasOwn(added, name) ? `exported_${name}` : name, value]);
  return Object.fromEntries([...kept, ...Object.entries(added)]);
}
