import type { ReleaseView } from "../live/views.ts";
import { useRelease } from "../live/asked.ts";
import { linkTo } from "../router.ts";
import { Ago, Lasting } from "../ui/ago.tsx";
import { Copyable } from "../ui/copyable.tsx";
import { sentence, Shown } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { State } from "../ui/status.tsx";
import { Comparisons } from "./comparisons.tsx";
import { Gates } from "./gates.tsx";
import { hitTexts } from "./hit.ts";
import { Outcome } from "./outcome.tsx";
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
  const { title, phase, startedBy, startedAtMs, endedAtMs, says, id, attempt } = release;
  const moves = endedAtMs === undefined;
  return (
    <>
      <div className="bar">
        <h1>{title}</h1>
        <State state={phase} />
      </div>
      <p className="quiet small">
        <Copyable text={id} of="the release's id" />
        {attempt > 1 && `attempt ${attempt}, `}begun by {startedBy.name} <Ago at={startedAtMs} />, {moves ? "for " : "took "}
        <Lasting sinceMs={startedAtMs} untilMs={endedAtMs} />
      </p>
      <VerbBar release={release} />
      <Steps release={release} />
      <Outcome release={release} />
      <div className="columns">
        <Panel title={moves ? "Traffic" : "Traffic now"}>
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
        <Panel
          title="The plan"
          beside={
            <span className="links small">
              <a href={linkTo("spec", {}, { environment: release.environment, at: "release" })}>in the spec</a>
              <a href={linkTo("rehearsals", {}, { environment: release.environment })}>rehearse it</a>
            </span>
          }
        >
          <p className="plan">{says.trim()}</p>
        </Panel>
      </div>
    </>
  );
}

function Exposure({ release }: { readonly release: ReleaseView }) {
  const hit = hitTexts(release);
  return (
    <p className="small">{hit.length === 0 ? "No request was answered by the new revisions yet." : sentence(hit.join("; "))}</p>
  );
}
