import { useEnvironments, useReleases } from "../live/asked.ts";
import { linkTo, useRoute } from "../router.ts";
import { EnvironmentCard } from "../overview/environment-card.tsx";
import { versionsIn } from "../overview/versions.ts";
import { List } from "../ui/list.tsx";
import { Note, Shown } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { State } from "../ui/status.tsx";
import { ServicePanel } from "./service-panel.tsx";

export function EnvironmentPage({ environment }: { readonly environment: string }) {
  const kept = useEnvironments();
  const releases = useReleases().value ?? [];
  const wanted = useRoute().query.get("service");
  return (
    <>
      <div className="bar">
        <h1>{environment}</h1>
        <span className="links small">
          <a href={linkTo("releases", {}, { environment })}>releases</a>{" "}
          <a href={linkTo("events", {}, { environment })}>events</a> <a href={linkTo("alerts", {}, { environment })}>alerts</a>{" "}
          <a href={linkTo("logs", {}, { environment })}>logs</a> <a href={linkTo("rehearsals", {}, { environment })}>rehearse</a>{" "}
          <a href={linkTo("spec", {}, { environment })}>spec</a>
        </span>
      </div>
      <Shown kept={kept}>
        {(all) => {
          const one = all.find((each) => each.environment === environment);
          if (one === undefined) return <Note>Nothing of that name is up here.</Note>;
          const first = one.services.filter(({ service }) => service === wanted);
          const others = one.services.filter(({ service }) => service !== wanted);
          return (
            <>
              <div className="cards">
                <EnvironmentCard one={one} releases={releases} />
                {one.unwatched !== undefined && (
                  <Note tone="warn">
                    {one.unwatched.problems.join(" ")}
                    {one.unwatched.rules > 0 && ` ${one.unwatched.rules} rules of the spec cannot be told here.`}
                  </Note>
                )}
              </div>
              {[...first, ...others].map((service) => (
                <ServicePanel
                  key={service.service}
                  environment={environment}
                  service={service}
                  versions={versionsIn(releases)}
                  charts={service.service === wanted || one.services.length === 1}
                />
              ))}
              {one.resources.length > 0 && (
                <Panel title="Resources">
                  <List heads={["Resource", "State", "Port"]}>
                    {one.resources.map(({ name, state, port }) => (
                      <tr key={name}>
                        <td data-label="Resource">{name}</td>
                        <td data-label="State">
                          <State state={state} />
                        </td>
                        <td data-label="Port" className="number">
                          {port ?? "–"}
                        </td>
                      </tr>
                    ))}
                  </List>
                </Panel>
              )}
            </>
          );
        }}
      </Shown>
    </>
  );
}
