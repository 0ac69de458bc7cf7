import type { ReleaseView } from "../live/views.ts";
import { useRelease } from "../live/asked.ts";
import { Ago, Lasting } from "../ui/ago.tsx";
import { sentence, Shown } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { State } from "../ui/status.tsx";
import { numberText } from "../words/numbers.ts";
import { Comparisons } from "./comparisons.tsx";
import { Gates } from "./gates.tsx";
import { Record } from "./record.tsx";
import { Steps } from "./steps.tsx";
import { TrafficCharts } from "./traffic-charts.tsx";
import { VerbBar } from "./verb-bar.tsx";
import { Weights } from "./weights.tsx";

export function ReleasePage({ environment, id }: { readonly environment: string; readonly id: string }) {
  const kept = useRelease(environment, id);
  return <Shown kept={kept}>{(release) => <ReleaseShown release={release} />}</Shown>;
}

function ReleaseShown({ release }: { readonly release: ReleaseView }) {
  const { title, phase, startedBy, startedAtMs, endedAtMs, because, says, id, attempt } = release;
  const moves = endedAtMs === undefined;
  return (
    <>
      <div className="bar">
        <h1>{title}</h1>
        <State state={phase} />
      </div>
      <p className="quiet small">
        <code>{id}</code>
        {attempt > 1 && `, attempt ${attempt}`}, begun by {startedBy.name} <Ago at={startedAtMs} />, {moves ? "for " : "took "}
        <Lasting sinceMs={startedAtMs} untilMs={endedAtMs} />
      </p>
      {because !== undefined && (
        <p className={`note ${phase === "degraded" || phase === "reverting" ? "bad" : "warn"}`}>{sentence(because)}</p>
      )}
      <VerbBar release={release} />
      <Steps release={release} />
      <div className="columns">
        <Panel title="Traffic">
          <Weights release={release} />
          <Exposure release={release} />
        </Panel>
        <Panel title="Gates">
          <Gates release={release} />
        </Panel>
      </div>
      <Comparisons release={release} />
      <TrafficCharts release={release} />
      <div className="columns">
        <Panel title="What was decided">
          <Record release={release} />
        </Panel>
        <Panel title="The plan">
          <p className="plan">{says.trim()}</p>
        </Panel>
      </div>
    </>
  );
}

function Exposure({ release }: { readonly release: ReleaseView }) {
  const seen = Object.entries(release.exposure).filter(([, { requests }]) => requests > 0);
  return (
    <p className="small">
      {seen.length === 0
        ? "No request was answered by the new revisions yet."
        : seen
            .map(
              ([service, { requests, errors }]) =>
                `The new ${service} has answered ${numberText(requests)} requests, and failed ${numberText(errors)} of them.`,
            )
            .join(" ")}
    </p>
  );
}
