import { memo } from "react";
import type { LoggedLine } from "../live/views.ts";
import { setQuery } from "../router.ts";
import { Status, type Tone } from "../ui/status.tsx";
import { clockText, momentText } from "../words/time.ts";

const tones: Readonly<Record<string, Tone>> = { error: "bad", warn: "warn", info: "quiet", debug: "quiet" };

/** The newest last, as a terminal has them. */
export function LogLines({ lines, trace }: { readonly lines: readonly LoggedLine[]; readonly trace: string }) {
  return (
    <ol className="lines" aria-label="Lines, the newest last">
      {lines.map((line, index) => (
        <Line key={`${line.time} ${line.replica} ${index}`} line={line} isChosen={trace !== "" && line.trace_id === trace} />
      ))}
    </ol>
  );
}

const Line = memo(function Line({ line, isChosen }: { readonly line: LoggedLine; readonly isChosen: boolean }) {
  const { time, service, level, line: text, trace_id: trace } = line;
  return (
    <li className={isChosen ? "chosen" : ""}>
      <time dateTime={time} title={momentText(time)}>
        {clockText(time)}
      </time>
      <span className="source">
        <Status tone={tones[level] ?? "quiet"}>{level}</Status> {service}
      </span>
      <code>{messageOf(text)}</code>
      {trace !== undefined && (
        <button type="button" className="plain small" onClick={() => setQuery({ trace })} aria-label={`Trace ${trace}`}>
          trace
        </button>
      )}
    </li>
  );
});

/** A line of JSON is read as what it says first, and then the rest of it. */
function messageOf(text: string): string {
  if (!text.startsWith("{")) return text;
  try {
    const { time, level, trace_id, span_id, message, msg, service, environment, ...rest } = JSON.parse(text) as Record<
      string,
      unknown
    >;
    void [time, level, trace_id, span_id, service, environment];
    const said = message ?? msg;
    const others = Object.entries(rest).map(
      ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    );
    return [...(said === undefined ? [] : [typeof said === "string" ? said : JSON.stringify(said)]), ...others].join("  ");
  } catch {
    return text;
  }
}
