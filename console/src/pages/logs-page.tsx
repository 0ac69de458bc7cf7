import { useChosenEnvironment, useLogs } from "../live/asked.ts";
import { setQuery, useRoute } from "../router.ts";
import { EnvironmentChoice } from "../rollout/releases-page.tsx";
import { Note, Shown } from "../ui/note.tsx";
import { LogLines } from "./log-lines.tsx";
import { TracePanel } from "./trace-panel.tsx";

const levels = ["debug", "info", "warn", "error"] as const;

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
        <select aria-label="Service" value={filter.service} onChange={(event) => setQuery({ service: event.target.value })}>
          <option value="">all services</option>
          {services.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <select aria-label="Level" value={filter.level} onChange={(event) => setQuery({ level: event.target.value })}>
          <option value="">every level</option>
          {levels.map((level) => (
            <option key={level} value={level}>
              {level} and worse
            </option>
          ))}
        </select>
        <input
          type="search"
          aria-label="With this in the line"
          placeholder="text …"
          value={filter.text}
          onChange={(event) => setQuery({ text: event.target.value })}
        />
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
