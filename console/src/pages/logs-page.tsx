import { levels, useChosenEnvironment, useLogs } from "../live/asked.ts";
import { setQuery, useRoute } from "../router.ts";
import { Note, Shown } from "../ui/note.tsx";
import { EnvironmentChoice, QueryChoice, QuerySearch } from "../ui/query.tsx";
import { LogLines } from "./log-lines.tsx";
import { TracePanel } from "./trace-panel.tsx";

/** What services wrote, and beside it the trace of the request that a line belongs to. */
export function LogsPage() {
  const { query } = useRoute();
  const { environment, names, services } = useChosenEnvironment();
  const said = (name: string) => query.get(name) ?? "";
  const trace = said("trace");
  const filter = {
    environment,
    service: said("service"),
    level: said("level"),
    text: said("text"),
    trace: said("only") === "" ? "" : trace,
    requests: said("requests") !== "",
  };
  const lines = useLogs(filter);
  return (
    <>
      <h1>Logs and traces</h1>
      <div className="bar">
        <EnvironmentChoice value={environment} names={names} all={false} />
        <QueryChoice name="service" label="Service" any="all services" value={filter.service} options={services} />
        <QueryChoice
          name="level"
          label="Level"
          any="every level"
          value={filter.level}
          options={levels}
          textOf={(level) => `${level} and worse`}
        />
        <QuerySearch name="text" label="With this in the line" placeholder="text …" />
        <label className="check">
          <input
            type="checkbox"
            checked={filter.requests}
            onChange={(event) => setQuery({ requests: event.target.checked ? "yes" : undefined })}
          />{" "}
          requests
        </label>
      </div>
      <div className={trace === "" ? "" : "beside"}>
        <Shown kept={lines}>
          {(all) => (all.length === 0 ? <Note>No line fits.</Note> : <LogLines lines={all} trace={trace} />)}
        </Shown>
        {trace !== "" && <TracePanel environment={environment} trace={trace} only={filter.trace !== ""} />}
      </div>
    </>
  );
}
