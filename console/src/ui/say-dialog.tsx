import { type ReactNode, useState } from "react";
import { useSaying } from "../live/use-saying.ts";
import { Dialog } from "./dialog.tsx";
import { TroubleNote } from "./note.tsx";

/** Says what will be done, takes the reason for it, and then does it. */
export function SayDialog({
  title,
  does,
  isGrave = false,
  needsReason,
  say,
  onClose,
  children,
}: {
  readonly title: string;
  /** As its button has it. */
  readonly does: string;
  readonly isGrave?: boolean;
  readonly needsReason: boolean;
  readonly say: (reason: string, key: string) => Promise<void>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const [reason, setReason] = useState("");
  const saying = useSaying();
  const { trouble } = saying;
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void saying.say((key) => say(reason.trim(), key));
        }}
      >
        {children}
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
          <button type="submit" className={isGrave ? "grave main" : "main"} disabled={saying.busy}>
            {saying.busy ? "Saying it …" : does}
          </button>
          <button type="button" onClick={onClose}>
            Leave it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
