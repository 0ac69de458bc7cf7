import type { ReleaseView } from "../live/views.ts";
import { useEffect, useState } from "react";
import { setQuery, useRoute } from "../router.ts";
import { VerbDialog } from "./verb-dialog.tsx";
import { isGrave, type Verb, verbTitles } from "./verbs.ts";

type Answered = { readonly ok: boolean; readonly says: string };

/** A button for each verb that would do something now. None of them does anything before it has said what. */
export function VerbBar({ release }: { readonly release: ReleaseView }) {
  const asked = useRoute().query.get("do") ?? "";
  const [answered, setAnswered] = useState<Answered | undefined>();
  const [open, setOpen] = useState<Verb | undefined>();
  const offered = release.verbs;
  useEffect(() => {
    if (asked === "") return;
    setQuery({ do: undefined });
    const found = offered.find(({ verb }) => verb === asked);
    if (found !== undefined) setOpen(found.verb);
    else setAnswered({ ok: false, says: `${asked} would do nothing now: it is ${release.phase}` });
  }, [asked, offered, release.phase]);
  return (
    <div className="verbs">
      {offered.map(({ verb, says }) => (
        <button key={verb} type="button" className={isGrave.has(verb) ? "grave" : ""} title={says} onClick={() => setOpen(verb)}>
          {verbTitles[verb]}
        </button>
      ))}
      <p className={answered === undefined ? "hidden" : `note ${answered.ok ? "quiet" : "bad"}`} role="status">
        {answered?.says}
      </p>
      {open !== undefined && (
        <VerbDialog
          release={release}
          verb={open}
          onClose={() => setOpen(undefined)}
          onAnswer={(ok, says) => setAnswered({ ok, says })}
        />
      )}
    </div>
  );
}
