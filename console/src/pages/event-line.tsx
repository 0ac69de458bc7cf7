import { knownBy } from "../../../src/api/known-by.ts";
import type { LiveEvent } from "../live/events.ts";
import { linkTo } from "../router.ts";
import { Status, type Tone } from "../ui/status.tsx";
import { clockText, momentText } from "../words/time.ts";

const bad = /(?:fail|rolled-back|firing|abort|lost|crash|reject|exceeded)/;
const good = /(?:healthy|succeeded|resolved|done|up$|approved|applied)/;

function toneOf(kind: string): Tone {
  return bad.test(kind) ? "bad" : good.test(kind) ? "good" : "quiet";
}

export function EventLine({ event, titles }: { readonly event: LiveEvent; readonly titles: ReadonlyMap<string, string> }) {
  const { at, kind, subject, because, actor, environment, run } = event;
  const what = whatOf(event);
  return (
    <li data-event={event.id}>
      <time dateTime={at} title={momentText(at)}>
        {clockText(at)}
      </time>
      <div>
        <Status tone={toneOf(kind)}>{kind}</Status> <Subject event={event} title={titles.get(run ?? subject) ?? subject} />
        <span className="quiet small">
          {environment !== undefined && ` ${environment}`} · {actor.name}
          {actor.known !== undefined && ` (${knownBy[actor.known]})`}
        </span>
        {what !== undefined && <p className="small">{what}</p>}
        {because !== undefined && <p className="small">{because}</p>}
      </div>
    </li>
  );
}

function Subject({ event, title }: { readonly event: LiveEvent; readonly title: string }) {
  const { kind, subject, environment, run } = event;
  if (environment === undefined) return <span>{subject}</span>;
  if (run !== undefined)
    return (
      <a href={linkTo("release", { environment, id: run })} title={run}>
        {title}
      </a>
    );
  if (kind.startsWith("rehearsal.")) return <a href={linkTo("rehearsal", { environment, id: subject })}>{subject}</a>;
  if (kind.startsWith("alert.")) return <a href={linkTo("alerts", {}, { environment })}>{subject}</a>;
  return <span>{subject}</span>;
}

/** What a release has done, in its own words. */
function whatOf({ kind, data }: LiveEvent): string | undefined {
  if (!kind.startsWith("release.") || typeof data !== "object" || data === null || !("what" in data)) return undefined;
  return typeof data.what === "string" ? data.what : undefined;
}
