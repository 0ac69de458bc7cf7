import { useRanges } from "../live/asked.ts";
import type { QueryView, ReleaseView } from "../live/views.ts";
import type { Line } from "../ui/chart.tsx";
import { LateCharts } from "../ui/late-charts.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { numbersOf, trafficOf } from "./traffic-of.ts";

const rangeMs = 5 * 60_000;

/** What the new revision answers beside what the old one does, at the same moments. */
export function TrafficCharts({ release }: { readonly release: ReleaseView }) {
  // Of a release that is over the last minutes show others.
  if (release.endedAtMs !== undefined && Date.now() - release.endedAtMs > rangeMs) return null;
  return release.changes
    .filter(({ serves }) => serves)
    .map((change) => <ServiceTraffic key={change.service} environment={release.environment} change={change} />);
}

function ServiceTraffic({
  environment,
  change,
}: {
  readonly environment: string;
  readonly change: ReleaseView["changes"][number];
}) {
  const { service, from, to, version } = change;
  const charts = trafficOf(service);
  const kept = useRanges(
    environment,
    charts.map(({ expr }) => expr),
    rangeMs,
  );
  const linesOf = (answer: QueryView | undefined): readonly Line[] =>
    [
      { name: `new (${version})`, as: "new" as const, revision: to },
      ...(from === undefined ? [] : [{ name: "old", as: "old" as const, revision: from }]),
    ].map(({ name, as, revision }) => ({
      name,
      as,
      points: numbersOf(answer?.series.find(({ labels }) => labels["revision"] === revision)),
    }));
  return (
    <Panel title={`${service}: new beside old`} beside={<span className="quiet small">the last 5 minutes</span>}>
      {kept.trouble !== undefined && kept.value === undefined && <Note tone="warn">{kept.trouble.detail}</Note>}
      <LateCharts of={charts.map(({ title, unit }, index) => ({ title, unit, lines: linesOf(kept.value?.[index]) }))} />
    </Panel>
  );
}
