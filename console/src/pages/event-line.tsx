import type { LiveEvent } from "../live/events.ts";
import { linkTo } from "../router.ts";
import { Status, type Tone } from "../ui/status.tsx";
import { clockText, momentText } from "../words/time.ts";

const bad = /(?:fail|rolled-back|firing|abort|lost|crash|reject|exceeded)/;
const good = /(?:healthy|succeeded|resolved|done|up$|approved|applied)/;

function toneOf(kind: string): Tone {
  return bad.test(kind) ? "bad" : good.test(kind) ? "good" : "quiet";
}

export function EventLine({ event }: { readonly event: LiveEvent }) {
  const { at, kind, subject, because, actor, environment, run } = event;
  return (
    <li data-event={event.id}>
      <time dateTime={at} title={momentText(at)}>
        {clockText(at)}
      </time>
      <div>
        <Status tone={toneOf(kind)}>{kind}</Status>{" "}
        {run === undefined || environment === undefined ? (
          <span>{subject}</span>
        ) : (
          <a href={linkTo("release", { environment, id: run })}>{subject}</a>
        )}
        <span className="quiet small">
          {environment !== undefined && ` ${environment}`} · {actor.name}
          {actor.known !== undefined && ` (${knownBy[actor.known]})`}
        </span>
        {because !== undefined && <p className="small">{because}</p>}
      </div>
    </li>
  );
}

/** How it is known who it was. */
const knownBy = {
  asserted: "says so",
  ci: "pipeline",
  login: "logged in here",
  link: "by link",
  token: "by token",
  oidc: "proved",
} as const;
