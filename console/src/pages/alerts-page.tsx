import { useState } from "react";
import type { AlertView } from "../live/views.ts";
import { acknowledge, endSilence } from "../live/say.ts";
import { useMay } from "../live/may.ts";
import { useAlerts, useChosenEnvironment, useSilences, useSlos } from "../live/asked.ts";
import { Ago } from "../ui/ago.tsx";
import { BudgetBar } from "../ui/budget-bar.tsx";
import { List } from "../ui/list.tsx";
import { Note, Shown } from "../ui/note.tsx";
import { Only } from "../ui/only.tsx";
import { Panel } from "../ui/panel.tsx";
import { EnvironmentChoice } from "../ui/query.tsx";
import { SayButton } from "../ui/say-button.tsx";
import { State, Status } from "../ui/status.tsx";
import { numberText, shareText } from "../words/numbers.ts";
import { spanText } from "../words/time.ts";
import { SpecLink } from "./spec-link.tsx";
import { SilenceDialog } from "./silence-dialog.tsx";

const order = ["firing", "pending", "unknown", "inactive"];

export function AlertsPage() {
  const { environment, names } = useChosenEnvironment();
  const alerts = useAlerts(environment);
  const slos = useSlos(environment);
  const silences = useSilences(environment);
  const may = useMay("operate", environment) === true;
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
                      <strong>
                        <SpecLink environment={environment} collection="slos" name={one.name} />
                      </strong>
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
                      {numberText(one.bad)} of {numberText(one.total)} were bad. Burn:{" "}
                      {one.burn
                        .map(({ windowMs, rate }) => `${spanText(windowMs)} ${rate === undefined ? "–" : `${numberText(rate)}×`}`)
                        .join(" · ")}
                      {one.exhaustedInMs !== undefined &&
                        one.exhaustedInMs > 0 &&
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
        <Only right="operate" environment={environment} does="to silence an alert or take it in hand" />
        <Shown kept={alerts}>
          {(all) => {
            const sorted = all.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
            if (sorted.length === 0) return <Note>No alert is defined here.</Note>;
            return (
              <List
                heads={[
                  "Alert",
                  "State",
                  "Since",
                  "Tells",
                  <span key="verbs" className="hidden">
                    Verbs
                  </span>,
                ]}
              >
                {sorted.map((one) => (
                  <AlertRow key={one.id} alert={one} onSilence={may ? () => setSilencing(one) : undefined} />
                ))}
              </List>
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
                      {may && (
                        <SayButton
                          title="End it"
                          does="Whoever is to be told of it is told again"
                          say={(key) => endSilence(environment, id, key)}
                          changes={["silences", "alerts"]}
                        />
                      )}
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

function AlertRow({ alert, onSilence }: { readonly alert: AlertView; readonly onSilence: (() => void) | undefined }) {
  const { name, severity, state, expr, forMs, to, instances, problem, runbook } = alert;
  const since = instances.map((one) => one.since).toSorted()[0];
  return (
    <tr>
      <td data-label="Alert">
        <strong>
          <SpecLink environment={alert.environment} collection="alerts" name={name} />
        </strong>{" "}
        <span className="quiet small">{severity}</span>
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
            {one.acknowledgedBy === undefined && onSilence === undefined ? null : one.acknowledgedBy === undefined ? (
              <>
                {" "}
                <SayButton
                  title="I have it"
                  does="Others see that somebody has it in hand"
                  say={(key) => acknowledge(alert.environment, one.fingerprint, key)}
                  changes={["alerts"]}
                />
              </>
            ) : (
              `, ${one.acknowledgedBy} has it in hand`
            )}
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
        {onSilence !== undefined && (
          <button type="button" onClick={onSilence} aria-label={`Silence ${name}`}>
            Silence
          </button>
        )}
      </td>
    </tr>
  );
}
