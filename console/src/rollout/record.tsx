import type { ReleaseView } from "../live/views.ts";
import { clockText, momentText } from "../words/time.ts";

const mostShown = 200;

/** The newest first: what each look decided, and who asked for what. */
export function Record({ release }: { readonly release: ReleaseView }) {
  return (
    <ol className="record" tabIndex={0} aria-label="What was decided, the newest first">
      {release.record
        .toReversed()
        .slice(0, mostShown)
        .map(({ atMs, what, because, by, step }, index) => (
          <li key={release.record.length - index}>
            <time dateTime={new Date(atMs).toISOString()} title={momentText(atMs)}>
              {clockText(atMs)}
            </time>
            <div>
              <span>{what}</span>
              <span className="quiet small">
                {" "}
                {release.plan.steps[step]?.name}
                {by !== undefined && `, ${by.name}`}
              </span>
              {because !== undefined && <p className="small quiet">{because}</p>}
            </div>
          </li>
        ))}
    </ol>
  );
}
