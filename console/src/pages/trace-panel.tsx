import type { TraceView } from "../live/views.ts";
import { useTrace } from "../live/asked.ts";
import { setQuery } from "../router.ts";
import { Note, Shown } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { clockText } from "../words/time.ts";

export function TracePanel({
  environment,
  trace,
  only,
}: {
  readonly environment: string;
  readonly trace: string;
  readonly only: boolean;
}) {
  const kept = useTrace(environment, trace);
  return (
    <Panel
      title="Trace"
      className="trace"
      beside={
        <span>
          <button type="button" className="plain small" onClick={() => setQuery({ only: only ? undefined : "yes" })}>
            {only ? "all lines" : "only its lines"}
          </button>
          <button type="button" className="plain small" onClick={() => setQuery({ trace: undefined, only: undefined })}>
            close
          </button>
        </span>
      }
    >
      <p className="small quiet">
        <code>{trace}</code>
      </p>
      <Shown kept={kept}>
        {({ spans, sent }) => (
          <>
            {spans.length === 0 ? <Note>No span of it is kept.</Note> : <Spans spans={spans} />}
            {sent.length > 0 && (
              <ul className="small">
                {sent.map(({ timeMs, service, level, body }, index) => (
                  <li key={index}>
                    {clockText(timeMs)} {service} {level}: {body}
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </Shown>
    </Panel>
  );
}

/** Each span under the one that it belongs to, as a bar in the time of the whole. */
function Spans({ spans }: { readonly spans: readonly SpanView[] }) {
  const begin = Math.min(...spans.map(({ startMs }) => startMs));
  const end = Math.max(...spans.map(({ startMs, durationMs }) => startMs + durationMs));
  const whole = Math.max(0.001, end - begin);
  return (
    <ol className="spans">
      {inOrder(spans).map(({ span, depth }) => (
        <li key={`${span.service} ${span.spanId}`}>
          <span className="line">
            <span className={`depth-${Math.min(depth, 6)}`}>
              <strong>{span.service}</strong> {span.name}
              {span.failed && <span className="status bad"> ■ failed{span.message === "" ? "" : `: ${span.message}`}</span>}
            </span>
            <span className="number">{span.durationMs < 10 ? span.durationMs.toFixed(1) : Math.round(span.durationMs)} ms</span>
          </span>
          <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
            <rect
              className={span.failed ? "bad" : "some"}
              x={((span.startMs - begin) / whole) * 100}
              width={Math.max(0.4, (span.durationMs / whole) * 100)}
              height="4"
            />
          </svg>
        </li>
      ))}
    </ol>
  );
}

type SpanView = TraceView["spans"][number];
type Placed = { readonly span: SpanView; readonly depth: number };

/** Parents before their children; what names a parent that is not there stands on its own. */
export function inOrder(spans: readonly SpanView[]): readonly Placed[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const children = Map.groupBy(
    spans.toSorted((a, b) => a.startMs - b.startMs),
    ({ parentId, spanId }) => (ids.has(parentId) && parentId !== spanId ? parentId : ""),
  );
  const placed: Placed[] = [];
  const seen = new Set<SpanView>();
  const place = (parent: string, depth: number) => {
    for (const span of children.get(parent) ?? []) {
      if (seen.has(span)) continue;
      seen.add(span);
      placed.push({ span, depth });
      if (span.spanId !== "") place(span.spanId, depth + 1);
    }
  };
  place("", 0);
  return [...placed, ...spans.filter((span) => !seen.has(span)).map((span) => ({ span, depth: 0 }))];
}
