import type { ReleaseView } from "../live/views.ts";
import { Ago } from "../ui/ago.tsx";
import { sentence } from "../ui/note.tsx";
import { Status, toneOf } from "../ui/status.tsx";

type Gate = ReleaseView["plan"]["watches"][number];

/** What this step asks before it goes on, and what takes the release back at any moment. */
export function Gates({ release }: { readonly release: ReleaseView }) {
  const { plan, at, asks } = release;
  const step = plan.steps[at];
  const ids = new Set([...(step?.gates ?? []), ...plan.watches].map(({ id }) => id));
  const earlier = Object.keys(release.answers).filter((id) => !ids.has(id));
  return (
    <>
      {step !== undefined && (
        <>
          <h3>{`To go on from ${step.name}`}</h3>
          {step.gates.length === 0 ? (
            <p className="quiet small">Nothing is asked here.</p>
          ) : (
            <GateList gates={step.gates} release={release} />
          )}
        </>
      )}
      {asks.length > 0 && (
        <ul className="gates">
          {asks.map(({ role, given, people, expiresAtMs }) => (
            <li key={role}>
              <Status tone="busy">{`waits for ${role}`}</Status>
              <p className="small">
                {given.length} of {people} have said yes{given.length > 0 && ` (${given.join(", ")})`}; asked until{" "}
                <Ago at={expiresAtMs} />.
              </p>
            </li>
          ))}
        </ul>
      )}
      <h3>Watched all along</h3>
      {plan.watches.length === 0 ? (
        <p className="quiet small">Nothing but its health.</p>
      ) : (
        <GateList gates={plan.watches} release={release} />
      )}
      {earlier.length > 0 && (
        <>
          <h3>Answered besides</h3>
          <GateList gates={earlier.map((id) => ({ gate: "", id, says: id }))} release={release} />
        </>
      )}
    </>
  );
}

function GateList({ gates, release }: { readonly gates: readonly Gate[]; readonly release: ReleaseView }) {
  return (
    <ul className="gates">
      {gates.map(({ id, says, gate }) => {
        const answer = release.answers[id];
        const skipped = release.skipped[id];
        return (
          <li key={id}>
            <span className="line">
              <span>{says}</span>
              {skipped === undefined ? (
                <Status tone={answer === undefined ? "quiet" : toneOf(answer.verdict)}>
                  {answer?.verdict ?? "not asked yet"}
                </Status>
              ) : (
                <Status tone="warn">skipped</Status>
              )}
            </span>
            {skipped !== undefined && <p className="small">{sentence(skipped)}</p>}
            {answer !== undefined && (
              <p className="small quiet">
                {sentence(answer.because)} <Ago at={answer.atMs} />
              </p>
            )}
            {gate === "compare" && answer === undefined && <p className="small quiet">The comparison below is what answers.</p>}
          </li>
        );
      })}
    </ul>
  );
}
