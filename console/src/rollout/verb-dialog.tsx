import type { ReleaseView } from "../live/views.ts";
import { useState } from "react";
import { refresh } from "../live/resource.ts";
import { command } from "../live/say.ts";
import { go, linkTo } from "../router.ts";
import { sentence } from "../ui/note.tsx";
import { SayDialog } from "../ui/say-dialog.tsx";
import { isGrave, type Verb, verbTitles, wantsReason } from "./verbs.ts";

/** A verb is said to what was seen, so that a click that comes too late does nothing. */
export function VerbDialog({
  release,
  verb,
  onClose,
  onAnswer,
}: {
  readonly release: ReleaseView;
  readonly verb: Verb;
  readonly onClose: () => void;
  readonly onAnswer: (ok: boolean, says: string) => void;
}) {
  // What is decided on is what was seen when it was opened, whatever comes meanwhile.
  const [seen] = useState(release);
  const offer = seen.verbs.find((one) => one.verb === verb);
  const says = offer?.says ?? "";
  const [as, setAs] = useState(offer?.as?.[0]);
  const step = seen.plan.steps[seen.at]?.name;
  const stepNow = release.plan.steps[release.at]?.name;
  const movedOn = release.at !== seen.at || release.phase !== seen.phase;

  const say = async (reason: string, key: string) => {
    const answer = await command(
      seen,
      { verb, step: seen.at, ...(reason === "" ? {} : { reason }), ...(as === undefined ? {} : { as }) },
      key,
    );
    refresh("release", "environments");
    onAnswer(answer.ok, `${verbTitles[verb]}: ${sentence(answer.because)}`);
    onClose();
    if (answer.release !== seen.id) go(linkTo("release", { environment: seen.environment, id: answer.release }));
  };

  return (
    <SayDialog
      title={`${verbTitles[verb]}: ${seen.title}`}
      does={verbTitles[verb]}
      isGrave={isGrave.has(verb)}
      needsReason={wantsReason.has(verb)}
      say={say}
      onClose={onClose}
    >
      <p>{sentence(says)}</p>
      <p className="quiet small">
        In {seen.environment}
        {step !== undefined && seen.endedAtMs === undefined && `, at step ${seen.at + 1} (${step})`}. It is written down with your
        name.
      </p>
      {offer?.as !== undefined && (
        <label>
          In the name of
          <select value={as} onChange={(event) => setAs(event.target.value)}>
            {offer.as.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
          <span className="quiet small">This is your machine: it goes on record as said, and not as known.</span>
        </label>
      )}
      {movedOn && (
        <p className="note warn" role="status">
          It has gone on since this was opened: it is {release.phase}
          {stepNow !== undefined && ` at ${stepNow}`} now.
        </p>
      )}
    </SayDialog>
  );
}
