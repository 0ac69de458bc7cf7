import { useReleases } from "../live/asked.ts";
import { linkTo, useRoute } from "../router.ts";
import { Ago, Lasting } from "../ui/ago.tsx";
import { List } from "../ui/list.tsx";
import { Note, Shown } from "../ui/note.tsx";
import { EnvironmentChoice } from "../ui/query.tsx";
import { State } from "../ui/status.tsx";

export function ReleasesPage() {
  const environment = useRoute().query.get("environment") ?? "";
  const kept = useReleases();
  return (
    <>
      <div className="bar">
        <h1>Releases</h1>
        <EnvironmentChoice value={environment} names={[...new Set(kept.value?.map((one) => one.environment))]} />
      </div>
      <Shown kept={kept}>
        {(all) => {
          const shown = all.filter((one) => environment === "" || one.environment === environment);
          if (shown.length === 0)
            return (
              <Note>
                Nothing was released {environment === "" ? "" : `to ${environment} `}yet.{" "}
                <code>gantry release --to &lt;environment&gt;</code> begins one, by the policy of the spec.
              </Note>
            );
          return (
            <List heads={["Release", "State", "Strategy", "By", "Begun", "Took"]}>
              {shown.map((one) => (
                <tr key={one.id}>
                  <td data-label="Release">
                    <a href={linkTo("release", { environment: one.environment, id: one.id })}>{one.title}</a>
                    {one.attempt > 1 && <span className="quiet small"> attempt {one.attempt}</span>}
                    {one.because !== undefined && <p className="small quiet">{one.because}</p>}
                  </td>
                  <td data-label="State">
                    <State state={one.phase} />
                    {one.phase === "progressing" && <span className="quiet small"> {`step ${one.at + 1} of ${one.steps}`}</span>}
                  </td>
                  <td data-label="Strategy">{one.strategy}</td>
                  <td data-label="By">{one.startedBy.name}</td>
                  <td data-label="Begun">
                    <Ago at={one.startedAtMs} />
                  </td>
                  <td data-label="Took" className="number">
                    <Lasting sinceMs={one.startedAtMs} untilMs={one.endedAtMs} />
                  </td>
                </tr>
              ))}
            </List>
          );
        }}
      </Shown>
    </>
  );
}
