import { chunksOf, type Page } from "./pages.ts";
import type { Series } from "./series-samples.ts";

/**
 * Makes a page that was kept one of the store's: its chunks are those of the store's series, each behind the one before it. What
 * does not come after what is there is struck out; tells how many samples that were.
 */
export function adoptPage(page: Page, seriesOf: (id: number) => Series | undefined): number {
  let lost = 0;
  for (const { offset, chunk } of chunksOf(page)) {
    if (chunk.count === 0) continue;
    const series = seriesOf(chunk.series);
    if (!series || series.length > 0 || chunk.firstMs <= series.lastMs) {
      page.view.setUint16(offset + 12, 0, true);
      lost += chunk.count;
      continue;
    }
    page.view.setUint32(offset, series.id, true);
    page.view.setUint32(offset + 4, series.newest.page, true);
    page.view.setUint32(offset + 8, series.newest.offset, true);
    page.samples += chunk.count;
    page.lastMs = Math.max(page.lastMs, chunk.lastMs);
    series.newest = { page: page.number, offset };
    series.lastMs = chunk.lastMs;
  }
  return lost;
}
