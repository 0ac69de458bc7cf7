import { useChosenEnvironment } from "../live/asked.ts";
import { useRehearsals } from "../live/rehearsals.ts";
import { linkTo } from "../router.ts";
import { Ago, Lasting } from "../ui/ago.tsx";
import { List } from "../ui/list.tsx";
import { Note, Shown } from "../ui/note.tsx";
import { Only } from "../ui/only.tsx";
import { Panel } from "../ui/panel.tsx";
import { EnvironmentChoice } from "../ui/query.tsx";
import { RehearseForm } from "./rehearse-form.tsx";
import { RehearsalState } from "./rehearsal-state.tsx";
import { faultText, trafficText } from "./words.ts";

/** What an environment's policy would do to a release, tried a thousand times before anybody is hit. */
export function RehearsalsPage() {
  const { environment, names } = useChosenEnvironment();
  const kept = useRehearsals(environment);
  const running = kept.value?.find(({ state }) => state === "running");
  return (
    <>
      <div className="bar">
        <h1>Rehearsals</h1>
        <EnvironmentChoice value={environment} names={names} all={false} />
      </div>
      <Panel title={`Rehearse a release to ${environment === "" ? "…" : environment}`}>
        <p>
          How many users does a bad release hit, how long until it is taken back, and how often is a good one stopped by mistake?
          The policy of {environment} answers, as it is up now, on a virtual clock: nothing that runs is touched.
        </p>
        <Only right="release" environment={environment} does="to begin a rehearsal">
          {environment !== "" && <RehearseForm key={environment} environment={environment} running={running} />}
        </Only>
      </Panel>
      <Panel title="Earlier ones" beside={<span className="quiet small">the last twenty are kept</span>}>
        <Shown kept={kept}>
          {(all) =>
            all.length === 0 ? (
              <Note>Nothing was rehearsed here yet.</Note>
            ) : (
              <List heads={["What was wrong", "Traffic", "State", "By", "Begun", "Took"]}>
                {all.map((one) => (
                  <tr key={one.id}>
                    <td data-label="What was wrong">
                      <a href={linkTo("rehearsal", { environment, id: one.id })}>{faultText(one.faults)}</a>
                      {one.services.length > 0 && <span className="quiet small"> in {one.services.join(", ")}</span>}
                    </td>
                    <td data-label="Traffic">{trafficText(one.traffic)}</td>
                    <td data-label="State">
                      <RehearsalState of={one} />
                    </td>
                    <td data-label="By">{one.by.name}</td>
                    <td data-label="Begun">
                      <Ago at={one.beganAt} />
                    </td>
                    <td data-label="Took" className="number">
                      <Lasting
                        sinceMs={Date.parse(one.beganAt)}
                        untilMs={one.endedAt === undefined ? undefined : Date.parse(one.endedAt)}
                      />
                    </td>
                  </tr>
                ))}
              </List>
            )
          }
        </Shown>
      </Panel>
    </>
  );
}
