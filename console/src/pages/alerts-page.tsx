import { useState } from "react";
import type { AlertView } from "../live/views.ts";
import { useAlerts, useChosenEnvironment, useSilences, useSlos } from "../live/asked.ts";
import { EnvironmentChoice } from "../rollout/releases-page.tsx";
import { Ago } from "../ui/ago.tsx";
import { BudgetBar } from "../ui/budget-bar.tsx";
import { Note, Shown } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { State, Status } from "../ui/status.tsx";
import { numberText, shareText } from "../words/numbers.ts";
import { spanText } from "../words/time.ts";
import { SilenceDialog } from "./silence-dialog.tsx";
import { EndSilence } from "./end-silence.tsx";

const order = ["firing", "pending", "unknown", "inactive"];

export function AlertsPage() {
  const { environment, names } = useChosenEnvironment();
  const alerts = useAlerts(environment);
  const slos = useSlos(environment);
  const silences = useSilences(environment);
  const [silencing, setSilencing] = useState<AlertView | undefined>();
  return (
    <>
      <div className="bar">
        <h1>Alerts and promises</h1>
        <EnvironmentChoice value={environment} names={names} all={false} />
      </div>
      <Panel title="Promises">
        <Shown kept={slos}>
          {(all) =>
            all.length === 0 ? (
              <Note>Nothing is promised here.</Note>
            ) : (
              <ul className="slos">
                {all.map((one) => (
                  <li key={one.name}>
                    <span className="line">
                      <strong>{one.name}</strong>
                      <span>
                        {one.good === undefined ? "nothing was asked yet" : `${shareText(one.good)} good`}
                        <span className="quiet">
                          {" "}
                          of {shareText(one.target)} promised over {spanText(one.windowMs)}
                        </span>
                      </span>
                    </span>
                    {one.budgetLeft !== undefined && <BudgetBar left={one.budgetLeft} />}
                    <p className="quiet small">
                      {one.bad} of {numberText(one.total)} were bad. Burn:{" "}
                      {one.burn
                        .map(({ windowMs, rate }) => `${spanText(windowMs)} ${rate === undefined ? "–" : `${numberText(rate)}×`}`)
                        .join(" · ")}
                      {one.exhaustedInMs !== undefined &&
                        `. At the rate of the last hour it is gone in ${spanText(one.exhaustedInMs)}`}
                      .
                    </p>
                  </li>
                ))}
              </ul>
            )
          }
        </Shown>
      </Panel>
      <Panel title="Alerts">
        <Shown kept={alerts}>
          {(all) => {
            const sorted = all.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
            if (sorted.length === 0) return <Note>No alert is defined here.</Note>;
            return (
              <table className="list">
                <thead>
                  <tr>
                    <th scope="col">Alert</th>
                    <th scope="col">State</th>
                    <th scope="col">Since</th>
                    <th scope="col">Tells</th>
                    <th scope="col">
                      <span className="hidden">Verbs</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {sorted.map((one) => (
                    <AlertRow key={one.id} alert={one} onSilence={() => setSilencing(one)} />
                  ))}
                </tbody>
              </table>
            );
          }}
        </Shown>
      </Panel>
      <Panel title="Silences">
        <Shown kept={silences}>
          {(all) =>
            all.length === 0 ? (
              <Note>Nothing is silent.</Note>
            ) : (
              <ul className="gates">
                {all.map(({ id, matchers, reason, author, when, active }) => (
                  <li key={id}>
                    <span className="line">
                      <span>
                        <Status tone={active ? "warn" : "quiet"}>{active ? "silent" : "not now"}</Status>{" "}
                        <code>{matchers.join(", ")}</code> {when}
                      </span>
                      <EndSilence environment={environment} id={id} />
                    </span>
                    <p className="small quiet">
                      {author}: {reason}
                    </p>
                  </li>
                ))}
              </ul>
            )
          }
        </Shown>
      </Panel>
      {silencing !== undefined && (
        <SilenceDialog environment={environment} alert={silencing} onClose={() => setSilencing(undefined)} />
      )}
    </>
  );
}

function AlertRow({ alert, onSilence }: { readonly alert: AlertView; readonly onSilence: () => void }) {
  const { name, severity, state, expr, forMs, to, instances, problem, runbook } = alert;
  const since = instances.map((one) => one.since).toSorted()[0];
  return (
    <tr>
      <td data-label="Alert">
        <strong>{name}</strong> <span className="quiet small">{severity}</span>
        <p className="small quiet">
          <code>{expr}</code>
          {forMs > 0 && ` for ${spanText(forMs)}`}
        </p>
        {instances.map((one) => (
          <p key={one.fingerprint} className="small">
            {Object.entries(one.labels)
              .filter(([label]) => label !== "alertname")
              .map(([label, value]) => `${label}=${value}`)
              .join(" ")}{" "}
            = {one.value}
            {one.silencedBy !== undefined && ", silenced"}
            {one.acknowledgedBy !== undefined && `, ${one.acknowledgedBy} has it in hand`}
          </p>
        ))}
        {problem !== undefined && <p className="small">{problem}</p>}
      </td>
      <td data-label="State">
        <State state={state} />
      </td>
      <td data-label="Since">{since === undefined ? "–" : <Ago at={since} />}</td>
      <td data-label="Tells">
        {to.join(", ")}
        {runbook !== undefined && <p className="small">{runbook}</p>}
      </td>
      <td>
        <button type="button" onClick={onSilence} aria-label={`Silence ${name}`}>
          Silence
        </button>
      </td>
    </tr>
  );
}
