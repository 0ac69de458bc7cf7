import type { Command, Reply } from "../machine.ts";
import type { Release } from "../release.ts";
import { approve, reject } from "./approving.ts";
import { bakeAgeMs, pausedForMs } from "./clock.ts";
import { own } from "./capacity.ts";
import { heal, revert } from "./step-changes.ts";
import { isOpen } from "../gates/questions-of.ts";
import { gatesToPass } from "../gates/judge.ts";
import { change, forget, stepAt, tell, type Turn } from "./turn.ts";

// What people ask. Each command is answered once, and a command that comes too late changes nothing.

type Said = readonly [ok: boolean, because: string];
type Verb = (turn: Turn, command: Command) => Said;

const verbs: Readonly<Record<string, Verb>> = {
  promote,
  "promote-full": promoteFull,
  pause,
  resume,
  abort,
  skip,
  approve,
  reject,
  supersede,
};

/** Verbs that are about the very step that the asker has seen. */
const ofStep: ReadonlySet<string> = new Set(["promote", "skip", "approve", "reject"]);

export function obey(turn: Turn, command: Command): Reply {
  const [ok, because] = said(turn, command);
  const reply = { command: command.id, ok, because };
  turn.replies.push(reply);
  return reply;
}

function said(turn: Turn, command: Command): Said {
  const { run } = turn;
  const verb = own(verbs, command.verb);
  if (verb === undefined) return [false, `a release knows nothing of ${command.verb}`];
  if (ofStep.has(command.verb) && command.step !== undefined && command.step !== run.at)
    return [false, `this was about step ${command.step + 1}, and the release is at ${placeText(run)} now`];
  if (run.endedAtMs !== undefined) return [false, `it has ended ${run.phase}`];
  return verb(turn, command);
}

function promote(turn: Turn, command: Command): Said {
  const { run, nowMs } = turn;
  const step = stepAt(run);
  if (step === undefined || !isOnItsWay(run)) return [false, `it is ${run.phase}, there is nothing to promote`];
  const age = bakeAgeMs(run, nowMs);
  if (age === undefined) return [false, `${step.name} is not there yet: the new revisions have to be ready first`];
  if (run.phase === "paused") goOn(turn);
  else if (age >= step.bakeMs) return [false, `there is no bake left to skip; what it waits for are its gates`];
  change(turn, { bakeSinceMs: nowMs - step.bakeMs - turn.run.pausedMs });
  tell(turn, "promoted", `the rest of the bake at ${step.name} is skipped`, by(command));
  return [true, "the rest of the bake is skipped; its gates are asked now"];
}

function promoteFull(turn: Turn, command: Command): Said {
  const { run } = turn;
  if (!isOnItsWay(run)) return [false, `it is ${run.phase}, there is nothing to promote`];
  if (command.reason === undefined || command.reason.trim() === "") return [false, "say why: nothing will hold it any more"];
  if (run.phase === "paused") goOn(turn);
  change(turn, { full: command.reason });
  tell(turn, "promoted-full", "goes to the end: no gate or watch holds it any more", by(command));
  return [true, "all traffic moves as soon as the new revisions are ready"];
}

function pause(turn: Turn, command: Command): Said {
  const { run, nowMs } = turn;
  if (run.phase === "paused") return [true, "it is paused already"];
  if (run.phase !== "progressing") return [false, `it is ${run.phase}, there is nothing to pause`];
  change(turn, { phase: "paused", pausedSinceMs: nowMs });
  tell(turn, "paused", "paused", by(command));
  return [true, "it stays as it is; what takes it back still does"];
}

function resume(turn: Turn, command: Command): Said {
  if (turn.run.phase !== "paused") return [turn.run.phase === "progressing", `it is ${turn.run.phase}`];
  goOn(turn);
  tell(turn, "resumed", "resumed", by(command));
  return [true, "it goes on"];
}

/** Deadlines of what it waits for stood still as well. */
function goOn(turn: Turn): void {
  const { run, nowMs } = turn;
  const lastedMs = run.pausedSinceMs === undefined ? 0 : nowMs - run.pausedSinceMs;
  const held = Object.fromEntries(Object.entries(run.held).map(([id, sinceMs]) => [id, sinceMs + lastedMs]));
  const lost = run.lostSinceMs === undefined ? {} : { lostSinceMs: run.lostSinceMs + lastedMs };
  change(turn, { phase: "progressing", pausedMs: pausedForMs(run, nowMs), held, ...lost });
  forget(turn, "pausedSinceMs");
}

function abort(turn: Turn, command: Command): Said {
  const { run } = turn;
  if (run.phase === "reverting") return [true, "it is on its way back already"];
  const reason = command.reason === undefined ? "" : `: ${command.reason}`;
  tell(turn, "aborted", "aborted", by(command));
  revert(turn, `${command.by.name} aborted it${reason}`);
  return [true, "it goes back"];
}

function skip(turn: Turn, command: Command): Said {
  const { run, nowMs } = turn;
  const step = stepAt(run);
  if (command.reason === undefined || command.reason.trim() === "") return [false, "say why it may be skipped"];
  if (step === undefined || run.phase !== "progressing" || !isOpen(run, step, nowMs))
    return [false, "its gates are not asked now"];
  // Who may approve is decided by the spec, and not by whoever skips.
  const open = gatesToPass(run, step).filter(
    ({ id, gate }) => gate !== "approval" && gate !== "signed" && own(run.answers, id)?.verdict !== "pass",
  );
  if (open.length === 0) return [false, "no gate of this step holds it that can be skipped"];
  const { reason } = command;
  change(turn, { skipped: { ...run.skipped, ...Object.fromEntries(open.map(({ id }) => [id, reason])) } });
  const data = { gates: open.map(({ id }) => id) };
  tell(turn, "skipped", `skipped: ${open.map(({ says }) => says).join("; ")}`, { ...by(command), data });
  return [true, `skipped: ${open.map(({ says }) => says).join("; ")}`];
}

/** A newer release takes over what this one only watched. What stands by goes to rest when that one ends. */
function supersede(turn: Turn): Said {
  if (turn.run.phase !== "watching") return [false, `it is ${turn.run.phase}; only what is done can be superseded`];
  heal(turn, "a newer release took over");
  return [true, "it has ended"];
}

function isOnItsWay({ phase }: Release): boolean {
  return phase === "progressing" || phase === "paused";
}

function placeText(run: Release): string {
  const step = stepAt(run);
  return step === undefined ? "its end" : `step ${run.at + 1} (${step.name})`;
}

function by({ by: actor, reason }: Command) {
  return { actor, ...(reason === undefined ? {} : { because: reason }) };
}
