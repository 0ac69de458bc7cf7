import type { ReleaseView } from "../live/views.ts";

export type Verb = ReleaseView["verbs"][number]["verb"];
type Phase = ReleaseView["phase"];

/** Verbs worth finding by their name; what would really do something is the server's to say, and stands on the release's page. */
export function verbsOf(phase: Phase): readonly Verb[] {
  if (phase === "progressing") return ["promote", "pause", "abort", "approve", "skip"];
  if (phase === "paused") return ["resume", "promote", "abort"];
  if (phase === "watching") return ["rollback"];
  return [];
}

/** As a button has it. */
export const verbTitles: Readonly<Record<Verb, string>> = {
  promote: "Promote",
  "promote-full": "Promote to the end",
  pause: "Pause",
  resume: "Resume",
  abort: "Abort",
  retry: "Retry",
  skip: "Skip gates",
  approve: "Approve",
  reject: "Reject",
  rollback: "Roll back",
};

/** What nothing may happen without a word for. */
export const wantsReason: ReadonlySet<Verb> = new Set(["promote-full", "skip"]);

/** What takes something away that serves. */
export const isGrave: ReadonlySet<Verb> = new Set(["abort", "reject", "rollback", "promote-full", "skip"]);
