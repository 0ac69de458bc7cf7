import type { ReleaseView } from "../live/views.ts";
import { type ComparisonState, harmOf, neededForHarm, safetyOf, type Shown } from "../../../src/delivery/compare/comparison.ts";
import { asOdds } from "../../../src/delivery/compare/words.ts";
import { EvidenceBar } from "../ui/evidence-bar.tsx";
import { List } from "../ui/list.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { Status } from "../ui/status.tsx";
import { numberText, shareText } from "../words/numbers.ts";
import { spanText } from "../words/time.ts";

/** The new revision against the old one, at the same time: what was counted, and how strong the evidence is by now. */
export function Comparisons({ release }: { readonly release: ReleaseView }) {
  return Object.entries(release.compared).flatMap(([service, state]) =>
    isComparison(state) ? [<ComparisonPanel key={service} service={service} state={state} release={release} />] : [],
  );
}

/** A newer server may count in another way: then its verdict among the gates is all there is. */
function isComparison(state: unknown): state is ComparisonState {
  return typeof state === "object" && state !== null && "version" in state && state.version === 1;
}

function ComparisonPanel({
  service,
  state,
  release,
}: {
  readonly service: string;
  readonly state: ComparisonState;
  readonly release: ReleaseView;
}) {
  const harm = neededForHarm(state.rules);
  const safety = 1 / state.rules.beta;
  if (state.windows === 0)
    return (
      <Panel title={`${service}: new against old`}>
        <Note>
          Nothing was counted{release.endedAtMs === undefined ? " yet" : ""}: the two are compared while they share the traffic,
          after a warm-up of {spanText(state.rules.warmUpMs)}.
        </Note>
      </Panel>
    );
  return (
    <Panel
      title={`${service}: new against old`}
      beside={
        <span className="quiet small">
          {state.windows} windows, {spanText(state.countedMs)} counted
        </span>
      }
    >
      {state.failed !== undefined && (
        <p>
          <Status tone="bad">worse</Status> {label(state.failed)}: {asOdds(state.failed.evidence)} for it.
        </p>
      )}
      <List heads={["Measure", "New", "Old", `That it is no harm (${asOdds(safety)} decides)`]} as="compare">
        {safetyOf(state).map((one) => (
          <tr key={label(one)}>
            <td data-label="Measure">{label(one)}</td>
            <td data-label="New">
              {share(one.counts.canaryEvents, one.counts.canary)}
              <span className="quiet small"> of {numberText(one.counts.canary)}</span>
            </td>
            <td data-label="Old">
              {share(one.counts.baselineEvents, one.counts.baseline)}
              <span className="quiet small"> of {numberText(one.counts.baseline)}</span>
            </td>
            <td data-label="No harm">
              <EvidenceBar evidence={one.evidence} needed={safety} tone="good" says={asOdds(one.evidence)} />
            </td>
          </tr>
        ))}
      </List>
      <h3>That it is worse ({asOdds(harm)} decides, whenever that is)</h3>
      <ul className="evidence">
        {harmOf(state).map((one) => (
          <li key={one.measure}>
            <span>{one.measure}</span>
            <EvidenceBar evidence={one.evidence} needed={harm} tone="bad" says={asOdds(one.evidence)} />
          </li>
        ))}
      </ul>
      <p className="quiet small">
        Tolerated: odds up to {numberText(state.rules.tolerance)} times as high; harm: {numberText(state.rules.harmful)} times.
        False alarms {shareText(state.rules.alpha)}, misses {shareText(state.rules.beta)}.
      </p>
    </Panel>
  );
}

function label({ measure, threshold }: Shown): string {
  return threshold === undefined ? measure : `slower than ${numberText(threshold.ms)} ms (${threshold.of})`;
}

function share(events: number, requests: number): string {
  return requests === 0 ? "–" : shareText(events / requests);
}
