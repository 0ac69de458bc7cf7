import type { ReactNode } from "react";

/** Told by a shape and a word, and by colour only besides. */
export type Tone = "good" | "warn" | "bad" | "quiet" | "busy";

const shapes: Readonly<Record<Tone, string>> = { good: "●", warn: "▲", bad: "■", quiet: "○", busy: "◐" };

export function Status({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className={`status ${tone}`}>
      <span aria-hidden="true">{shapes[tone]}</span> {children}
    </span>
  );
}

const tones: Readonly<Record<string, Tone>> = {
  ready: "good",
  up: "good",
  healthy: "good",
  pass: "good",
  sent: "good",
  applied: "good",
  inactive: "good",
  watching: "good",
  running: "good",
  failed: "bad",
  fail: "bad",
  firing: "bad",
  degraded: "bad",
  unready: "warn",
  pending: "warn",
  paused: "warn",
  inconclusive: "warn",
  unknown: "warn",
  reverting: "warn",
  "backing-off": "warn",
  starting: "busy",
  progressing: "busy",
  "coming up": "busy",
  waiting: "busy",
};

export function toneOf(state: string): Tone {
  return tones[state] ?? "quiet";
}

export function State({ state }: { readonly state: string }) {
  return <Status tone={toneOf(state)}>{state}</Status>;
}
