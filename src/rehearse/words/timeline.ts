import { spanText } from "../../delivery/words/span.ts";
import { count, printable } from "../../lib/text.ts";
import type { Scheduled } from "../run/calendar.ts";
import type { Moment, Outcome } from "../run/outcome.ts";
import { numberText, shareText } from "./estimates.ts";

/** `+00:12:35` */
function sinceText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const two = (value: number) => String(value).padStart(2, "0");
  const days = Math.floor(seconds / 86_400);
  return `+${days > 0 ? `${days}d ` : ""}${two(Math.floor(seconds / 3_600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

export type TimelineLine = { readonly at: string; readonly share: string; readonly text: string; readonly seen: string };

/** One run as lines, with what happens at set times meanwhile; gates that were only taken to pass are told together, at the end. */
export function timelineOf(
  moments: readonly Moment[],
  startMs: number,
  scheduled: readonly Scheduled[] = [],
): readonly TimelineLine[] {
  const lines = moments
    .filter(({ because, what }) => because !== "taken to be so" && what !== "started")
    .map(({ atMs, weightPercent, what, because, requests, errors }) => ({
      atMs,
      at: sinceText(atMs - startMs),
      share: `${weightPercent}%`,
      text: printable(because === undefined ? what : `${what}: ${because}`),
      seen: requests === 0 ? "" : `${numberText(requests)} requests, ${numberText(errors)} failed`,
    }));
  const others = scheduled.map(({ atMs, what }) => ({
    atMs,
    at: sinceText(atMs - startMs),
    share: "",
    text: printable(what),
    seen: "",
  }));
  return [...lines, ...others].toSorted((left, right) => left.atMs - right.atMs);
}

/** What it came to. */
export function outcomeText(outcome: Outcome): string {
  const { ended, requests, errors, users, detectedAfterMs, fullAfterMs, endedAfterMs, budget } = outcome;
  const hit = `${count(Math.round(requests), "request")} to new revisions, ${numberText(errors)} of them failed, seen by ${count(users, "user")}`;
  const burnt = budget === undefined ? "" : `; ${shareText(budget)} of the error budget burnt`;
  switch (ended) {
    case "healthy":
      return `It ended healthy after ${spanText(endedAfterMs)}, with all traffic after ${spanText(fullAfterMs ?? 0)}: ${hit}${burnt}.`;
    case "taken back":
      return `It was taken back ${spanText(detectedAfterMs ?? 0)} after the first request, by the ${outcome.cause ?? "policy"}: ${hit}${burnt}.`;
    case "not released":
      return `It was not released: nobody was sent to it.`;
    case "stuck":
      return `It could not be taken back: ${hit}${burnt}.`;
    case "open":
      return `It had not ended after ${spanText(endedAfterMs)}: ${hit}${burnt}.`;
  }
}
