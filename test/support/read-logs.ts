import { type LogOptions, historyOf, lastOf, merged } from "../../src/system/log-files.ts";
import { logFile, logsFor } from "../../src/system/log-folder.ts";
import { closeSeries, openSeries } from "../../src/system/log-series.ts";
import type { LogLine } from "../../src/wire/log-line.ts";

/** The lines of an environment's services in the order of time, over all files that there still are: what following them begins with. */
export async function readLogs(folder: string, options: LogOptions): Promise<readonly LogLine[]> {
  const each: (readonly LogLine[])[] = [];
  for (const service of await logsFor(folder, options)) {
    const series = await openSeries(logFile(folder, options.environment, service));
    try {
      each.push(await historyOf(series, options));
    } finally {
      await closeSeries(series);
    }
  }
  return lastOf(merged(each), options.limit);
}
