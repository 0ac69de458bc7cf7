import { useCell } from "../live/cell.ts";
import { connection } from "../live/connection.ts";
import { Lasting } from "../ui/ago.tsx";
import { Status } from "../ui/status.tsx";
import { clockText } from "../words/time.ts";

/** Whether what is shown is what is there. */
export function ConnectionState() {
  const now = useCell(connection);
  return (
    <span className="connection" role="status">
      {now.state === "live" && <Status tone="good">live</Status>}
      {now.state === "connecting" && <Status tone="busy">connecting</Status>}
      {now.state === "lost" && <Status tone="bad">not connected</Status>}
      {now.state === "out" && <Status tone="warn">signed out</Status>}
    </span>
  );
}

export function ConnectionBar() {
  const now = useCell(connection);
  if (now.state === "lost")
    return (
      <p className="lost" role="alert">
        Not connected since {clockText(now.sinceMs)} UTC (<Lasting sinceMs={now.sinceMs} />
        ): {now.because}. What is shown is what was known then; it goes on by itself as soon as the server is back.
      </p>
    );
  if (now.state === "out")
    return (
      <p className="lost" role="alert">
        This browser is not signed in, or no longer. <code>gantry open --console</code> gives a link that opens once.
      </p>
    );
  return null;
}
