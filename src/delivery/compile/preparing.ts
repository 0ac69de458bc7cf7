import { refName } from "../../spec/derive.ts";
import type { Deed, Step } from "../plan.ts";
import { type Compiling, type Requirement, stepOf } from "./compiling.ts";
import { freezesOf } from "./freezes.ts";
import { gatesOf } from "./gate-of.ts";

// What comes before a strategy's own steps.
//
// 1. What needs no preparation is asked first: nothing is touched where the answer is no.
// 2. Then the deeds, one after the other.
// 3. What depends on them is asked after them, and what may have changed meanwhile once more.
// 4. What asks for the new revisions themselves waits until they run.

/** A migration takes as long as it takes; whatever takes longer than this has got stuck. */
const deedDeadlineMs = 3_600_000;

export type Prelude = {
  readonly steps: readonly Step[];
  /** What is still to be asked before traffic moves; `start` does, or whatever a strategy has instead of it. */
  readonly remaining: readonly Requirement[];
};

export function preludeOf(compiling: Compiling): Prelude {
  const { strategy, speed } = compiling;
  const requires = strategy.requires ?? [];
  const does = (strategy.before ?? []).flatMap((one) => deedOf(one));
  const migrates = new Set(does.filter(({ step }) => step === "migrate").map(({ resource }) => resource));
  const isLater = (one: Requirement) =>
    ("step" in one && migrates.has(refName(one, "resources") ?? "")) ||
    ("gate" in one && (one.gate === "health" || one.gate === "smoke"));
  const isAgain = (one: Requirement) => "kind" in one || ("gate" in one && one.gate === "burn");
  const before = requires.filter((one) => !isLater(one));
  const gates = [
    ...freezesOf("before", does.some(({ step }) => step === "migrate") ? ["release", "migrate"] : ["release"], compiling),
    ...gatesOf("before", before, compiling),
  ];
  const steps: Step[] = [];
  if (gates.length > 0) steps.push(stepOf({ name: "before", gates }, speed));
  if (does.length > 0) steps.push(stepOf({ name: "prepare", does, deadlineAtLeastMs: deedDeadlineMs }, speed));
  return { steps, remaining: requires.filter((one) => isLater(one) || isAgain(one)) };
}

function deedOf(one: Readonly<Record<string, unknown>>): readonly Deed[] {
  const resource = refName(one, "resources");
  const { step } = one;
  if (resource === undefined || (step !== "snapshot" && step !== "migrate")) return [];
  return [{ id: `${step} ${resource}`, step, resource }];
}
