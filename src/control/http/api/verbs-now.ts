import type { z } from "zod";
import type { verb as verbSchema } from "../../../api/schema/release.ts";
import { approvalsAsked } from "../../../delivery/gates/approvals-asked.ts";
import { isOpen } from "../../../delivery/gates/questions-of.ts";
import { gatesToPass } from "../../../delivery/gates/judge.ts";
import type { Release } from "../../../delivery/release.ts";

export type Verb = z.infer<typeof verbSchema>;
/** With a role it is for its members alone, and not for those who have said it. */
export type Offer = { readonly verb: Verb; readonly says: string; readonly role?: string; readonly saidBy?: readonly string[] };

/** What a release would obey at this moment, and what would come of it: a button that does nothing is not shown. */
export function verbsNow(release: Release, nowMs: number): Offer[] {
  const { phase, endedAtMs, plan, at } = release;
  const step = plan.steps[at];
  const from = release.changes.map(({ service, from: before }) => `${service} to ${before ?? "nothing"}`).join(", ");
  if (endedAtMs !== undefined)
    return [
      ...(phase === "degraded" && plan.strategy !== "rollback"
        ? [{ verb: "retry" as const, says: "begins the same release anew, from its first step" }]
        : []),
      ...(phase === "healthy" ? [{ verb: "rollback" as const, says: `goes back: ${from}` }] : []),
    ];
  const onItsWay = phase === "progressing" || phase === "paused";
  const offers: Offer[] = [];
  const asked = approvalsAsked(release, nowMs).filter(({ gate, given }) => given.length < gate.people);
  for (const { gate, given } of asked) {
    const { role, people } = gate;
    const then = given.length + 1 < people ? "" : "; then it goes on";
    offers.push(
      { verb: "approve", says: `says yes for ${role} (${given.length + 1} of ${people})${then}`, role, saidBy: given },
      { verb: "reject", says: `says no for ${role}: it is taken back`, role },
    );
  }
  const baking = step !== undefined && release.bakeSinceMs !== undefined && bakeLeft(release, step.bakeMs, nowMs);
  if (onItsWay && step !== undefined && (baking || (phase === "paused" && release.bakeSinceMs !== undefined)))
    offers.push({ verb: "promote", says: `skips the rest of the bake at ${step.name}; its gates are asked at once` });
  if (phase === "progressing") offers.push({ verb: "pause", says: "stays where it is; what takes it back still does" });
  if (phase === "paused") offers.push({ verb: "resume", says: "goes on" });
  if (phase === "progressing" && step !== undefined && isOpen(release, step, nowMs)) {
    const open = gatesToPass(release, step).filter(
      ({ id, gate }) => gate !== "approval" && gate !== "signed" && release.answers[id]?.verdict !== "pass",
    );
    if (open.length > 0) offers.push({ verb: "skip", says: `goes on without: ${open.map(({ says }) => says).join("; ")}` });
  }
  if (onItsWay)
    offers.push({ verb: "promote-full", says: "moves all traffic as soon as it is ready: no gate or watch holds it any more" });
  if (phase !== "reverting") offers.push({ verb: "abort", says: `takes it back: ${from}` });
  return offers;
}

function bakeLeft(release: Release, bakeMs: number, nowMs: number): boolean {
  const paused = release.pausedMs + (release.pausedSinceMs === undefined ? 0 : nowMs - release.pausedSinceMs);
  return nowMs - (release.bakeSinceMs ?? nowMs) - paused < bakeMs;
}
