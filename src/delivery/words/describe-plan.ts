import { listed, printable } from "../../lib/text.ts";
import type { Gate } from "../gate.ts";
import type { Plan, Step } from "../plan.ts";
import { spanText } from "./span.ts";

/** A plan as a document would say it: first the sentence, then what holds before, between and afterwards. */
export function describePlan(plan: Plan): string {
  const { steps } = plan;
  const asked = (name: string) => steps.find((step) => step.name === name)?.gates ?? [];
  const deeds = steps.flatMap(({ does }) => does);
  const traffic = [...asked("start"), ...asked("ready")];
  const lines = [
    `${strategyText(plan)}.`,
    crowdedText(plan),
    plan.strategy === "canary" ? eachText(plan) : "",
    sentence("First", asked("before")),
    deeds.length === 0 ? "" : `Then: ${deeds.map(({ step, resource }) => `${step} ${resource}`).join(", ")}.`,
    sentence("Before traffic", traffic),
    sentence("On the preview", asked("preview")),
    sentence("In the end", asked("verify")),
    plan.strategy === "rollback" ? "" : watchesText(plan),
    windowText(plan),
  ];
  return `${lines.filter((line) => line !== "").join("\n")}\n`;
}

function strategyText(plan: Plan): string {
  const { steps, strategy } = plan;
  switch (strategy) {
    case "canary":
      return `Canary: ${[...steps.filter(isPartial).map(partText), "100%"].join(" → ")}`;
    case "blue-green": {
      const host = steps.find(({ preview }) => preview !== undefined)?.preview?.host;
      return `Blue-green: the new version beside the old one${host === undefined ? "" : ` at ${host}`}, then all traffic at once`;
    }
    case "rolling":
      return `Rolling: ${rollingText(steps)}`;
    case "recreate":
      return "Recreate: the old version stops, then the new one starts; there is a gap";
    case "rollback":
      return "Back: what was before runs and is ready, then all traffic at once";
  }
}

function isPartial({ weightPercent }: Step): boolean {
  return weightPercent > 0 && weightPercent < 100;
}

/** "10% for 30 min", with what only this step asks. */
function partText(step: Step, _: number, all: readonly Step[]): string {
  const bake = step.bakeMs > 0 ? ` for ${spanText(step.bakeMs)}` : "";
  const own = saysOf(step.gates).filter((says) => !all.every(({ gates }) => saysOf(gates).includes(says)));
  return `${step.weightPercent}%${bake}${own.length === 0 ? "" : ` and until ${listed(own)}`}`;
}

/** What every step of a canary asks. */
function eachText({ steps }: Plan): string {
  const [first, ...others] = steps.filter(isPartial);
  const common = saysOf(first?.gates ?? []).filter((says) => others.every(({ gates }) => saysOf(gates).includes(says)));
  if (common.length === 0) return "";
  return `${others.length === 0 ? "It goes" : "Each step goes"} on when ${listed(common)}.`;
}

function crowdedText({ crowded }: Plan): string {
  if (crowded === undefined) return "";
  const most = `The environment may have ${crowded.most} replicas`;
  if (!crowded.restsFirst) return `${most}: there is no room for more at a time.`;
  return `${most}: what stands by for the release before rests first${crowded.isShort ? ", and there is no room for more at a time" : ""}.`;
}

function rollingText(steps: readonly Step[]): string {
  const { surge = 0, unavailable = 0, of = 1 } = steps.find(({ replaced }) => replaced !== undefined)?.replaced ?? {};
  const limits = [surge > 0 ? `${surge} more` : "", unavailable > 0 ? `${unavailable} fewer` : ""].filter((text) => text !== "");
  return `${of} ${of === 1 ? "replica" : "replicas"}, with at most ${listed(limits)} at a time`;
}

function sentence(title: string, gates: readonly Gate[]): string {
  return gates.length === 0 ? "" : `${title}: ${listed(saysOf(gates))}.`;
}

/** What gates ask, with checks in one: "lint and tests have passed". */
function saysOf(gates: readonly Gate[]): readonly string[] {
  const checks = gates.flatMap((gate) => (gate.gate === "check" ? [gate.check] : []));
  const others = gates.flatMap((gate) => (gate.gate === "check" ? [] : [saysText(gate)]));
  return checks.length > 1 ? [`the checks ${listed(checks)} have passed`, ...others] : gates.map(saysText);
}

function saysText(gate: Gate): string {
  if (gate.gate === "health") return `${gate.says} (${gate.tries} × ${spanText(gate.everyMs)})`;
  if (gate.gate === "approval") return `${gate.says} (within ${spanText(gate.expiresMs)})`;
  if (gate.gate === "smoke") return `${gate.says} (${printable(gate.command)})`;
  return gate.says;
}

function watchesText({ watches }: Plan): string {
  return `Taken back when a step fails${watches.map(({ says }) => `, or on ${says}`).join("")}.`;
}

function windowText({ windowMs, retireAfterMs }: Plan): string {
  const ms = Math.max(windowMs, retireAfterMs);
  return ms === 0 ? "" : `What was before stays able to serve for ${spanText(ms)}.`;
}
