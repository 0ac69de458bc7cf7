import { useLogin } from "../live/asked.ts";
import { useCell } from "../live/cell.ts";
import { connection } from "../live/connection.ts";
import { Lasting } from "../ui/ago.tsx";
import { useRoute } from "../router.ts";
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
        ): {navigator.onLine ? now.because : "this machine is on no network"}. What is shown is what was known then; it goes on by
        itself as soon as the server is back.
      </p>
    );
  if (now.state === "out") return <SignedOut />;
  return null;
}

function SignedOut() {
  const login = useLogin().value;
  useRoute();
  const here = `${location.pathname}${location.search}${location.hash}`;
  return (
    <p className="lost" role="alert">
      This browser is not signed in, or no longer.{" "}
      {login === undefined ? (
        <>
          <code>gantry open --console</code> gives a link that opens once.
        </>
      ) : (
        <a href={`${login.at}?to=${encodeURIComponent(here)}`}>Log in with {login.name}</a>
      )}
    </p>
  );
}
