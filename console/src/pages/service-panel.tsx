import { useState } from "react";
import { useMay } from "../live/may.ts";
import type { EnvironmentStatus } from "../live/views.ts";
import { linkTo } from "../router.ts";
import type { Versions } from "../overview/versions.ts";
import { Copyable } from "../ui/copyable.tsx";
import { List } from "../ui/list.tsx";
import { Panel } from "../ui/panel.tsx";
import { State } from "../ui/status.tsx";
import { countText, numberText } from "../words/numbers.ts";
import { momentText } from "../words/time.ts";
import { RestartDialog } from "./restart-dialog.tsx";
import { memberPath } from "./spec-path.ts";
import { ServiceCharts } from "./service-charts.tsx";

type Service = EnvironmentStatus["services"][number];

export function ServicePanel({
  environment,
  service,
  versions,
  charts,
  title = service.service,
}: {
  readonly environment: string;
  readonly service: Service;
  readonly versions: Versions;
  readonly charts: boolean;
  readonly title?: string;
}) {
  const { revisions, reason, url, next, requests, errors = 0, kind } = service;
  const [all, setAll] = useState(false);
  const may = useMay("operate", environment) === true;
  const [restarts, setRestarts] = useState(false);
  // What rests since is there for those who look for it.
  const resting = revisions.filter(({ weight, replicas }) => weight === 0 && replicas === 0);
  const serving = all || resting.length === revisions.length ? revisions : revisions.filter((one) => !resting.includes(one));
  return (
    <Panel
      title={title}
      beside={
        <span className="small">
          <State state={service.state} /> <span className="quiet">{kind}</span>{" "}
          <a href={linkTo("logs", {}, { environment, service: service.service })}>logs</a>{" "}
          <a href={linkTo("spec", {}, { environment, at: memberPath("services", service.service) })}>spec</a>{" "}
          {may && kind !== "cron" && (
            <button type="button" className="small" onClick={() => setRestarts(true)} aria-label={`Restart ${service.service}`}>
              Restart
            </button>
          )}
        </span>
      }
    >
      {reason !== undefined && <p className="note bad">{reason}</p>}
      <List heads={["Version", "Revision", "Traffic", "State", "Replicas", "In flight", "Restarts"]}>
        {serving.map((one) => (
          <tr key={one.revision}>
            <td data-label="Version">{versions(environment, one.revision)}</td>
            <td data-label="Revision">
              <Copyable text={one.revision} of={`the revision ${one.revision}`} />
            </td>
            <td data-label="Traffic" className="number">
              {one.weight} %
            </td>
            <td data-label="State">
              <State state={one.state} />
            </td>
            <td data-label="Replicas" className="number">
              {one.ready} of {one.replicas} ready, at most {one.most}
            </td>
            <td data-label="In flight" className="number">
              {one.inFlight}
            </td>
            <td data-label="Restarts" className="number">
              {one.restarts}
            </td>
          </tr>
        ))}
      </List>
      {resting.length > 0 && resting.length < revisions.length && (
        <button type="button" className="plain small" onClick={() => setAll(!all)}>
          {all ? "Only what runs" : `${countText(resting.length, "older revision")} at rest`}
        </button>
      )}
      <p className="quiet small">
        {requests !== undefined &&
          `${countText(requests, "request")}, ${numberText(errors)} failed, since the gateway was started. `}
        {next !== undefined && `Runs next ${momentText(next)}. `}
        {url !== undefined && (
          <a href={url} target="_blank" rel="noreferrer">
            {url.replace(/^https?:\/\//, "")} <span aria-hidden="true">↗</span>
          </a>
        )}
      </p>
      {restarts && <RestartDialog environment={environment} service={service.service} onClose={() => setRestarts(false)} />}
      {charts && requests !== undefined && <ServiceCharts environment={environment} service={service.service} />}
    </Panel>
  );
}
