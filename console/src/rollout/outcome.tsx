import { knownBy } from "../../../src/api/known-by.ts";
import type { ReleaseView } from "../live/views.ts";
import { Ago } from "../ui/ago.tsx";
import { Facts } from "../ui/facts.tsx";
import { sentence } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { clockText, spanText } from "../words/time.ts";
import { Evidence } from "./evidence.tsx";
import { gatesIn } from "./gates-in.ts";
import { hitTexts } from "./hit.ts";
import { stepText, timesOf, turnedAt } from "./where-it-turned.ts";

/** What became of it, at a glance: what was promised, what was measured, who said no, when, and how many were hit. */
export function Outcome({ release }: { readonly release: ReleaseView }) {
  const { phase, because } = release;
  if (turnedAt(release) !== undefined) return <TakenBack release={release} />;
  if (phase === "healthy" || phase === "watching") return <Done release={release} />;
  return because === undefined ? null : <p className="note warn">{sentence(because)}</p>;
}

function TakenBack({ release }: { readonly release: ReleaseView }) {
  const { turned, because, phase, endedAtMs, said } = release;
  const at = turnedAt(release) ?? release.at;
  const gate = gatesIn(release).find(({ id }) => id === turned?.gate);
  const answer = turned?.answer ?? (turned?.gate === undefined ? undefined : said[turned.gate]);
  const by = turned?.by;
  const { sinceMs } = timesOf(release, at);
  const hit = hitTexts(release);
  const isOnItsWay = phase === "reverting";
  return (
    <Panel
      title={isOnItsWay ? `Goes back from ${stepText(release, at)}` : `Taken back at ${stepText(release, at)}`}
      className="outcome bad"
    >
      <Facts
        of={{
          "Said no":
            gate?.says ??
            (turned?.answer !== undefined ? "the comparison of the new version with the old one" : undefined) ??
            (by && `${by.name}${by.known === undefined ? "" : ` (${knownBy[by.known]})`}`),
          Promised: gate?.promise,
          [answer === undefined ? "Because" : "Measured"]: sentence(answer?.because ?? because ?? "it was given up"),
          When:
            turned === undefined ? undefined : (
              <>
                {clockText(turned.atMs)} UTC, <Ago at={turned.atMs} />
                {sinceMs !== undefined && `, ${spanText(turned.atMs - sinceMs)} after the step began`}
              </>
            ),
          Hit: hit.length === 0 ? "nobody: the new revisions answered no request" : sentence(hit.join("; ")),
          Now:
            isOnItsWay || endedAtMs === undefined ? (
              "the old revisions are being given the traffic back"
            ) : (
              <>
                back since {clockText(endedAtMs)} UTC
                {turned !== undefined && `, ${spanText(endedAtMs - turned.atMs)} after it was decided`}
              </>
            ),
        }}
      />
      {answer?.evidence !== undefined && <Evidence of={answer.evidence} />}
      {turned?.tail !== undefined && (
        <>
          <h3>What it said last</h3>
          <pre className="tail" tabIndex={0} aria-label="What it said last">
            {turned.tail.join("\n")}
          </pre>
        </>
      )}
    </Panel>
  );
}

function Done({ release }: { readonly release: ReleaseView }) {
  const { phase, switchedAtMs, said, full } = release;
  const asked = Object.values(said);
  const yes = asked.filter(({ verdict }) => verdict === "pass").length;
  const hit = hitTexts(release);
  return (
    <Panel title={phase === "watching" ? "Released; what was before stands by" : "Released"} className="outcome good">
      <Facts
        of={{
          Gates:
            full === undefined
              ? asked.length === 0
                ? "none was asked"
                : `${yes} of ${asked.length} that were asked said yes in the end`
              : `sent on past its gates: ${full}`,
          Answered: hit.length === 0 ? "no request was counted" : sentence(hit.join("; ")),
          Serves:
            switchedAtMs === undefined ? undefined : (
              <>
                all of the traffic since {clockText(switchedAtMs)} UTC, <Ago at={switchedAtMs} />
              </>
            ),
        }}
      />
    </Panel>
  );
}
