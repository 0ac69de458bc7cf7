import type { EnvironmentStatus } from "../live/views.ts";
import { linkTo } from "../router.ts";
import type { Versions } from "../overview/versions.ts";
import { Panel } from "../ui/panel.tsx";
import { State } from "../ui/status.tsx";
import { countText } from "../words/numbers.ts";
import { momentText } from "../words/time.ts";
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
  return (
    <Panel
      title={title}
      beside={
        <span className="small">
          <State state={service.state} /> <span className="quiet">{kind}</span>{" "}
          <a href={linkTo("logs", {}, { environment, service: service.service })}>logs</a>
        </span>
      }
    >
      {reason !== undefined && <p className="note bad">{reason}</p>}
      <table className="list">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Revision</th>
            <th scope="col">Traffic</th>
            <th scope="col">State</th>
            <th scope="col">Replicas</th>
            <th scope="col">In flight</th>
            <th scope="col">Restarts</th>
          </tr>
        </thead>
        <tbody>
          {revisions.map((one) => (
            <tr key={one.revision}>
              <td data-label="Version">{versions(environment, one.revision)}</td>
              <td data-label="Revision">
                <code>{one.revision}</code>
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
        </tbody>
      </table>
      <p className="quiet small">
        {requests !== undefined && `${countText(requests, "request")}, ${errors} failed, since the gateway was started. `}
        {next !== undefined && `Runs next ${momentText(next)}. `}
        {url !== undefined && (
          <a href={url} target="_blank" rel="noreferrer">
            {url.replace(/^https?:\/\//, "")} <span aria-hidden="true">↗</span>
          </a>
        )}
      </p>
      {charts && requests !== undefined && <ServiceCharts environment={environment} service={service.service} />}
    </Panel>
  );
}
