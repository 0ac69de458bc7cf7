import type { Gate } from "../gate.ts";
import { conditionText } from "../words/condition-text.ts";
import type { Compiling } from "./compiling.ts";

/** What takes a release back by itself. That a failed step does needs no words of its own. */
export function watchesOf({ strategy }: Compiling): readonly Gate[] {
  const conditions = (strategy.rollbackOn ?? []).filter((one) => one !== "any failure");
  return conditions.map((condition, index) => ({
    gate: "signal",
    id: `watch ${index + 1}: ${conditionText(condition)}`,
    says: conditionText(condition),
    condition,
    passesWhen: "false",
  }));
}
