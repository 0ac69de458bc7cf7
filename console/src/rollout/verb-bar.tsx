import type { ReleaseView } from "../live/views.ts";
import { useEffect, useRef, useState } from "react";
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
  const place = useRef<HTMLParagraphElement>(null);
  // What was pressed may be gone by now: whoever works with keys goes on where the answer stands.
  useEffect(() => {
    if (answered !== undefined) place.current?.focus({ preventScroll: true });
  }, [answered]);
  useEffect(() => {
    if (asked === "") return;
    setQuery({ do: undefined });
    const found = offered.find(({ verb }) => verb === asked);
    if (found !== undefined) setOpen(found.verb);
    else {
      const why = release.withheld.find(({ verb }) => verb === asked)?.because;
      setAnswered({
        ok: false,
        says: why === undefined ? `${asked} would do nothing now: it is ${release.phase}` : `${asked} is not for you: ${why}`,
      });
    }
  }, [asked, offered, release]);
  return (
    <div className="verbs">
      {offered.map(({ verb, says }) => (
        <button key={verb} type="button" className={isGrave.has(verb) ? "grave" : ""} title={says} onClick={() => setOpen(verb)}>
          {verbTitles[verb]}
        </button>
      ))}
      <Withheld release={release} />
      <p
        ref={place}
        className={answered === undefined ? "hidden" : `note ${answered.ok ? "quiet" : "bad"}`}
        role="status"
        tabIndex={-1}
      >
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

/** What it would obey too, and why whoever looks cannot say it. */
function Withheld({ release }: { readonly release: ReleaseView }) {
  const reasons = [...new Set(release.withheld.map(({ because }) => because))];
  return reasons.map((because) => {
    const titles = release.withheld.filter((one) => one.because === because).map(({ verb }) => verbTitles[verb]);
    return (
      <p key={because} className="withheld quiet small">
        {titles.join(", ")}: not for you, {because}.
      </p>
    );
  });
}
