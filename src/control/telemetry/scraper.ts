import type { MetricStore } from "../../signals/store/metric-store.ts";
import { createTargetScraper, type ScrapeLimits, type ScrapeTarget, type TargetView } from "./scrape-target.ts";

export type Scraper = {
  /** Looks once at every target that there is now. One that still answers an earlier look is not asked again. */
  round(): Promise<void>;
  views(): readonly TargetView[];
};

export type ScraperOptions = {
  readonly targets: () => readonly ScrapeTarget[];
  readonly storeOf: (environment: string) => MetricStore | undefined;
  readonly now: () => number;
  readonly limits?: Partial<ScrapeLimits>;
  readonly atOnce?: number;
};

const scrapeLimits: ScrapeLimits = { timeoutMs: 3_000, maxBytes: 8 * 2 ** 20, maxSamples: 20_000 };

/** Gets the metrics of all targets. */
export function createScraper(options: ScraperOptions): Scraper {
  const limits = { ...scrapeLimits, ...options.limits };
  const scrapers = new Map<
    string,
    { readonly store: MetricStore; readonly scraper: ReturnType<typeof createTargetScraper>; view?: TargetView; busy: boolean }
  >();

  return {
    async round() {
      const now = options.now();
      const wanted = new Map(options.targets().map((target) => [keyOf(target), target]));
      for (const [key, target] of wanted) {
        const store = options.storeOf(target.environment);
        if (!store) wanted.delete(key);
        else if (scrapers.get(key)?.store !== store)
          scrapers.set(key, { store, scraper: createTargetScraper(target, store, limits), busy: false });
      }
      for (const [key, { scraper }] of scrapers) {
        if (wanted.has(key)) continue;
        scraper.end(now);
        scrapers.delete(key);
      }
      const waiting = [...scrapers].filter(([, one]) => !one.busy);
      const work = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const [key, one] = next;
          one.busy = true;
          try {
            const atMs = options.now();
            one.view = await one.scraper.look(atMs);
            // It went while it was asked.
            if (scrapers.get(key) !== one) one.scraper.end(Math.max(options.now(), atMs + 1));
          } finally {
            one.busy = false;
          }
        }
      };
      await Promise.all(Array.from({ length: Math.min(options.atOnce ?? 8, waiting.length) }, work));
    },
    views: () => [...scrapers.values()].flatMap(({ view }) => view ?? []),
  };
}

function keyOf(target: ScrapeTarget): string {
  return JSON.stringify([target.environment, target.port, target.path, target.labels, target.leaveOut]);
}
