import type { Gate } from "../gate.ts";
import type { Compiling } from "./compiling.ts";

type Action = Extract<Gate, { readonly gate: "freeze" }>["action"];

/** Asked where some freeze of the environment stops this at all; whether it is now is for whoever knows the time. */
export function freezesOf(step: string, actions: readonly Action[], { environment }: Compiling): readonly Gate[] {
  const stopped = (action: Action) =>
    Object.values(environment.freezes ?? {}).some(({ stops }) => stops === undefined || stops.includes(action));
  return actions
    .filter(stopped)
    .map((action) => ({ gate: "freeze", id: `${step}: freeze of ${action}`, says: `no freeze stops this ${action}`, action }));
}
