import { useState } from "react";
import { refresh } from "../live/resource.ts";
import { endRehearsal, useRehearsal } from "../live/rehearsals.ts";
import { useSaying } from "../live/use-saying.ts";
import type { RehearsalView } from "../live/views.ts";
import { go, linkTo } from "../router.ts";
import { Ago, Lasting } from "../ui/ago.tsx";
import { Copyable } from "../ui/copyable.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Note, sentence, Shown, TroubleNote } from "../ui/note.tsx";
import { Only } from "../ui/only.tsx";
import { Panel } from "../ui/panel.tsx";
import { numberText } from "../words/numbers.ts";
import { Advice } from "./advice.tsx";
import { CasePanel } from "./case-panel.tsx";
import { RehearsalState } from "./rehearsal-state.tsx";
import { faultText, trafficText } from "./words.ts";

export function RehearsalPage({ environment, id }: { readonly environment: string; readonly id: string }) {
  return <Shown kept={useRehearsal(environment, id)}>{(one) => <RehearsalShown one={one} />}</Shown>;
}

function RehearsalShown({ one }: { readonly one: RehearsalView }) {
  const { id, environment, state, faults, traffic, runs, done, by, beganAt, endedAt, because, report, seed, services } = one;
  const again = {
    environment,
    fault: faults.join(" "),
    traffic: traffic.join(" "),
    runs: String(runs),
  };
  return (
    <>
      <div className="bar">
        <h1>
          {faultText(faults)} at {trafficText(traffic)}, rehearsed for {environment}
        </h1>
        <RehearsalState of={one} />
      </div>
      <p className="quiet small">
        <Copyable text={id} of="the rehearsal's id" />
        begun by {by.name} <Ago at={beganAt} />, {endedAt === undefined ? "for " : "took "}
        <Lasting sinceMs={Date.parse(beganAt)} untilMs={endedAt === undefined ? undefined : Date.parse(endedAt)} />, seed {seed}
        {services.length > 0 && `, of ${services.join(", ")}`}
      </p>
      <div className="verbs">
        <Only right="release" environment={environment} does="to stop, forget or repeat it">
          <a className="button" href={linkTo("rehearsals", {}, again)}>
            Rehearse it again …
          </a>
          <EndButton one={one} />
        </Only>
        <a href={linkTo("rehearsals", {}, { environment })}>All rehearsals of {environment}</a>
      </div>
      {state === "running" && (
        <Panel title="Rehearsing">
          <progress value={done} max={runs} aria-label="Runs that were rehearsed" />
          <p className="small">
            {numberText(done)} of {numberText(runs)} runs. Each is a whole release on a virtual clock; the result comes when all
            are done.
          </p>
        </Panel>
      )}
      {because !== undefined && <Note tone={state === "failed" ? "bad" : "warn"}>{sentence(because)}</Note>}
      {state !== "running" && report === undefined && <Note>Nothing was rehearsed to its end.</Note>}
      {report?.cases.map((each) => (
        <CasePanel key={`${each.environment} ${each.policy ?? ""} ${each.faults.join(" ")} ${each.traffic}`} of={each} />
      ))}
      {report !== undefined && report.advice.length > 0 && <Advice of={report.advice} />}
      {report !== undefined && (
        <Panel title="How it was told">
          <p className="small">
            In brackets is where the truth lies with 95 % confidence, from {numberText(report.cases[0]?.summary.runs ?? done)}{" "}
            runs. The same comes of:
          </p>
          <p>
            <Copyable text={report.command} of="the command" />
          </p>
          {report.assumed.length > 0 && (
            <>
              <h3>Taken to be as it should be, for want of anything that measures it</h3>
              <ul className="dots small">
                {report.assumed.map((text) => (
                  <li key={text}>{text}</li>
                ))}
              </ul>
            </>
          )}
        </Panel>
      )}
    </>
  );
}

/** One that is going on is stopped, and keeps what it has; one that has ended is forgotten, which is asked about first. */
function EndButton({ one }: { readonly one: RehearsalView }) {
  const { id, environment, state } = one;
  const [asks, setAsks] = useState(false);
  const { busy, trouble, say } = useSaying();
  const isOn = state === "running";
  const end = () =>
    say(async (key) => {
      await endRehearsal(environment, id, key);
      setAsks(false);
      if (!isOn) go(linkTo("rehearsals", {}, { environment }));
      refresh("rehearsal");
    });
  return (
    <>
      <button type="button" disabled={busy} onClick={() => (isOn ? void end() : setAsks(true))}>
        {isOn ? "Stop" : "Forget"}
      </button>
      {trouble !== undefined && <TroubleNote detail={trouble.detail} hint={trouble.hint} />}
      {asks && (
        <Dialog title="Forget this rehearsal?" onClose={() => setAsks(false)}>
          <p>Its result is not kept. The same seed gives the same result again.</p>
          <div className="actions">
            <button type="button" className="grave main" disabled={busy} onClick={() => void end()}>
              Forget it
            </button>
            <button type="button" onClick={() => setAsks(false)}>
              Leave it
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
