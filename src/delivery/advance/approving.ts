import type { Gate } from "../gate.ts";
import { isOpen } from "../gates/questions-of.ts";
import type { Command } from "../machine.ts";
import { own } from "./capacity.ts";
import { revert } from "./step-changes.ts";
import { change, stepAt, tell, type Turn } from "./turn.ts";

// People of a role say yes or no, each once, about the step that they have seen. A click that comes late does nothing.

type Said = readonly [ok: boolean, because: string];
type Approval = Extract<Gate, { readonly gate: "approval" }>;

export function approve(turn: Turn, command: Command): Said {
  const asked = askedOf(turn, command);
  if (typeof asked === "string") return [false, asked];
  const { name } = command.by;
  const fresh = asked.filter(({ id }) => !given(turn, id).includes(name));
  if (fresh.length === 0) return [true, `${name} has approved already`];
  for (const gate of fresh) {
    change(turn, { approvals: { ...turn.run.approvals, [gate.id]: [...given(turn, gate.id), name] } });
    const so = `${given(turn, gate.id).length} of ${gate.people}`;
    const because = command.reason === undefined ? {} : { because: command.reason };
    tell(turn, "approved", `approved for ${gate.role}, ${so}`, { actor: command.by, ...because, data: { gate: gate.id } });
  }
  return [true, "approved"];
}

export function reject(turn: Turn, command: Command): Said {
  const asked = askedOf(turn, command);
  if (typeof asked === "string") return [false, asked];
  const reason = command.reason === undefined ? "" : `: ${command.reason}`;
  tell(turn, "rejected", "rejected", { actor: command.by, ...(command.reason === undefined ? {} : { because: command.reason }) });
  revert(turn, `${command.by.name} rejected it${reason}`);
  return [true, "it goes back"];
}

/** The approvals of this step that this person may give; or why there are none. */
function askedOf({ run, nowMs }: Turn, { by, roles = [], step: seen }: Command): readonly Approval[] | string {
  const step = stepAt(run);
  if (by.kind !== "person") return "a person has to say this";
  if (seen === undefined) return "say which step this is about";
  const isAsked = step !== undefined && (isOpen(run, step, nowMs) || (run.phase === "paused" && run.bakeSinceMs !== undefined));
  const asked = isAsked ? step.gates.filter((gate) => gate.gate === "approval") : [];
  if (asked.length === 0) return "nobody is asked to approve now";
  const mine = asked.filter(({ role }) => roles.includes(role));
  return mine.length > 0 ? mine : `this asks for ${asked.map(({ role }) => role).join(" or ")}, and ${by.name} has no such role`;
}

function given({ run }: Turn, id: string): readonly string[] {
  return own(run.approvals, id) ?? [];
}
