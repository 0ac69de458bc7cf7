import type { ReleaseView } from "../live/views.ts";
import { gatePath } from "../pages/spec-path.ts";
import { linkTo } from "../router.ts";
import { Ago } from "../ui/ago.tsx";
import { sentence } from "../ui/note.tsx";
import { Status, toneOf } from "../ui/status.tsx";
import { Evidence } from "./evidence.tsx";
import { gatesIn, type PlacedGate } from "./gates-in.ts";
import { turnedAt } from "./where-it-turned.ts";

/** What each step asks before it goes on, and what takes the release back at any moment; with what each said last. */
export function Gates({ release }: { readonly release: ReleaseView }) {
  const { plan, asks } = release;
  const gates = gatesIn(release);
  const known = new Set(gates.map(({ id }) => id));
  const watches = gates.filter((gate) => gate.watches);
  const others = Object.keys({ ...release.said, ...release.answers }).filter((id) => !known.has(id));
  return (
    <>
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
      {plan.steps.map(({ name }, index) => {
        const mine = gates.filter(({ steps }) => steps.includes(index));
        if (mine.length === 0) return null;
        const key = `${index} ${name}`;
        // What has been passed is there for those who want to know.
        if (
          index < release.at &&
          mine.every(({ id }) => release.said[id]?.verdict === "pass" && release.skipped[id] === undefined)
        )
          return (
            <details key={key} className="passed">
              <summary>
                <Status tone="good">{`${name}: ${mine.length === 1 ? "its gate" : `all ${mine.length} gates`} said yes`}</Status>
              </summary>
              <GateList gates={mine} release={release} />
            </details>
          );
        return (
          <section key={key}>
            <h3>{`To go on from ${name}`}</h3>
            <GateList gates={mine} release={release} />
          </section>
        );
      })}
      <h3>Watched all along</h3>
      {watches.length === 0 ? (
        <p className="quiet small">Nothing but its health.</p>
      ) : (
        <GateList gates={watches} release={release} />
      )}
      {others.length > 0 && (
        <>
          <h3>Done and answered besides</h3>
          <GateList
            gates={others.map((id) => ({ gate: "", id, says: id, steps: [], watches: false, promise: "" }))}
            release={release}
          />
        </>
      )}
    </>
  );
}

function GateList({ gates, release }: { readonly gates: readonly PlacedGate[]; readonly release: ReleaseView }) {
  return (
    <ul className="gates">
      {gates.map((gate, index) => (
        <GateLine key={gate.id} gate={gate} index={index} release={release} />
      ))}
    </ul>
  );
}

function GateLine({
  gate,
  index,
  release,
}: {
  readonly gate: PlacedGate;
  readonly index: number;
  readonly release: ReleaseView;
}) {
  const { id, says } = gate;
  const answer = release.answers[id] ?? release.said[id];
  const skipped = release.skipped[id];
  const step = release.said[id]?.step;
  const decided = release.turned?.gate === id;
  return (
    <li className={decided ? "decided" : ""} data-gate={id}>
      <span className="line">
        <span>
          {gate.gate === "" ? (
            says
          ) : (
            <a
              href={linkTo("spec", {}, { environment: release.environment, at: gatePath(gate, index) })}
              title="Its place in the spec"
            >
              {says}
            </a>
          )}
          {decided && <strong className="status bad"> took it back</strong>}
        </span>
        {skipped !== undefined ? (
          <Status tone="warn">skipped</Status>
        ) : answer === undefined ? (
          <Unanswered gate={gate} release={release} />
        ) : gate.gate === "approval" && answer.verdict === "inconclusive" ? (
          <Status tone="busy">waits</Status>
        ) : (
          <Status tone={toneOf(answer.verdict)}>{answer.verdict}</Status>
        )}
      </span>
      {skipped !== undefined && <p className="small">{sentence(skipped)}</p>}
      {answer !== undefined && (
        <div className="small quiet">
          {sentence(answer.because)} <Ago at={answer.atMs} />
          {gate.watches && step !== undefined && `, at ${release.plan.steps[step]?.name ?? "the end"}`}
          {answer.evidence !== undefined && gate.gate !== "approval" && <Evidence of={answer.evidence} />}
        </div>
      )}
    </li>
  );
}

/** A watch is asked at every look, and says something only when it objects, or when a bake ends. */
function Unanswered({ gate, release }: { readonly gate: PlacedGate; readonly release: ReleaseView }) {
  const { plan, at, phase } = release;
  const turned = turnedAt(release);
  const hadTraffic = plan.steps.slice(0, at + 1).some(({ weightPercent }) => weightPercent > 0);
  if (gate.watches && hadTraffic && phase !== "progressing" && phase !== "paused" && phase !== "watching")
    return <Status tone="quiet">did not object</Status>;
  if (gate.watches && hadTraffic) return <Status tone="busy">watches, no objection</Status>;
  if (turned !== undefined || release.endedAtMs !== undefined) return <Status tone="quiet">not asked</Status>;
  return <Status tone="quiet">not asked yet</Status>;
}
