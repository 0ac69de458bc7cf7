import type { Step } from "../plan.ts";
import { verifyOf } from "./closing.ts";
import { type Compiling, type Requirement, stepOf } from "./compiling.ts";
import { gatesOf } from "./gate-of.ts";
import { preludeOf } from "./preparing.ts";

/** The old stops, the new starts, and there is a gap: whatever can be asked before is asked before. */
export function compileRecreate(compiling: Compiling): readonly Step[] {
  const { speed } = compiling;
  const { steps, remaining } = preludeOf(compiling);
  const isOfNew = (one: Requirement) => "gate" in one && (one.gate === "health" || one.gate === "smoke");
  const ready = gatesOf(
    "ready",
    remaining.filter((one) => !isOfNew(one)),
    compiling,
  );
  return [
    ...steps,
    ...(ready.length > 0 ? [stepOf({ name: "ready", gates: ready }, speed)] : []),
    stepOf(
      {
        name: "replace",
        weightPercent: 100,
        runs: true,
        stopsOld: true,
        workers: true,
        gates: gatesOf("replace", remaining.filter(isOfNew), compiling),
      },
      speed,
    ),
    ...verifyOf(compiling).map((step) => ({ ...step, stopsOld: true })),
  ];
}
