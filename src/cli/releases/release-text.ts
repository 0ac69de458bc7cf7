import type { Answer, Gate } from "../../delivery/gate.ts";
import type { Step } from "../../delivery/plan.ts";
import type { Release } from "../../delivery/release.ts";
import { usersText } from "../../delivery/words/release-title.ts";
import { printable } from "../../lib/text.ts";
import { duration } from "../progress.ts";
import type { Colours } from "../terminal.ts";

/** `api v2, frontend v2 → prod` */
export function titleOf({ changes, environment, plan }: Release): string {
  const what = changes.map(({ service, version }) => `${service} ${version}`).join(", ");
  return printable(`${what} ${plan.strategy === "rollback" ? "again in" : "→"} ${environment}`);
}

export function phaseText(phase: Release["phase"], { green, yellow, red, cyan }: Colours): string {
  if (phase === "healthy" || phase === "watching") return green(phase);
  if (phase === "degraded" || phase === "reverting") return red(phase);
  return phase === "paused" ? yellow(phase) : cyan(phase);
}

/** Where somebody may decide, in a browser. */
export type OpenLink = { readonly role: string; readonly url: string };

/** Where a release stands: its steps, what has been answered with its numbers, and the time that is left. */
export function releaseText(release: Release, nowMs: number, colours: Colours, links: readonly OpenLink[] = []): string {
  const { bold, dim } = colours;
  const { id, plan, phase, startedAtMs, endedAtMs, because } = release;
  const took = duration(Math.max(0, Math.round((endedAtMs ?? nowMs) - startedAtMs)));
  return [
    `${bold(titleOf(release))}  ${phaseText(phase, colours)}  ${dim(`${plan.strategy} · ${took} · ${id}`)}`,
    ...plan.steps.flatMap((step, index) => stepText(release, step, index, { nowMs, colours })),
    // A line of its own, so that it is whole on eighty columns.
    ...links.flatMap(({ role, url }) => [`    ${printable(role)} may decide at`, `  ${url}`]),
    ...windowText(release, nowMs, colours),
    ...exposureText(release, colours),
    ...(because === undefined || phase === "healthy" ? [] : [`  ${printable(because)}`]),
    "",
  ].join("\n");
}

type At = { readonly nowMs: number; readonly colours: Colours };

function stepText(release: Release, step: Step, index: number, { nowMs, colours }: At): readonly string[] {
  const { green, red, cyan, dim } = colours;
  const { at, phase } = release;
  const gone = phase === "degraded" || phase === "reverting";
  if (index < at) return [`  ${green("✓")} ${step.name}`];
  if (index > at) return [dim(`    ${step.name}${step.bakeMs > 0 ? `, ${duration(Math.round(step.bakeMs))}` : ""}`)];
  const mark = gone ? red("✗") : cyan("▸");
  return [`  ${mark} ${step.name}${dim(leftText(release, step, nowMs))}`, ...gatesText(release, step, { nowMs, colours })];
}

function leftText({ phase, bakeSinceMs, pausedMs }: Release, step: Step, nowMs: number): string {
  if (phase === "paused") return "  paused";
  if (phase !== "progressing") return "";
  if (bakeSinceMs === undefined) return step.runs ? "  the new revisions start" : "";
  const leftMs = Math.round(step.bakeMs + pausedMs - (nowMs - bakeSinceMs));
  return leftMs > 0 ? `  bakes, ${duration(leftMs)} left` : "";
}

function gatesText(release: Release, step: Step, { nowMs, colours }: At): readonly string[] {
  const { answers, skipped, approvals } = release;
  // After a bake watches have to have seen enough as well.
  const watches = release.plan.watches.filter(({ id }) => answers[id] !== undefined);
  const rows: readonly (readonly [id: string, says: string, gate?: Gate])[] = [
    ...step.does.map((deed) => [deed.id, deed.id] as const),
    ...step.gates.map((gate) => [gate.id, gate.says, gate] as const),
    ...watches.map((gate) => [gate.id, `not ${gate.says}`, gate] as const),
  ];
  const told = rows.map(([id, says, gate]) => {
    const reason = skipped[id];
    if (reason !== undefined) return `      ${colours.yellow("–")} ${printable(says)}: skipped, ${printable(reason)}`;
    const given = gate?.gate === "approval" ? (approvals[id] ?? []).length : 0;
    const people = gate?.gate === "approval" && gate.people > 1 ? ` (${given} of ${gate.people})` : "";
    return `      ${verdictText(answers[id], colours)} ${printable(says)}${people}${whyText(answers[id], colours)}`;
  });
  return [...told, ...heldText(release, step, { nowMs, colours })];
}

/** What holds it, for how long yet, and what a person can do about it. */
function heldText({ id, phase, held, answers, plan }: Release, step: Step, { nowMs, colours }: At): readonly string[] {
  if (phase !== "progressing") return [];
  const waits = [...step.gates, ...plan.watches].flatMap(({ gate, id: name }) => {
    const sinceMs = held[name];
    return sinceMs === undefined || gate === "approval" || gate === "signed" || answers[name]?.verdict !== "inconclusive"
      ? []
      : [{ isTraffic: gate === "signal" || gate === "compare", leftMs: sinceMs + step.deadlineMs - nowMs }];
  });
  if (waits.length === 0) return [];
  const left = duration(Math.max(0, Math.round(Math.min(...waits.map(({ leftMs }) => leftMs)))));
  const send = waits.some(({ isTraffic }) => isTraffic) ? "send it requests, or " : "";
  return [
    `      ${colours.yellow("→")} without an answer it goes back in ${left}: ${send}gantry rollout skip ${id} --reason "…" answers instead`,
  ];
}

export function verdictText(answer: Answer | undefined, { green, red, yellow, dim }: Colours): string {
  if (answer === undefined) return dim("·");
  return answer.verdict === "pass" ? green("✓") : answer.verdict === "fail" ? red("✗") : yellow("…");
}

function whyText(answer: Answer | undefined, { dim }: Colours): string {
  return answer === undefined ? "" : dim(`  ${printable(answer.because)}`);
}

function windowText({ phase, switchedAtMs, plan, pausedMs }: Release, nowMs: number, { dim }: Colours): readonly string[] {
  if (phase !== "watching" || switchedAtMs === undefined) return [];
  const leftMs = Math.round(switchedAtMs + pausedMs + Math.max(plan.windowMs, plan.retireAfterMs) - nowMs);
  return leftMs <= 0 ? [] : [dim(`    the old revisions stand by for ${duration(leftMs)}`)];
}

export function exposureText({ exposure }: Release, { dim, red }: Colours): readonly string[] {
  const seen = Object.entries(exposure).filter(([, { requests }]) => requests > 0);
  if (seen.length === 0) return [];
  return [
    `    ${seen
      .map(
        ([service, one]) =>
          `${dim(`${service}: the new revision answered ${one.requests},`)} ${one.errors > 0 ? red(`${one.errors} failed${usersText(one)}`) : dim("none failed")}`,
      )
      .join("; ")}`,
  ];
}
