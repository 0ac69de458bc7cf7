import { useRanges } from "../live/asked.ts";
import { shortRevision } from "../overview/versions.ts";
import { numbersOf, trafficOf } from "../rollout/traffic-of.ts";
import { LateCharts } from "../ui/late-charts.tsx";
import { Shown } from "../ui/note.tsx";

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
    <Shown kept={kept}>
      {(answers) => (
        <LateCharts
          of={charts.map(({ title, unit }, index) => ({
            title,
            unit,
            lines: (answers[index]?.series ?? []).slice(0, mostRevisions).map((series, at) => ({
              name: shortRevision(series.labels["revision"] ?? ""),
              as: at,
              points: numbersOf(series),
            })),
          }))}
        />
      )}
    </Shown>
  );
}
