import type { ReleaseView } from "../live/views.ts";
import { type SyntheticEvent, useRef, useState } from "react";
import { api, onceKey } from "../live/api.ts";
import { type Trouble, troubleOf } from "../live/problem.ts";
import { refresh } from "../live/resource.ts";
import { go, linkTo } from "../router.ts";
import { Dialog } from "../ui/dialog.tsx";
import { sentence, TroubleNote } from "../ui/note.tsx";
import { isGrave, type Verb, verbTitles, wantsReason } from "./verbs.ts";

/** Says what a verb will do, takes the reason, and then does it: to what was seen, so that a click that comes too late does nothing. */
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
  const key = useRef(onceKey());
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | undefined>();
  const says = seen.verbs.find((one) => one.verb === verb)?.says ?? "";
  const needsReason = wantsReason.has(verb);
  const step = seen.plan.steps[seen.at]?.name;
  const movedOn = release.at !== seen.at || release.phase !== seen.phase;

  const say = async (event: SyntheticEvent) => {
    event.preventDefault();
    setBusy(true);
    setTrouble(undefined);
    try {
      const answer = await api(
        "POST /v1/products/{product}/environments/{environment}/releases/{release}/commands",
        {
          params: { product: seen.product, environment: seen.environment, release: seen.id },
          body: { verb, step: seen.at, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) },
        },
        { idempotencyKey: key.current },
      );
      refresh("release", "environments");
      onAnswer(answer.ok, `${verbTitles[verb]}: ${sentence(answer.because)}`);
      onClose();
      if (answer.release !== seen.id) go(linkTo("release", { environment: seen.environment, id: answer.release }));
    } catch (error) {
      setTrouble(troubleOf(error));
      setBusy(false);
    }
  };

  return (
    <Dialog title={`${verbTitles[verb]}: ${seen.title}`} onClose={onClose}>
      <form onSubmit={(event) => void say(event)}>
        <p>{sentence(says)}</p>
        <p className="quiet small">
          In {seen.environment}
          {step !== undefined && seen.endedAtMs === undefined && `, at step ${seen.at + 1} (${step})`}. It is written down with
          your name.
        </p>
        {movedOn && (
          <p className="note warn" role="status">
            It has gone on since this was opened: it is {release.phase}
            {release.plan.steps[release.at] !== undefined && ` at ${release.plan.steps[release.at]?.name}`} now.
          </p>
        )}
        <label>
          Reason{needsReason ? "" : " (optional)"}
          <input
            type="text"
            value={reason}
            required={needsReason}
            maxLength={500}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        {trouble !== undefined && (
          <TroubleNote
            detail={
              trouble.status === 0
                ? `${trouble.detail}; whether it was heard is not known. Saying it again is harmless`
                : trouble.detail
            }
            hint={trouble.hint}
          />
        )}
        <div className="actions">
          <button type="submit" className={isGrave.has(verb) ? "grave main" : "main"} disabled={busy}>
            {busy ? "Saying it …" : verbTitles[verb]}
          </button>
          <button type="button" onClick={onClose}>
            Leave it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
