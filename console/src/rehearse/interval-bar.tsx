import type { Estimate } from "./estimates.ts";

/** Where the truth lies, as a band on a scale from nothing to the most; and what was seen, as a mark in it. The numbers stand beside it. */
export function IntervalBar({
  of: { value, from, to },
  most,
  tone,
}: {
  readonly of: Estimate;
  readonly most: number;
  readonly tone: "good" | "bad" | "some";
}) {
  const at = (one: number) => Math.max(0, Math.min(100, (one / most) * 100));
  const [low, high] = [Number.isFinite(from) ? at(from) : 0, Number.isFinite(to) ? at(to) : 100];
  return (
    <svg className="interval" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect className="track" y="3" width="100" height="2" />
      <rect className={`band ${tone}`} x={low} y="1" width={Math.max(0.6, high - low)} height="6" />
      {Number.isFinite(value) && <rect className={tone} x={Math.min(99.2, at(value))} width="0.8" height="8" />}
    </svg>
  );
}
