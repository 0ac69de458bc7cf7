import { type SyntheticEvent, useRef, useState } from "react";
import type { AlertView } from "../live/views.ts";
import { onceKey } from "../live/api.ts";
import { type Trouble, troubleOf } from "../live/problem.ts";
import { refresh } from "../live/resource.ts";
import { silence } from "../live/say.ts";
import { Dialog } from "../ui/dialog.tsx";
import { TroubleNote } from "../ui/note.tsx";

const hourMs = 3_600_000;
const spans = { "30 minutes": hourMs / 2, "1 hour": hourMs, "4 hours": 4 * hourMs, "1 day": 24 * hourMs };
type Span = keyof typeof spans;

export function SilenceDialog({
  environment,
  alert,
  onClose,
}: {
  readonly environment: string;
  readonly alert: AlertView;
  readonly onClose: () => void;
}) {
  const key = useRef(onceKey());
  const [lasts, setLasts] = useState<Span>("1 hour");
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | undefined>();
  const say = async (event: SyntheticEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await silence(environment, { alert: alert.name, forMs: spans[lasts], reason: reason.trim() }, key.current);
      refresh("silences", "alerts");
      onClose();
    } catch (error) {
      setTrouble(troubleOf(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={`Silence ${alert.name}`} onClose={onClose}>
      <form onSubmit={(event) => void say(event)}>
        <p>It goes on being looked at in {environment}; nobody is told of it meanwhile.</p>
        <label>
          For
          <select value={lasts} onChange={(event) => setLasts(event.target.value as Span)}>
            {Object.keys(spans).map((span) => (
              <option key={span}>{span}</option>
            ))}
          </select>
        </label>
        <label>
          Reason
          <input type="text" required maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
        </label>
        {trouble !== undefined && <TroubleNote detail={trouble.detail} hint={trouble.hint} />}
        <div className="actions">
          <button type="submit" className="main" disabled={busy}>
            Silence
          </button>
          <button type="button" onClick={onClose}>
            Leave it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
