import { lazy, Suspense } from "react";
import { useRanges } from "../live/asked.ts";
import { shortRevision } from "../overview/versions.ts";
import { numbersOf, trafficOf } from "../rollout/traffic-of.ts";
import { Note } from "../ui/note.tsx";

const Chart = lazy(async () => ({ default: (await import("../ui/chart.tsx")).Chart }));
const mostRevisions = 5;

/** The last quarter of an hour, a line for each revision. */
export function ServiceCharts({ environment, service }: { readonly environment: string; readonly service: string }) {
  const charts = trafficOf(service);
  const kept = useRanges(
    environment,
    charts.map(({ expr }) => expr),
    15 * 60_000,
  );
  return (
    <Suspense fallback={<Note>Looking …</Note>}>
      <div className="charts">
        {charts.map(({ title, unit }, index) => (
          <Chart
            key={title}
            title={title}
            unit={unit}
            lines={(kept.value?.[index]?.series ?? []).slice(0, mostRevisions).map((series, at) => ({
              name: shortRevision(series.labels["revision"] ?? ""),
              as: at,
              points: numbersOf(series),
            }))}
          />
        ))}
      </div>
    </Suspense>
  );
}
