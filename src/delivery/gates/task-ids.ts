import type { Gate } from "../gate.ts";
import type { Deed, Step } from "../plan.ts";
import type { Release } from "../release.ts";
import type { Task } from "../effect.ts";

/** A task's name says of which run and step it is: the same is never run twice, another attempt's is another. */
export function taskId({ id, at }: Release, of: { readonly id: string }): string {
  return `${id}/${at}/${of.id}`;
}

export function deedTask(run: Release, deed: Deed): Task {
  return { id: taskId(run, deed), task: deed.step, resource: deed.resource };
}

export function smokeTask(run: Release, step: Step, gate: Extract<Gate, { readonly gate: "smoke" }>): Task {
  const against = step.weightPercent < 100 ? "preview" : "live";
  return { id: taskId(run, gate), task: "smoke", command: gate.command, timeoutMs: gate.timeoutMs, against };
}

/** The tasks of the step that a release stands at. */
export function tasksOf(run: Release, step: Step): readonly string[] {
  const smokes = step.gates.filter(({ gate }) => gate === "smoke");
  return [...step.does, ...smokes].map((one) => taskId(run, one));
}
