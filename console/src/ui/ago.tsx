import { useNow } from "../live/clock.ts";
import { agoText, momentText, spanText } from "../words/time.ts";

export function Ago({ at }: { readonly at: number | string }) {
  const atMs = typeof at === "number" ? at : Date.parse(at);
  return (
    <time dateTime={new Date(atMs).toISOString()} title={momentText(atMs)}>
      {agoText(atMs, useNow())}
    </time>
  );
}

/** How long something has lasted, or did. */
export function Lasting({ sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs?: number | undefined }) {
  const now = useNow();
  return <>{spanText((untilMs ?? now) - sinceMs)}</>;
}
