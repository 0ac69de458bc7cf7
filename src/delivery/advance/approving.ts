import { type Approval, approvalsAsked, givenOf } from "../gates/approvals-asked.ts";
import type { Command } from "../machine.ts";
import { askPeople } from "./ask-people.ts";
import { revert } from "./step-changes.ts";
import { change, tell, type Turn } from "./turn.ts";

// People of a role say yes or no, each once, about the step that they have seen. A click that comes late does nothing.

type Said = readonly [ok: boolean, because: string];

export function approve(turn: Turn, command: Command): Said {
  const asked = askedOf(turn, command);
  if (typeof asked === "string") return [false, asked];
  const { name } = command.by;
  const fresh = asked.filter(({ id }) => !givenOf(turn.run, id).includes(name));
  if (fresh.length === 0) return [true, `${name} has approved already`];
  for (const gate of fresh) {
    change(turn, { approvals: { ...turn.run.approvals, [gate.id]: [...givenOf(turn.run, gate.id), name] } });
    const given = givenOf(turn.run, gate.id).length;
    const so = `${given} of ${gate.people}`;
    const because = command.reason === undefined ? {} : { because: command.reason };
    tell(turn, "approved", `approved for ${gate.role}, ${so}`, { actor: command.by, ...because, data: { gate: gate.id } });
    if (given < gate.people) askPeople(turn, gate, `${name} has approved: ${so}`);
  }
  return [true, "approved"];
}

export function reject(turn: Turn, command: Command): Said {
  const asked = askedOf(turn, command);
  if (typeof asked === "string") return [false, asked];
  // Whoever says no after everybody has said yes, be it in the same moment, hears that it is decided.
  if (asked.every(({ id, people }) => givenOf(turn.run, id).length >= people))
    return [false, "it has been approved already; gantry rollout abort takes it back"];
  const reason = command.reason === undefined ? "" : `: ${command.reason}`;
  tell(turn, "rejected", "rejected", { actor: command.by, ...(command.reason === undefined ? {} : { because: command.reason }) });
  revert(turn, `${command.by.name} rejected it${reason}`);
  return [true, "it goes back"];
}

/** The approvals of this step that this person may give; or why there are none. */
function askedOf({ run, nowMs }: Turn, { by, roles = [], step: seen }: Command): readonly Approval[] | string {
  if (by.kind !== "person") return "a person has to say this";
  if (seen === undefined) return "say which step this is about";
  const asked = approvalsAsked(run, nowMs).map(({ gate }) => gate);
  if (asked.length === 0) return "nobody is asked to approve now";
  const mine = asked.filter(({ role }) => roles.includes(role));
  return mine.length > 0 ? mine : `this asks for ${asked.map(({ role }) => role).join(" or ")}, and ${by.name} has no such role`;
}
