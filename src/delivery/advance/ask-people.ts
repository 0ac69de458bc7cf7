import { type Approval, givenOf } from "../gates/approvals-asked.ts";
import { releaseTitle } from "../words/release-title.ts";
import { spanText } from "../words/span.ts";
import { notice, stepAt, type Turn } from "./turn.ts";

/** Whoever may say yes is told that it is waited for; once more where another yes is still needed. */
export function askPeople(turn: Turn, gate: Approval, because: string): void {
  const { run } = turn;
  const given = givenOf(run, gate.id).length;
  const text = `${because} at step ${stepAt(run)?.name ?? run.at}; it expires after ${spanText(gate.expiresMs)}.`;
  notice(turn, "waiting", given === 0 ? gate.id : `${gate.id}/${given}`, `Waits for approval: ${releaseTitle(run)}`, text, {
    step: run.at,
    gate: gate.id,
    role: gate.role,
    given,
  });
}
