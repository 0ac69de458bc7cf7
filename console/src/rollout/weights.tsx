import type { ReleaseView } from "../live/views.ts";
import { useEnvironments } from "../live/asked.ts";
import { SplitBar } from "../ui/split-bar.tsx";
import { State } from "../ui/status.tsx";
import { shortRevision } from "../overview/versions.ts";

/** What the gateway does now, and not what the plan says that it should. */
export function Weights({ release }: { readonly release: ReleaseView }) {
  const environment = useEnvironments().value?.find((one) => one.environment === release.environment);
  return (
    <ul className="weights">
      {release.changes.map(({ service, from, to, version }) => {
        const revisions = environment?.services.find((one) => one.service === service)?.revisions ?? [];
        const weightOf = (revision: string | undefined) => revisions.find((one) => one.revision === revision)?.weight ?? 0;
        const others = revisions.filter(({ revision, weight }) => weight > 0 && revision !== from && revision !== to);
        const next = revisions.find((one) => one.revision === to);
        return (
          <li key={service}>
            <span className="line">
              <strong>{service}</strong>
              <span>
                {from === undefined ? "first version" : <code title={from}>{shortRevision(from)}</code>}
                {" → "}
                <code title={to}>{version}</code>
              </span>
            </span>
            <SplitBar
              parts={[
                { name: "old", weight: weightOf(from), isNew: false },
                { name: "new", weight: weightOf(to), isNew: true },
                ...others.map(({ revision, weight }) => ({ name: revision, weight, isNew: false })),
              ]}
            />
            {others.length > 0 && (
              <span className="small quiet">
                {others.map(({ revision, weight }) => `${shortRevision(revision)} ${weight} %`).join(", ")}, which came since
              </span>
            )}
            <span className="line small">
              <span className="quiet">old {weightOf(from)} %</span>
              <span>
                {next === undefined ? (
                  <span className="quiet">new: does not run</span>
                ) : (
                  <>
                    new {next.weight} %, <State state={next.state} /> {next.ready} of {next.replicas} ready
                    {next.restarts > 0 && `, ${next.restarts} restarts`}
                  </>
                )}
              </span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
