import { useState } from "react";
import type { AlertView } from "../live/views.ts";
import { refresh } from "../live/resource.ts";
import { silence } from "../live/say.ts";
import { SayDialog } from "../ui/say-dialog.tsx";

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
  const [lasts, setLasts] = useState<Span>("1 hour");
  const say = async (reason: string, key: string) => {
    await silence(environment, { alert: alert.name, forMs: spans[lasts], reason }, key);
    refresh("silences", "alerts");
    onClose();
  };
  return (
    <SayDialog title={`Silence ${alert.name}`} does="Silence" needsReason say={say} onClose={onClose}>
      <p>It goes on being looked at in {environment}; nobody is told of it meanwhile.</p>
      <label>
        For
        <select value={lasts} onChange={(event) => setLasts(event.target.value as Span)}>
          {Object.keys(spans).map((span) => (
            <option key={span}>{span}</option>
          ))}
        </select>
      </label>
    </SayDialog>
  );
}
