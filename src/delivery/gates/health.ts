import type { Answer, Gate } from "../gate.ts";
import type { Release } from "../release.ts";

type Health = Extract<Gate, { readonly gate: "health" }>;
export type Streak = Release["streaks"][string];

export function isProbeDue({ everyMs }: Health, streak: Streak | undefined, nowMs: number): boolean {
  return streak === undefined || nowMs - streak.lastAtMs >= everyMs;
}

/** One success is not enough, and neither is one failure: so many in a row pass, and so many tries without are too many. */
export function takeProbe(streak: Streak | undefined, probe: Answer | undefined): Streak | undefined {
  if (probe === undefined || (streak !== undefined && probe.atMs <= streak.lastAtMs)) return streak;
  // Nobody could look: that is no try. Its deadline still comes.
  if (probe.verdict === "inconclusive") return { tries: 0, inARow: 0, ...streak, lastAtMs: probe.atMs };
  return {
    tries: (streak?.tries ?? 0) + 1,
    inARow: probe.verdict === "pass" ? (streak?.inARow ?? 0) + 1 : 0,
    lastAtMs: probe.atMs,
  };
}

export function healthAnswer(
  { tries, inARow }: Health,
  streak: Streak | undefined,
  { probe, nowMs }: { readonly probe: Answer | undefined; readonly nowMs: number },
): Answer {
  if (streak === undefined) return { verdict: "inconclusive", because: probe?.because ?? "not probed yet", atMs: nowMs };
  const evidence = { tries: streak.tries, inARow: streak.inARow };
  const { lastAtMs: atMs } = streak;
  if (streak.inARow >= inARow) return { verdict: "pass", because: `${streak.inARow} times in a row`, atMs, evidence };
  const last = probe === undefined || probe.verdict === "pass" ? "" : `: ${probe.because}`;
  if (streak.tries >= tries)
    return { verdict: "fail", because: `not ${inARow} times in a row in ${streak.tries} tries${last}`, atMs, evidence };
  return {
    verdict: "inconclusive",
    because: `${streak.inARow} of ${inARow} in a row, try ${streak.tries} of ${tries}${last}`,
    atMs,
    evidence,
  };
}
