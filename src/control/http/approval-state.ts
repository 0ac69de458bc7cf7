import type { CommandRow, ReplyRow } from "../../store/commands.ts";
import type { LinkRow } from "../../store/approval-links.ts";
import { approvalsAsked } from "../../delivery/gates/approvals-asked.ts";
import type { Command } from "../../delivery/machine.ts";
import type { Release } from "../../delivery/release.ts";

/** What a link is good for now. */
export type ApprovalState =
  | { readonly is: "asked"; readonly given: readonly string[]; readonly people: number; readonly expiresAtMs: number }
  /** By this very link. */
  | { readonly is: "decided"; readonly yes: boolean; readonly by: string; readonly atMs: number; readonly because: string }
  | { readonly is: "over"; readonly because: string };

export function approvalState(
  link: LinkRow,
  {
    release,
    command,
    nowMs,
  }: { readonly release: Release; readonly command: (CommandRow & ReplyRow) | undefined; readonly nowMs: number },
): ApprovalState {
  if (command !== undefined) {
    const { by, verb, atMs } = command.body as Command;
    const because = command.answered ? command.because : "it is written down, and read in a moment";
    if (command.answered && !command.ok) return { is: "over", because: `${by.name} came too late: ${because}` };
    return { is: "decided", yes: verb === "approve", by: by.name, atMs, because };
  }
  const at = release.at === link.step ? approvalsAsked(release, nowMs).find(({ gate }) => gate.id === link.gate) : undefined;
  if (at === undefined || at.given.length >= at.gate.people) return { is: "over", because: became(link, release) };
  if (at.expiresAtMs <= nowMs) return { is: "over", because: "the time in which this could be decided is over" };
  if (at.given.length > link.given)
    return { is: "over", because: `${at.given.join(", ")} said yes since; whoever is next has a link of their own` };
  return { is: "asked", given: at.given, people: at.gate.people, expiresAtMs: at.expiresAtMs };
}

/** What has become of that which was asked. */
function became({ step }: LinkRow, release: Release): string {
  const said = release.record.filter((entry) => entry.step === step && /^(?:approved|rejected)/.test(entry.what));
  const who = said.map(({ what, by }) => `${what}${by === undefined ? "" : ` by ${by.name}`}`);
  const now = release.because === undefined ? release.phase : `${release.phase}: ${release.because}`;
  return [...who, `the release is ${now}`].join("; ");
}
