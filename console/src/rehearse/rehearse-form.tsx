import { type ReactNode, useId, useState } from "react";
import { refresh } from "../live/resource.ts";
import { beginRehearsal } from "../live/rehearsals.ts";
import { useSaying } from "../live/use-saying.ts";
import type { RehearsalLine } from "../live/views.ts";
import { go, linkTo, useRoute } from "../router.ts";
import { TroubleNote } from "../ui/note.tsx";

const faults = {
  none: "nothing: a good release, to see how often it is taken back by mistake",
  "errors=5%": "5 % of its requests fail",
  "errors=1%": "1 % of its requests fail",
  "latency=+20%": "all of its answers take a fifth longer",
  "latency=x2": "all of its answers take twice as long",
  "crash@10m": "it crashes ten minutes after it became ready",
  "crash-at-start": "it never becomes ready",
  "leak=2h": "its memory is full after two hours",
} as const;

/** Words as `gantry rehearse` takes them; what is left empty is as usual. What the address says is filled in. */
export function RehearseForm({
  environment,
  running,
}: {
  readonly environment: string;
  readonly running: RehearsalLine | undefined;
}) {
  const { query } = useRoute();
  const said = (name: string, usual = "") => query.get(name) ?? usual;
  const [fault, setFault] = useState(said("fault", "errors=5%"));
  const [traffic, setTraffic] = useState(said("traffic"));
  const [runs, setRuns] = useState(said("runs", "1000"));
  const [approvals, setApprovals] = useState(said("approvals"));
  const [capacity, setCapacity] = useState(said("capacity"));
  const [users, setUsers] = useState(said("users"));
  const [advise, setAdvise] = useState(said("advise") !== "");
  const known = useId();
  const { busy, trouble, say } = useSaying();

  const begin = () =>
    say(async (key) => {
      const optional = Object.fromEntries(
        Object.entries({ approvals, capacity, users }).filter(([, text]) => text.trim() !== ""),
      );
      const { id } = await beginRehearsal(
        environment,
        { faults: wordsOf(fault), traffic: wordsOf(traffic), runs: Number(runs), advise, ...optional },
        key,
      );
      refresh("rehearsals");
      go(linkTo("rehearsal", { environment, id }));
    });

  return (
    <form
      className="ask"
      onSubmit={(event) => {
        event.preventDefault();
        void begin();
      }}
    >
      <Field label="What is wrong with it" says={faults[fault as keyof typeof faults] ?? "several: with spaces between them"}>
        <input list={known} value={fault} maxLength={200} placeholder="none" onChange={(event) => setFault(event.target.value)} />
        <datalist id={known}>
          {Object.entries(faults).map(([word, says]) => (
            <option key={word} value={word}>
              {says}
            </option>
          ))}
        </datalist>
      </Field>
      <Field label="Traffic" says="50rps, diurnal:20..200rps, api=5rps">
        <input value={traffic} maxLength={200} placeholder="50rps" onChange={(event) => setTraffic(event.target.value)} />
      </Field>
      <Field label="Runs" says="more tell chances more closely">
        <input type="number" min={1} max={10_000} required value={runs} onChange={(event) => setRuns(event.target.value)} />
      </Field>
      <details className="more">
        <summary>More circumstances</summary>
        <div className="ask">
          <Field label="People approve after" says="5m as usual, or never">
            <input value={approvals} maxLength={50} placeholder="5m" onChange={(event) => setApprovals(event.target.value)} />
          </Field>
          <Field label="A replica bears" says="whatever comes as usual">
            <input value={capacity} maxLength={50} placeholder="20rps" onChange={(event) => setCapacity(event.target.value)} />
          </Field>
          <Field label="Users" says="each stays on the side that he was sent to">
            <input value={users} maxLength={50} placeholder="10000" onChange={(event) => setUsers(event.target.value)} />
          </Field>
          <label className="check">
            <input type="checkbox" checked={advise} onChange={(event) => setAdvise(event.target.checked)} /> also rehearse what
            might be better
          </label>
        </div>
      </details>
      <div className="actions">
        <button type="submit" className="main" disabled={busy || running !== undefined}>
          {busy ? "Beginning it …" : "Rehearse"}
        </button>
        {running !== undefined && (
          <a href={linkTo("rehearsal", { environment, id: running.id })}>
            one is going on: {running.done} of {running.runs}
          </a>
        )}
      </div>
      {trouble !== undefined && <TroubleNote detail={trouble.detail} hint={trouble.hint} />}
    </form>
  );
}

function Field({ label, says, children }: { readonly label: string; readonly says: string; readonly children: ReactNode }) {
  return (
    <label>
      {label}
      {children}
      <span className="quiet small">{says}</span>
    </label>
  );
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
